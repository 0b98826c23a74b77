"""Whether anything changed that one candidate's page shows, so that an open page asks often and is answered cheaply."""

from __future__ import annotations

import hashlib

from django.db.models import Max

from access.models import AuditEntry
from fulfillment import deadlines
from fulfillment.models import Fulfillment


def version(one: Fulfillment) -> str:
    """Another one after every change that the page shows.

    Every change stands in the trail (DESIGN.md section 4, rule 10): so its last entries about the request and about its
    ID tell, whichever room made the change. Ours and the claim's own marks stand beside them, and the day, which
    makes a deadline pass.
    """
    test_id = one.claim.current
    parts = (
        one.updated_at,
        one.claim.revision,
        AuditEntry.objects.filter(oid=one.oid).aggregate(last=Max("id"))["last"],
        (test_id.test_id, test_id.revision, _last_about(test_id.test_id)) if test_id else "",
        deadlines.today(),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _last_about(test_id: str) -> int | None:
    """Not blank, said once more, so that SQLite takes the partial index."""
    about = AuditEntry.objects.filter(test_id=test_id).exclude(test_id="")
    last: int | None = about.aggregate(last=Max("id"))["last"]
    return last
