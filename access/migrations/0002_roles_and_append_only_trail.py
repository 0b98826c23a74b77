"""The two roles, and a trail that the database itself keeps append-only."""

from django.db import migrations
from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from access import append_only
from access.roles import ADMINISTRATOR, STAFF


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group = apps.get_model("auth", "Group")
    for name in (STAFF, ADMINISTRATOR):
        group.objects.get_or_create(name=name)


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.guard(schema_editor.connection)


def unguard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.unguard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
