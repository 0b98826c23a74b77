"""What was sent is kept until its date: the setting, the date and the trace of each mail."""

from typing import ClassVar

import django.core.validators
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fulfillment", "0009_letters")]
    operations: ClassVar = [
        migrations.AddField(
            "organization",
            "keep_mails_days",
            models.PositiveIntegerField(
                default=180,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
            ),
        ),
        migrations.AddField("mail", "keep_until", models.DateField(blank=True, null=True)),
        migrations.AddField("mail", "erased_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "mail",
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(to="", subject="", body=""),
                name="an_erased_mail_says_nothing",
            ),
        ),
        migrations.AddIndex(
            "mail",
            models.Index(condition=Q(erased_at__isnull=True), fields=["keep_until"], name="mails_to_erase"),
        ),
    ]
