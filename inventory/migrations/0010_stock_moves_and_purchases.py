"""Orders, and the ledger of the stock, which begins with the stock as it stands and is written by the database."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from inventory import ledger


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ledger.open_with_the_stock(schema_editor.connection)
    ledger.watch(schema_editor.connection)


def end(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ledger.unwatch(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0009_texts_to_prove"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveIntegerField()),
                ("arrived", models.PositiveIntegerField(default=0)),
                ("ordered_on", models.DateField()),
                ("expected_on", models.DateField()),
                ("price", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("distributor", models.CharField(blank=True, max_length=200)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_because", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchases", to="inventory.product"
                    ),
                ),
                (
                    "user",
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
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.IntegerField()),
                ("source", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arrivals", to="inventory.product"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="inventory.upload",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="inventory.purchase",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("from_state", models.CharField(blank=True, max_length=16)),
                ("to_state", models.CharField(blank=True, max_length=16)),
                ("number", models.PositiveIntegerField()),
                ("opening", models.BooleanField(default=False)),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_moves",
                        to="inventory.product",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                condition=models.Q(("arrived__lt", models.F("count")), ("cancelled_at__isnull", True)),
                fields=["product", "ordered_on", "id"],
                name="purchases_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="a_purchase_is_of_something"),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("arrived__lte", models.F("count"))), name="no_more_arrives_than_was_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(("expected_on__gte", models.F("ordered_on"))), name="expected_after_it_was_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_at__isnull", True), ("cancelled_because", "")),
                    models.Q(("cancelled_at__isnull", False), models.Q(("cancelled_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_cancelled_purchase_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price__isnull", True),
                    models.Q(("price__gte", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_price_has_its_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                fields=("upload", "purchase"), name="an_upload_arrives_once_for_a_purchase"
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purchase__isnull", True)),
                fields=("upload", "product"),
                name="what_nobody_ordered_is_counted_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_state", models.F("to_state")), _negated=True), name="a_move_goes_somewhere"
            ),
        ),
        migrations.RunPython(begin, end),
    ]
