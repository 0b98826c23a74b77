"""What pages read of the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from webhooks.models import Post, PostState, TrackingCode, Why


@dataclass(frozen=True, slots=True)
class Heap:
    """Posts that were set apart for the same reason."""

    why: str
    label: str
    count: int


def tracking_codes() -> QuerySet[TrackingCode]:
    return TrackingCode.objects.all()


def unmatched(why: str = "") -> QuerySet[Post]:
    """Posts in quarantine, the latest first, without their bodies."""
    found = Post.objects.filter(state=PostState.QUARANTINED).select_related("tracking_code").defer("body")
    return (found.filter(why=why) if why else found).order_by("-pk")


def heaps() -> list[Heap]:
    """How many posts are in quarantine, by reason; the largest first."""
    counted: Mapping[str, int] = dict(
        Post.objects.filter(state=PostState.QUARANTINED).order_by().values_list("why").annotate(Count("pk"))
    )
    labels = dict(Why.choices)
    return [
        Heap(why, str(labels.get(why, why)), counted[why]) for why in sorted(counted, key=lambda one: -counted[one])
    ]


def waiting() -> int:
    """Posts that were kept and are not judged yet."""
    return Post.objects.filter(state=PostState.KEPT).count()


def quarantined() -> int:
    return Post.objects.filter(state=PostState.QUARANTINED).count()


def latest_post() -> Post | None:
    """The post that came last."""
    return Post.objects.defer("body").order_by("-pk").first()
