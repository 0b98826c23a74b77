"""A contradicted claim keeps of which ID, by which cell and by what evidence; an ID may be left outside by a person."""

from typing import Any, ClassVar

from django.db import migrations, models


def fill(apps: Any, _editor: Any) -> None:
    """Of the contradictions that stand already the audit trail knows the ID and the evidence."""
    told = apps.get_model("access", "AuditEntry").objects.filter(verb="claim.contradicted")
    for claim in apps.get_model("inventory", "Claim").objects.filter(conflict_at__isnull=False):
        if one := told.filter(oid=claim.oid).order_by("-id").first():
            claim.conflict_test_id, claim.conflict_source = one.test_id, one.source[:100]
            claim.save(update_fields=["conflict_test_id", "conflict_source"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("access", "0001_initial"),
        ("inventory", "0007_remembered_columns"),
    ]
    operations: ClassVar = [
        migrations.AddField("claim", "conflict_rule", models.CharField(blank=True, max_length=20, default=""), False),
        migrations.AddField(
            "claim", "conflict_source", models.CharField(blank=True, max_length=100, default=""), False
        ),
        migrations.AddField(
            "claim", "conflict_test_id", models.CharField(blank=True, max_length=64, default=""), False
        ),
        migrations.AddField("testid", "left_outside_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
