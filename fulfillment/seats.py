"""The seats of a sitting as rows: made, found free, given up; and each such act told."""

from __future__ import annotations

from django.db.models import Max

from access import audit
from access.actors import Actor
from access.models import AuditEntry
from fulfillment.errors import NoSeats
from fulfillment.models import Fulfillment, Seat, Sitting


def subject(sitting: Sitting) -> str:
    """As the audit trail names it."""
    return f"sitting {sitting.pk}"


def left(sitting: Sitting) -> int | None:
    """How many are free; None: no limit."""
    return None if sitting.seats is None else sitting.rows.filter(fulfillment__isnull=True).count()


def free(sitting: Sitting, count: int) -> list[Seat]:
    """So many, the lowest first; without a limit more are put there. The sitting is locked. Raises NoSeats."""
    rows = sitting.rows.filter(fulfillment__isnull=True).order_by("number")
    if sitting.seats is None and (lacking := count - rows.count()) > 0:
        add(sitting, lacking)
    found = list(rows.select_related("sitting")[:count])
    if len(found) < count:
        raise NoSeats(asked=count, left=len(found))
    return found


def bring_to(sitting: Sitting, count: int) -> None:
    """As many rows as seats: new ones at the end; of those too many the highest that nobody has go."""
    more = count - sitting.rows.count()
    if more > 0:
        add(sitting, more)
    elif more < 0:
        unused = sitting.rows.filter(fulfillment__isnull=True).order_by("-number").values_list("pk", flat=True)
        Seat.objects.filter(pk__in=list(unused[:-more])).delete()


def add(sitting: Sitting, count: int) -> None:
    """Rows after the last. The sitting is locked."""
    last = sitting.rows.aggregate(last=Max("number"))["last"] or 0
    Seat.objects.bulk_create(Seat(sitting=sitting, number=last + turn) for turn in range(1, count + 1))


def freed_by_cancelling(one: Fulfillment) -> None:
    """The test was cancelled, so that nobody needs its seat. Whoever saves the row saves `seat` with it."""
    if one.seat is not None:
        tell(one, "seat.given_up", Actor.system("worker"), one.seat.sitting, reason="The test was cancelled.")
        one.seat = None


def entry(
    one: Fulfillment,
    verb: str,
    actor: Actor,
    sitting: Sitting,
    *,
    detail: audit.Detail | None = None,
    reason: str = "",
) -> AuditEntry:
    """About a person at a sitting: in the story of both."""
    return audit.entry(
        actor=actor,
        verb=verb,
        oid=one.oid,
        product=one.product.code,
        subject=subject(sitting),
        detail=detail,
        reason=reason,
    )


def tell(one: Fulfillment, verb: str, actor: Actor, sitting: Sitting, *, reason: str = "") -> None:
    audit.record_many([entry(one, verb, actor, sitting, reason=reason)])
