"""What a webhook says to the mirror (DESIGN.md section 4, rule 2): and what it takes out of the stock."""

from datetime import datetime

from django.db import connection, transaction

from access import audit
from access.actors import Actor
from inventory import last_word
from inventory.models import Standing, TestID, WordSource
from itep.statuses import Status


@transaction.atomic
def heard_by_webhook(
    *, test_id: str, status: Status | None, status_raw: str, at: datetime, source: str
) -> TestID | None:
    """iTEP posted about `test_id` at `at`: the row as it stands then, or None where the mirror does not have it.

    An older word changes nothing. An ID that could still be given is in use: it leaves the stock at once.
    """
    row = _locked(test_id)
    if row is None or (row.progress_at is not None and row.progress_at >= at):
        return row
    if status is not None:
        row.progress, row.progress_at = status, at
    leaves = row.standing == Standing.OPEN and row.holder_id is None and last_word.at(row) <= at
    if leaves:
        row.standing, row.status_raw, row.status = Standing.UNAVAILABLE, status_raw[:64], status or ""
        row.said_by, row.said_at = WordSource.WEBHOOK, at
    if not leaves and status is None:
        return row
    row.revision += 1
    row.save()
    if leaves:
        about = {"test_id": test_id, "product": row.product.code, "source": source}
        audit.record(actor=Actor.itep("webhook"), verb="test_id.left_stock", **about)
    return row


def _locked(test_id: str) -> TestID | None:
    assert connection.in_atomic_block
    rows = TestID.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    return rows.filter(test_id=test_id).first()
