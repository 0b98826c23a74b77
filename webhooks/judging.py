"""Judging what was kept: one drainer, in order, each post in its own transaction, so that a bad one blocks nobody."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import mirror
from itep.webhook import ResultPost, UnreadablePost, read_data
from outbox import leases
from results import recording
from webhooks import locks
from webhooks.body import data_in
from webhooks.matching import Ours, SetApart, place
from webhooks.models import Post, PostState, TrackingCode, Why

log = logging.getLogger(__name__)
LEASE = "webhooks.judge"
LEASE_SECONDS = 60
STRETCH = (
    30.0  # seconds of work under one lease; far less than the lease, since posts of one test must not be overtaken
)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a post turned out to be. `why` is empty where it was understood and had its effect."""

    effect: str = ""
    why: Why | None = None
    reason: str = ""
    test_id: str = ""
    oid: UUID | None = None


def judge_kept() -> int:
    """Judges kept posts in the order in which they came, while nobody else does. Says how many."""
    with leases.hold(LEASE, LEASE_SECONDS) as ours:
        return _drain(until=time.monotonic() + STRETCH) if ours else 0


def _drain(*, until: float) -> int:
    """Each post is passed once: a row that cannot even be set apart must not be met for ever."""
    judged, last = 0, 0
    while time.monotonic() < until and (batch := _next(after=last)):
        for last in batch:
            judge_one(post_id=last)
            judged += 1
            if time.monotonic() >= until:
                break
    if judged:
        _note_last_posts()
    return judged


def _next(*, after: int) -> list[int]:
    kept = Post.objects.filter(state=PostState.KEPT, pk__gt=after).order_by("pk")
    return list(kept.values_list("pk", flat=True)[:BATCH])


def judge_one(*, post_id: int) -> None:
    """Judges one kept post. Trouble with the database leaves it kept; any other failure of ours sets it apart."""
    try:
        with transaction.atomic():
            post = locks.kept_post(post_id)
            if post is not None:
                _write(post, _judge(post))
    except (OperationalError, InterfaceError):
        raise  # posts that come later must not overtake it
    except Exception as error:
        log.exception("webhook %s could not be judged", post_id)
        _set_apart_after_fault(post_id, error)


def _judge(post: Post) -> Judgement:
    try:
        said = read_data(data_in(post.content_type, bytes(post.body or b"")))
    except UnreadablePost as error:
        return Judgement(why=Why.UNREADABLE, reason=str(error))
    if said.test_id is None:
        return Judgement(why=Why.NO_TEST_ID, reason="The post names no test ID.", oid=said.oid)
    return _judge_readable(post, said, said.test_id)


def _judge_readable(post: Post, said: ResultPost, test_id: str) -> Judgement:
    source = f"webhook {post.pk}"
    belongs = place(said, test_id=test_id, at=post.received_at, source=source)
    if isinstance(belongs, SetApart):
        return Judgement(why=belongs.why, reason=belongs.reason, test_id=test_id, oid=said.oid)
    fulfillment = belongs.fulfillment if isinstance(belongs, Ours) else None
    mirror.heard_by_webhook(
        test_id=test_id, status=said.status, status_raw=said.status_raw, at=post.received_at, source=source
    )
    effect = recording.record(
        post=said, fulfillment=fulfillment, test_id=test_id, received_at=post.received_at, source=source
    )
    return Judgement(effect=effect.kind, test_id=test_id, oid=fulfillment.oid if fulfillment else said.oid)


def _write(post: Post, judgement: Judgement) -> None:
    post.state = PostState.QUARANTINED if judgement.why else PostState.JUDGED
    post.why, post.reason = judgement.why or "", judgement.reason
    post.test_id, post.oid, post.effect = judgement.test_id, judgement.oid, judgement.effect
    post.judged_at = timezone.now()
    post.save(update_fields=["state", "why", "reason", "test_id", "oid", "effect", "judged_at"])
    if judgement.why:
        audit.record(
            actor=Actor.itep("webhook"),
            verb="webhook.quarantined",
            test_id=judgement.test_id,
            subject=f"webhook {post.pk}",
            source=f"webhook {post.pk}",
            detail={"why": judgement.why},
        )


@transaction.atomic
def _set_apart_after_fault(post_id: int, error: Exception) -> None:
    reason = f"The portal failed to judge this post ({type(error).__name__}). It is kept, and can be judged again."
    Post.objects.filter(pk=post_id, state=PostState.KEPT).update(
        state=PostState.QUARANTINED, why=Why.FAULT, reason=reason, judged_at=timezone.now()
    )
    about = f"webhook {post_id}"
    audit.record(actor=Actor.system("judge"), verb="webhook.quarantined", subject=about, detail={"why": Why.FAULT})


def _note_last_posts() -> None:
    """When each tracking code was last used: not written with the post, which is one INSERT."""
    for code in TrackingCode.objects.all():
        latest = code.posts.order_by("-pk").values_list("received_at", flat=True).first()
        if latest is not None and latest != code.last_post_at:
            TrackingCode.objects.filter(pk=code.pk).update(last_post_at=latest)
