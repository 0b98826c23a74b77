"""Words of Assigned-to texts, as keyed digests. What stands here already is indexed by the worker, in chunks."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q
from django.utils import timezone


def index_what_exists(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An entry for the worker, where there is any text: decrypting them all here would keep the portal from starting."""
    test_ids = apps.get_model("inventory", "TestID").objects.exclude(assigned_to_digest="")
    records = apps.get_model("inventory", "AssignedToRecord").objects.all()
    if test_ids.exists() or records.exists():
        entry = apps.get_model("outbox", "Entry")
        entry.objects.create(kind="inventory.search_words", key="what stood here before", due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inventory", "0013_result_validity"), ("outbox", "0003_calls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=32)),
                ("text", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["text"], name="search_words_by_text")],
                "constraints": [
                    models.UniqueConstraint(fields=("word", "text"), name="a_word_of_a_text_once"),
                    models.CheckConstraint(condition=~Q(text=""), name="a_search_word_has_a_text"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="testid",
            index=models.Index(
                condition=~Q(assigned_to_digest=""), fields=["assigned_to_digest"], name="test_ids_by_text"
            ),
        ),
        migrations.RunPython(index_what_exists, migrations.RunPython.noop),
    ]
