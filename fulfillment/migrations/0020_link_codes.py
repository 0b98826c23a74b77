"""A short code opens the candidate's page for whoever cannot open the link; those of today's links are reckoned."""

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

from access.encryption import keyed_digest
from fulfillment.links import code_of


def fill(apps: Any, _editor: Any) -> None:
    rows = apps.get_model("fulfillment", "Fulfillment").objects.exclude(link_token="")
    changed = []
    for one in rows.only("pk", "link_token").iterator(chunk_size=500):
        one.code_digest = keyed_digest(code_of(one.link_token), purpose="link-code-lookup")
        changed.append(one)
    rows.bulk_update(changed, ["code_digest"], batch_size=500)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fulfillment", "0010_retention")]
    operations: ClassVar = [
        migrations.AddField(
            "fulfillment", "code_digest", models.CharField(blank=True, default="", max_length=64), False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "fulfillment",
            models.Index(condition=~Q(code_digest=""), fields=["code_digest"], name="fulfillment_code"),
        ),
    ]
