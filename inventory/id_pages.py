"""What the page of one test ID shows: iTEP's word and ours, its story, what can be done, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from access.models import User
from access.roles import is_administrator
from inventory import claims, proving, queries, sources, stories
from inventory.masking import masked
from inventory.models import AssignedToRecord, TestID, Upload, WordSource
from inventory.models.claims import SEEN_BY_A_PERSON

Show = Callable[[str], str]


def page(test_id: str, *, reader: User | AnonymousUser, reveal: bool = False) -> dict[str, Any]:
    """`reveal`: texts about people in full, not only so that one can tell them apart."""
    row = queries.one(test_id)
    show: Show = (lambda text: text) if reveal else masked
    sees_work = is_administrator(reader)
    return {
        "row": row,
        "state": getattr(row, "state", ""),
        "holder": row.holder,
        "oid": row.holder.oid if row.holder else None,
        "reveal": reveal,
        "events": stories.story(test_id, sees_work=sees_work),
        "said": next(iter(proving.waiting_for_proof(test_id=test_id)), None),
        "seen_in": _seen_in(row),
        "other": [(name, show(text)) for name, text in (row.other or {}).items()],
        "why_not_release": claims.why_not_release(row, row.holder),
        "why_not_set_aside": claims.why_not_set_aside(row, row.holder),
        **_texts(row, show, sees_work=sees_work),
    }


def _texts(row: TestID, show: Show, *, sees_work: bool) -> dict[str, Any]:
    """What we wrote beside what iTEP shows, each with its evidence."""
    record = row.holder.assigned_to_records.filter(test_id=row.test_id).last() if row.holder else None
    return {
        "we_wrote": show(record.text) if record else "",
        "record": record,
        "itep_shows": show(row.assigned_to),
        "differs": record is not None and record.digest != row.assigned_to_digest,
        "proof": _proof(record),
        "proof_url": sources.page_of(_proof(record), test_id=row.test_id, sees_work=sees_work),
    }


def _proof(record: AssignedToRecord | None) -> str:
    """What shows that the text stands at iTEP; "" where nothing does but a person's word."""
    return record.confirmed_by if record and record.confirmed_by != SEEN_BY_A_PERSON else ""


def _seen_in(row: TestID) -> Upload | None:
    """The upload of the export that spoke last of it."""
    if row.last_word_by != WordSource.EXPORT:  # type: ignore[attr-defined]  # annotated by `queries.one`
        return None
    at: datetime = row.last_word_at  # type: ignore[attr-defined]
    found = Upload.objects.filter(seen_products__product=row.product_id, exported_at=at)
    return found.order_by("-id").first()
