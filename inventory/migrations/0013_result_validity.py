"""A product says for how many months a result of it counts."""

from typing import ClassVar

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0012_uploaded_files")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="product",
            name="result_valid_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(120),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("result_valid_months__isnull", True),
                    ("result_valid_months__range", (1, 120)),
                    _connector="OR",
                ),
                name="a_result_counts_for_1_to_120_months",
            ),
        ),
    ]
