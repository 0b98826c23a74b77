"""Acts on posts that were set apart: judge them again, look at what iTEP sent."""

from __future__ import annotations

from django.db import transaction

from access import audit
from access.actors import Actor
from webhooks import locks, waking
from webhooks.models import Post, PostState


@transaction.atomic
def replay(*, actor: Actor, post_ids: list[int] | None = None) -> int:
    """Puts posts in quarantine back into the inbox, all or those named, to be judged again in order. How many."""
    waiting = locks.quarantined_posts(post_ids)
    for start in range(0, len(waiting), 500):
        Post.objects.filter(pk__in=waiting[start : start + 500]).update(state=PostState.KEPT, why="", reason="")
    audit.record_many(
        audit.entry(actor=actor, verb="webhook.replayed", subject=f"webhook {pk}", source=f"webhook {pk}")
        for pk in waiting
    )
    transaction.on_commit(waking.wake, robust=True)
    return len(waiting)


@transaction.atomic
def reveal(*, post_id: int, actor: Actor) -> str:
    """What iTEP sent, as text. Holds results of a person: who looked is kept. Raises Post.DoesNotExist."""
    post = Post.objects.get(pk=post_id)
    about = f"webhook {post.pk}"
    audit.record(actor=actor, verb="webhook.revealed", test_id=post.test_id, subject=about, source=about)
    return bytes(post.body or b"").decode("utf-8", "replace")
