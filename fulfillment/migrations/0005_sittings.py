"""Sittings, their seats, who has one, and how their day went."""

from typing import ClassVar

import access.encryption
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fulfillment", "0004_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("home", "Home"), ("centre", "Centre")], max_length=6)),
                ("title", models.CharField(max_length=120)),
                ("date", models.DateField()),
                ("starts_at", models.TimeField(blank=True, null=True)),
                ("arrive_by", models.TimeField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("proctor", models.CharField(blank=True, max_length=200)),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                ("note", access.encryption.EncryptedTextField(blank=True)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_because", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "ordering": ["date", "starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sitting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="fulfillment.sitting"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["sitting", "number"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "fulfillment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="attendance",
                        serialize=False,
                        to="fulfillment.fulfillment",
                    ),
                ),
                ("accommodation", access.encryption.EncryptedTextField(blank=True)),
                ("seated_at", models.DateTimeField(blank=True, null=True)),
                ("deadline_before", models.DateField(blank=True, null=True)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("photo_id_at", models.DateTimeField(blank=True, null=True)),
                ("incident", access.encryption.EncryptedTextField(blank=True)),
                ("marked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "photo_id_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="fulfillment",
            name="seat",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fulfillment",
                to="fulfillment.seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="fulfillment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), _negated=True), ("seat__isnull", True), _connector="OR"
                ),
                name="a_cancelled_test_frees_its_seat",
            ),
        ),
        migrations.AddIndex(
            model_name="sitting",
            index=models.Index(fields=["date"], name="sitting_date"),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arrive_by__isnull", True), ("kind", "home"), ("place", ""), ("starts_at__isnull", True)),
                    models.Q(
                        ("kind", "centre"),
                        ("seats__isnull", False),
                        ("starts_at__isnull", False),
                        models.Q(("place", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_centre_has_an_hour_a_place_and_seats",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("arrive_by__isnull", True), ("arrive_by__lte", models.F("starts_at")), _connector="OR"
                ),
                name="nobody_is_asked_to_arrive_late",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(("seats__isnull", True), ("seats__gte", 1), _connector="OR"),
                name="a_sitting_has_a_seat",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="sitting",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fulfillment.sitting",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("photo_id_at__isnull", False), ("photo_id_by__isnull", True), _connector="OR"),
                name="who_checked_a_photo_id_did_so_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("sitting", "number"), name="one_seat_of_each_number"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="seats_count_from_one"),
        ),
    ]
