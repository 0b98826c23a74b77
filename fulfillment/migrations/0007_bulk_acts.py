"""One act on many tests, and what it came to for each."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("new", "New"),
    ("possible", "Possible"),
    ("blocked", "Blocked"),
    ("done", "Done"),
    ("refused", "Refused"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fulfillment", "0006_list_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, default="new", max_length=8)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "bulk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="fulfillment.bulkact",
                    ),
                ),
                (
                    "fulfillment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fulfillment.fulfillment"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["bulk", "state", "id"], name="bulk_rows_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("bulk", "fulfillment"), name="one_outcome_per_bulk_act"),
                    models.CheckConstraint(
                        condition=~Q(state__in=["blocked", "refused"]) | ~Q(note=""),
                        name="what_was_not_done_says_why",
                    ),
                ],
            },
        ),
    ]
