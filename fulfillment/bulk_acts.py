"""One act on many tests: chosen, looked at, confirmed, and done by the worker, some at a time.

What can be done with many at once is a line of `ACTS`. Each goes through the same function as on one candidate's page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import audit
from access.actors import Actor
from fulfillment import acts, locks, reminding, rules
from fulfillment.errors import FulfillmentError
from fulfillment.models import BulkAct, BulkRow, BulkState, Fulfillment
from inventory.errors import ClaimMoved, NotPossible
from outbox import entries
from outbox.models import Entry
from outbox.registry import Again

KIND = "fulfillment.bulk"
MOST = 5_000  # tests of one act
LOOKED_AT_ONCE = 200  # judged in one transaction; no more than these are judged before the page is shown
DONE_AT_ONCE = 10  # acted on in one transaction, so that no lock is held long


class CannotBegin(FulfillmentError):
    """There is nothing to act on, or too much, or nobody said why."""


@dataclass(frozen=True, slots=True)
class Act:
    """`why_not`: "" where it can be done with this one. `do` does it, or raises why not."""

    name: str
    label: Promise | str
    why_not: Callable[[Fulfillment], str]
    do: Callable[[UUID, Actor, str], object]
    reason_needed: bool = False
    bad: bool = False  # its button is red


ACTS = {
    one.name: one
    for one in (
        Act(
            "resend",
            gettext_lazy("Send again"),
            rules.why_not_resend,
            lambda oid, actor, reason: acts.resend(oid=oid, actor=actor, reason=reason),
        ),
        Act(
            "remind",
            gettext_lazy("Remind"),
            rules.why_not_remind,
            lambda oid, actor, reason: reminding.remind(oid=oid, actor=actor, reason=reason),
        ),
        Act(
            "call_again",
            gettext_lazy("Call iTEP again"),
            rules.why_not_call_again,
            lambda oid, actor, reason: acts.call_again(oid=oid, actor=actor),
        ),
        Act(
            "cancel",
            gettext_lazy("Cancel the test"),
            rules.why_not_cancel,
            lambda oid, actor, reason: acts.cancel(oid=oid, actor=actor, reason=reason),
            reason_needed=True,
            bad=True,
        ),
    )
}


@transaction.atomic
def draft(*, act: str, chosen: Collection[int], actor: Actor) -> BulkAct:
    """The chosen tests, by their keys, kept for the look before the yes. Nothing is done yet. Raises CannotBegin."""
    if act not in ACTS:
        raise CannotBegin(_("Say what to do with them."))
    if not chosen:
        raise CannotBegin(_("Choose at least one."))
    if len(chosen) > MOST:
        raise CannotBegin(
            _("At most %(most)s at once; these are %(number)s. Filter further.") % {"most": MOST, "number": len(chosen)}
        )
    assert actor.user is not None
    bulk = BulkAct.objects.create(act=act, user=actor.user)
    rows = (BulkRow(bulk=bulk, fulfillment_id=pk) for pk in dict.fromkeys(chosen))
    BulkRow.objects.bulk_create(rows, batch_size=1_000)
    detail: dict[str, str | int] = {"act": act, "rows": len(chosen)}
    audit.record(actor=actor, verb="bulk.drafted", subject=f"bulk {bulk.pk}", detail=detail)
    if len(chosen) > LOOKED_AT_ONCE:
        entries.write(kind=KIND, key=f"{bulk.pk}:look", payload={"bulk": bulk.pk})
    else:
        _look(bulk)
    return bulk


@transaction.atomic
def confirm(*, bulk_id: int, actor: Actor, reason: str) -> BulkAct:
    """Somebody has seen for which it can be done, and says yes. Again, it changes nothing. Raises CannotBegin."""
    bulk = locks.bulk_act(bulk_id)
    if bulk.confirmed_at is not None:
        return bulk
    counts = counted(bulk)
    if counts[BulkState.NEW]:
        raise CannotBegin(_("It is not known yet for which it can be done. Wait a moment."))
    if not counts[BulkState.POSSIBLE]:
        raise CannotBegin(_("It can be done for none of them."))
    if ACTS[bulk.act].reason_needed and not reason.strip():
        raise CannotBegin(_("Say why: it is kept in the history of each."))
    bulk.confirmed_at, bulk.reason = timezone.now(), reason.strip()[:500]
    bulk.save(update_fields=["confirmed_at", "reason"])
    entries.write(kind=KIND, key=f"{bulk.pk}:do", payload={"bulk": bulk.pk})
    detail: dict[str, str | int] = {"act": bulk.act, "rows": counts[BulkState.POSSIBLE]}
    audit.record(actor=actor, verb="bulk.confirmed", subject=f"bulk {bulk.pk}", detail=detail, reason=bulk.reason)
    return bulk


def run(entry: Entry) -> Again | None:
    """The worker's: some rows, until none is left. A row's outcome is written with what was done, so that a worker
    that ends in between leaves neither, and the next one does nothing twice."""
    bulk = locks.bulk_act(entry.payload["bulk"])
    if bulk.confirmed_at is None:
        return Again() if _look(bulk) else None
    rows = list(bulk.rows.filter(state=BulkState.POSSIBLE).select_related("fulfillment")[:DONE_AT_ONCE])
    for row in rows:
        _do(bulk, row)
        row.save(update_fields=["state", "note"])
    return Again() if len(rows) == DONE_AT_ONCE else None


def counted(bulk: BulkAct) -> dict[BulkState, int]:
    """How many stand where."""
    found = dict(bulk.rows.values_list("state").annotate(number=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in BulkState}


def reasons(bulk: BulkAct) -> list[tuple[str, int]]:
    """Why it cannot be done, or was not, and for how many; the most frequent first."""
    not_done = bulk.rows.filter(state__in=[BulkState.BLOCKED, BulkState.REFUSED])
    found = not_done.values_list("note").annotate(number=Count("pk")).order_by("-number", "note")
    return [(note, number) for note, number in found]


def _look(bulk: BulkAct) -> bool:
    """Says of the next rows whether it can be done; whether there may be more of them."""
    rows = bulk.rows.filter(state=BulkState.NEW).select_related("fulfillment__claim", "fulfillment__product")
    looked = list(rows[:LOOKED_AT_ONCE])
    why_not = ACTS[bulk.act].why_not
    for row in looked:
        row.note = why_not(row.fulfillment)[:300]
        row.state = BulkState.BLOCKED if row.note else BulkState.POSSIBLE
    BulkRow.objects.bulk_update(looked, ["state", "note"])
    return len(looked) == LOOKED_AT_ONCE


def _do(bulk: BulkAct, row: BulkRow) -> None:
    try:
        with transaction.atomic():
            ACTS[bulk.act].do(row.fulfillment.oid, Actor.person(bulk.user), bulk.reason)
            row.state = BulkState.DONE
    except (FulfillmentError, ClaimMoved, NotPossible) as refused:
        row.state, row.note = BulkState.REFUSED, (str(refused) or _("It cannot be done any more."))[:300]
