"""A plan's row holds the file's half of its pair: what was staged for it lives no longer than the planning."""

import access.encryption
import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


OPEN = ("planning", "planned", "applying")


def plan_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Plans of before lack what applying needs now: each is made again from its file, which changes nothing twice."""
    uploads = apps.get_model("inventory", "Upload").objects.filter(state__in=OPEN)
    apps.get_model("inventory", "PlanRow").objects.filter(upload__in=uploads).delete()
    uploads.update(state="uploaded")


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_plan_by_test_id"),
    ]

    operations = [
        migrations.RunPython(plan_again, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="planrow",
            name="plan_by_cause",
        ),
        migrations.RemoveIndex(
            model_name="planrow",
            name="plan_to_apply",
        ),
        migrations.RemoveIndex(
            model_name="planrow",
            name="plan_by_test_id",
        ),
        migrations.RemoveField(
            model_name="planrow",
            name="applied_at",
        ),
        migrations.RemoveField(
            model_name="planrow",
            name="values",
        ),
        migrations.AddField(
            model_name="planrow",
            name="assigned_to",
            field=access.encryption.EncryptedTextField(blank=True),
        ),
        migrations.AddField(
            model_name="planrow",
            name="assigned_to_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="planrow",
            name="other",
            field=access.encryption.EncryptedJSONField(null=True),
        ),
        migrations.AddField(
            model_name="planrow",
            name="other_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="planrow",
            name="ours",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="planrow",
            name="password",
            field=access.encryption.EncryptedTextField(blank=True),
        ),
        migrations.AddField(
            model_name="planrow",
            name="password_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="planrow",
            name="purchased_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="planrow",
            name="status",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="planrow",
            name="status_raw",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="planrow",
            name="texts",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="planrow",
            name="tracking_code",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="planrow",
            name="valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="testid",
            name="other_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="upload",
            name="products",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="upload",
            name="row_done",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="upload",
            name="step_done",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="upload",
            name="world",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="planrow",
            name="upload",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="plan", to="inventory.upload"
            ),
        ),
        migrations.AlterField(
            model_name="testid",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="held",
                to="inventory.claim",
            ),
        ),
        migrations.AlterField(
            model_name="testid",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="test_ids",
                to="inventory.product",
            ),
        ),
        migrations.AlterField(
            model_name="testid",
            name="test_id",
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name="planrow",
            index=models.Index(fields=["upload", "step", "id"], name="plan_in_order"),
        ),
        migrations.AddIndex(
            model_name="testid",
            index=models.Index(
                condition=models.Q(("holder__isnull", False)), fields=["holder"], name="test_ids_by_holder"
            ),
        ),
        migrations.AddConstraint(
            model_name="testid",
            constraint=models.UniqueConstraint(fields=("test_id",), name="one_row_per_test_id"),
        ),
        migrations.DeleteModel(
            name="StagedRow",
        ),
    ]
