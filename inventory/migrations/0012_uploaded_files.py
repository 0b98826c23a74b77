"""Files of uploads move to a table of their own, deflated and encrypted."""

import zlib
from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import access.encryption


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One by one: each may be large."""
    upload, file = (apps.get_model("inventory", name) for name in ("Upload", "UploadedFile"))
    for key in list(upload.objects.filter(content__isnull=False).values_list("pk", flat=True)):
        content = upload.objects.values_list("content", flat=True).get(pk=key)
        file.objects.create(upload_id=key, deflated=zlib.compress(content, level=1))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0011_stock_warnings")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="UploadedFile",
            fields=[
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="file",
                        serialize=False,
                        to="inventory.upload",
                    ),
                ),
                ("deflated", access.encryption.EncryptedBinaryField()),
            ],
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(model_name="upload", name="content"),
        migrations.AlterField(
            model_name="planrow",
            name="upload",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="plan",
                to="inventory.upload",
            ),
        ),
    ]
