"""Of what a candidate asks, one request of a kind is open at most; it was so before, by the code alone."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fulfillment", "0022_troubles")]
    operations: ClassVar = [
        migrations.AddConstraint(
            "candidaterequest",
            models.UniqueConstraint(
                fields=["fulfillment", "kind"], condition=Q(handled_at__isnull=True), name="one_open_request_of_a_kind"
            ),
        ),
    ]
