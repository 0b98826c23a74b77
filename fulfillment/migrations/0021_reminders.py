"""Reminders that were written, and the days on which a person is asked first."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fulfillment", "0020_link_codes"),
        ("inventory", "0017_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.AddField("organization", "reminders_unasked", models.PositiveIntegerField(default=200)),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deadline", models.DateField()),
                ("days_before", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "fulfillment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="fulfillment.fulfillment",
                    ),
                ),
                (
                    "mail",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder",
                        to="fulfillment.mail",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["created_at"], name="reminders_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fulfillment", "deadline", "days_before"), name="each_reminder_is_written_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("number", models.PositiveIntegerField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("goes", models.BooleanField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(goes__isnull=True, answered_at__isnull=True)
                        | Q(goes__isnull=False, answered_at__isnull=False),
                        name="an_answered_round_says_when",
                    )
                ],
            },
        ),
    ]
