"""Who sits at a sitting, as a list to work with: on a screen, on paper, as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import attending, deadlines, queries, seats
from fulfillment.models import Attendance, Fulfillment, Sitting
from inventory import claims
from inventory.models import Delivery

OPENED = ("opened", "printed", "downloaded")  # how test IDs were got to see


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `test_id` only where the roster was opened with test IDs; `why_none`: why it has none even so."""

    one: Fulfillment
    number: int
    day: Attendance
    missed: bool
    expires: date | None  # where that is before the sitting
    test_id: str = ""
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    sitting: Sitting
    rows: list[Row]
    with_ids: bool = False

    @property
    def arrived(self) -> int:
        return sum(row.day.arrived_at is not None for row in self.rows)

    @property
    def missed(self) -> list[Row]:
        return [row for row in self.rows if row.missed]

    @property
    def incidents(self) -> int:
        return sum(bool(row.day.incident) for row in self.rows)

    @property
    def not_mailed_by_us(self) -> int:
        """Whom nobody tells date and place unless a person does."""
        return sum(row.one.delivery != Delivery.PORTAL for row in self.rows)


def roster(sitting: Sitting) -> Roster:
    """By name, without test IDs."""
    found = queries.fulfillments().filter(seat__sitting=sitting)
    people = list(found.select_related("seat", "attendance__photo_id_by"))
    expire = claims.expire_before(oids=[one.oid for one in people], day=sitting.date)
    over = deadlines.is_over(sitting.date)
    rows = [_row(one, over, expire) for one in people]
    return Roster(sitting, sorted(rows, key=lambda row: row.one.name.casefold()))


def _row(one: Fulfillment, over: bool, expire: Mapping[UUID, date]) -> Row:
    assert one.seat is not None
    missed = over and attending.was_not_seen(one, one.attendance)
    return Row(one, one.seat.number, one.attendance, missed=missed, expires=expire.get(one.oid))


@transaction.atomic
def with_test_ids(*, sitting: Sitting, actor: Actor, how: str) -> Roster:
    """The roster with the test IDs that iTEP has confirmed. From now on each counts as told; the trail says by whom.

    `how` is one of OPENED. An ID that may be told to nobody yet stays out, with the reason.
    """
    assert how in OPENED
    claims.hold(oids=Fulfillment.objects.filter(seat__sitting=sitting).values_list("oid", flat=True))
    found = roster(sitting)  # read under the lock: an ID that was replaced just now is not the one to print
    rows = [_opened(each) for each in found.rows]
    audit.record_many(
        audit.entry(
            actor=actor,
            verb=f"roster.{how}",
            oid=each.one.oid,
            test_id=each.test_id,
            product=each.one.product.code,
            subject=seats.subject(sitting),
        )
        for each in rows
        if each.test_id
    )
    return replace(found, rows=rows, with_ids=True)


def _opened(each: Row) -> Row:
    if why := claims.tell(oid=each.one.oid):
        return replace(each, why_none=why)
    current = each.one.claim.current
    return replace(each, test_id=current.test_id if current else "")
