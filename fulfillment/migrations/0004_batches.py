"""A batch keeps its file until the yes, what its people have already and what was decided; it can be undone."""

from typing import Any

import access.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def say_state(apps: Any, editor: Any) -> None:
    """What was confirmed before batches had a state. Ahead of the constraint that asks for it."""
    apps.get_model("fulfillment", "Batch").objects.filter(confirmed_at__isnull=False).update(state="confirmed")
    editor.connection.check_constraints()  # or PostgreSQL alters no table, for what it would check at the end


def fill_rows(apps: Any, editor: Any) -> None:
    """Rows that are still to be given say themselves what was said for the whole batch."""
    batches = apps.get_model("fulfillment", "Batch").objects
    for batch in batches.filter(adopts=False, rows__state="todo").distinct():
        batch.rows.filter(state="todo").update(
            product=batch.product_id, payer=batch.payer_id, delivery=batch.delivery, deadline=batch.deadline
        )
    batches.filter(confirmed_at__isnull=False).update(confirmed_by=F("user"))
    editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_audit_subject"),
        ("fulfillment", "0003_unexplained"),
        ("inventory", "0012_uploaded_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchFile",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="file",
                        serialize=False,
                        to="fulfillment.batch",
                    ),
                ),
                ("deflated", access.encryption.EncryptedBinaryField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="batchrow",
            name="a_given_row_says_which_test",
        ),
        migrations.AddField(
            model_name="batch",
            name="all_or_nothing",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="calls_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="digest",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.AddField(
            model_name="batch",
            name="faults",
            field=access.encryption.EncryptedJSONField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="keep_others",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="mapping",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("columns", "Columns"),
                    ("faulty", "Faulty"),
                    ("draft", "Draft"),
                    ("confirmed", "Confirmed"),
                    ("undone", "Undone"),
                    ("discarded", "Discarded"),
                ],
                default="draft",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="why_undone",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="deadline",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="decision",
            field=models.CharField(
                choices=[("skip", "Skip"), ("reuse", "Reuse"), ("give", "Give")], default="skip", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="delivery",
            field=models.CharField(
                blank=True, choices=[("portal", "Portal"), ("itep", "Itep"), ("none", "None")], max_length=8
            ),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="found",
            field=models.CharField(
                blank=True,
                choices=[("", "Nothing"), ("open", "Open"), ("result", "Result"), ("twice", "Twice")],
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="found_number",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="found_oid",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="found_result",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="payer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.payer"
            ),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="product",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.product"
            ),
        ),
        migrations.AlterField(
            model_name="batchrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("todo", "Todo"),
                    ("given", "Given"),
                    ("skipped", "Skipped"),
                    ("reused", "Reused"),
                    ("failed", "Failed"),
                    ("undone", "Undone"),
                ],
                default="todo",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(fields=["batch", "state", "id"], name="batch_rows_by_state"),
        ),
        migrations.RunPython(say_state, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", False), ("state__in", ["confirmed", "undone"])),
                    models.Q(
                        models.Q(("state__in", ["confirmed", "undone"]), _negated=True), ("confirmed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="a_confirmed_batch_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), ("undone_at__isnull", False)),
                    models.Q(models.Q(("state", "undone"), _negated=True), ("undone_at__isnull", True)),
                    _connector="OR",
                ),
                name="an_undone_batch_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["given", "reused"]), _negated=True),
                    ("fulfillment__isnull", False),
                    _connector="OR",
                ),
                name="a_given_row_says_which_test",
            ),
        ),
        migrations.RunPython(fill_rows, migrations.RunPython.noop),
    ]
