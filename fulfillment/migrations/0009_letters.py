"""An administrator's own texts of mails to candidates, which languages are on, and the one that stands in."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0008_acts"),
        ("inventory", "0012_uploaded_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="language",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.CreateModel(
            name="LanguageSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tag", models.CharField(max_length=12, unique=True)),
                ("is_on", models.BooleanField()),
                ("read_at", models.DateTimeField(null=True)),
                ("read_digest", models.CharField(blank=True, max_length=64)),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["tag"],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("instructions", "Instructions"),
                            ("centre", "Instructions, at a test centre"),
                            ("reminder", "Reminder"),
                            ("deadline_moved", "New deadline"),
                            ("deadline_gone", "No deadline any more"),
                            ("sitting_moved", "New date or place"),
                            ("replaced", "New test ID"),
                            ("reset", "iTEP has reset the test"),
                            ("trouble", "Trouble with the test at iTEP"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("language", models.CharField(max_length=12)),
                ("subject", models.CharField(max_length=300)),
                ("body", models.TextField()),
                ("revision", models.PositiveIntegerField()),
                ("is_on", models.BooleanField(default=True)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.product",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "language", "product", "-revision"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "product", "language", "revision"), name="one_letter_per_revision"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("product__isnull", True)),
                        fields=("kind", "language", "revision"),
                        name="one_letter_for_all_per_revision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("product__isnull", False), ("is_on", True)),
                        fields=("kind", "product", "language"),
                        name="one_letter_is_on",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("product__isnull", True), ("is_on", True)),
                        fields=("kind", "language"),
                        name="one_letter_for_all_is_on",
                    ),
                ],
            },
        ),
    ]
