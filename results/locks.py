"""Every lock of results/: the fulfillment before its results."""

from django.db import connection

from fulfillment.models import Fulfillment
from results.models import Result


def revisions(*, subject: str, fulfillment: Fulfillment | None) -> list[Result]:
    """All revisions of a subject, oldest first. A fulfillment is locked first, so that two first posts do not race."""
    assert connection.in_atomic_block
    if fulfillment is not None:
        list(Fulfillment.objects.select_for_update(of=("self",), no_key=True).filter(pk=fulfillment.pk).values("pk"))
    return list(
        Result.objects.select_for_update(of=("self",), no_key=True).filter(subject=subject).order_by("revision")
    )
