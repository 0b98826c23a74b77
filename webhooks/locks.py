"""Every lock of the inbox."""

from django.db import connection

from webhooks.models import Post, PostState, TrackingCode


def tracking_code(code: str) -> TrackingCode | None:
    """The tracking code, locked."""
    assert connection.in_atomic_block
    return TrackingCode.objects.select_for_update(of=("self",)).filter(code=code).first()


def kept_post(post_id: int) -> Post | None:
    """The post, locked, while it waits to be judged."""
    assert connection.in_atomic_block
    return Post.objects.select_for_update(of=("self",)).filter(pk=post_id, state=PostState.KEPT).first()


def quarantined_posts(post_ids: list[int] | None = None) -> list[int]:
    """The ids of posts in quarantine, locked, in order; all of them, or those named."""
    assert connection.in_atomic_block
    posts = Post.objects.select_for_update(of=("self",)).filter(state=PostState.QUARANTINED)
    if post_ids is not None:
        posts = posts.filter(pk__in=post_ids)
    return list(posts.order_by("pk").values_list("pk", flat=True))
