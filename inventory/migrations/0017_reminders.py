"""When candidates of a product are reminded of their deadline."""

from typing import ClassVar

from django.db import migrations, models

import inventory.reminder_days


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0016_calls")]
    operations: ClassVar = [
        migrations.AddField(
            "product",
            "reminder_days",
            models.CharField(blank=True, default="7, 2", max_length=40, validators=[inventory.reminder_days.check]),
        ),
    ]
