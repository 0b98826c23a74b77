"""What staff are alarmed of: resets and problems at iTEP."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fulfillment", "0021_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Trouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reset", "Reset"),
                            ("problem", "Problem"),
                            ("invalidated", "Invalidated"),
                            ("disabled", "Disabled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("status_raw", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("handled_at", models.DateTimeField(null=True)),
                (
                    "fulfillment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="troubles",
                        to="fulfillment.fulfillment",
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "mail",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="fulfillment.mail",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(condition=Q(handled_at__isnull=True), fields=["id"], name="open_troubles")],
                "constraints": [
                    models.UniqueConstraint(fields=("fulfillment", "kind", "seen_at"), name="one_alarm_per_event")
                ],
            },
        ),
    ]
