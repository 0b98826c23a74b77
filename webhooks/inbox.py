"""Keeping what iTEP posts: raw, encrypted and committed before anybody reads it (DESIGN.md section 4, rule 6)."""

from django.db import transaction

from webhooks import waking
from webhooks.models import Post


def keep(*, tracking_code_id: int, content_type: str, body: bytes) -> None:
    """Keeps one post, in one INSERT, and wakes the judge once it is committed."""
    Post.objects.create(tracking_code_id=tracking_code_id, content_type=content_type[:200], body=body)
    transaction.on_commit(waking.wake, robust=True)
