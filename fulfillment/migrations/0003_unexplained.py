"""Which test ID a candidate was sent, and by which mail; a batch may adopt IDs that were assigned outside."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps: Any, _editor: Any) -> None:
    """Until now a candidate who was sent an ID has it still."""
    held = apps.get_model("inventory", "TestID").objects.filter(holding="current")
    fulfillments = apps.get_model("fulfillment", "Fulfillment").objects.filter(claim__in=held.values("holder"))
    now = fulfillments.annotate(held_id=Subquery(held.filter(holder=OuterRef("claim_id")).values("test_id")[:1]))
    fulfillments.filter(sent_at__isnull=False).update(
        sent_test_id=Subquery(held.filter(holder=OuterRef("claim_id")).values("test_id")[:1])
    )
    mails = apps.get_model("fulfillment", "Mail").objects.filter(fulfillment__in=fulfillments)
    mails.update(test_id=Subquery(now.filter(pk=OuterRef("fulfillment_id")).values("held_id")[:1]))


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fulfillment", "0002_organization_and_batch_rows"),
        ("inventory", "0008_unexplained"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            "fulfillment", "sent_test_id", models.CharField(blank=True, default="", max_length=64), False
        ),
        migrations.AddField("mail", "test_id", models.CharField(blank=True, default="", max_length=64), False),
        migrations.AddField("batch", "adopts", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
