"""Test IDs that a person types in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from inventory import announcing, purchases
from inventory.models import Product, Standing, TestID, WordSource
from itep.test_ids import UnreadableTestId, read_test_id

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pasted list: the ID, and its password if one follows after a tab, semicolon or comma."""

    number: int
    test_id: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be added, and why."""

    number: int
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class PastedList:
    good: list[Line]
    bad: list[BadLine]


def read_list(text: str) -> PastedList:
    """Every line judged, the bad ones all named at once: unreadable, twice in the list, or known here already."""
    good: dict[str, Line] = {}
    bad: list[BadLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if number > MOST_LINES:
            bad.append(BadLine(number, "", f"A list has at most {MOST_LINES} lines. Upload iTEP's export instead."))
            break
        try:
            read = _line(number, line)
        except UnreadableTestId as why:
            bad.append(BadLine(number, line.strip()[:64], str(why)))
            continue
        if first := good.get(read.test_id):
            bad.append(BadLine(number, read.test_id, f"It stands on line {first.number} already."))
        else:
            good[read.test_id] = read
    known = _known(good)
    bad += [BadLine(good[one].number, one, f"It is here already, as {code}.") for one, code in known.items()]
    left = [line for line in good.values() if line.test_id not in known]
    return PastedList(left, sorted(bad, key=lambda one: one.number))


@transaction.atomic
def add(*, product: Product, lines: Iterable[Line], actor: Actor, valid_until: date | None = None) -> int:
    """Adds IDs that a person saw at iTEP as Ready and not assigned: available at once. Returns how many were new."""
    lines = list(lines)
    known = _known({line.test_id: line for line in lines})
    new = [line for line in lines if line.test_id not in known]
    now = timezone.now()
    rows = [
        TestID(
            test_id=line.test_id,
            product=product,
            status="ready",
            standing=Standing.OPEN,
            said_by=WordSource.PERSON,
            said_at=now,
            valid_until=valid_until,
            password=line.password,
            password_digest=keyed_digest(line.password, purpose="password"),
        )
        for line in new
    ]
    TestID.objects.bulk_create(rows, batch_size=500)
    audit.record_many(
        audit.entry(actor=actor, verb="test_id.added", test_id=line.test_id, product=product.code, source="by hand")
        for line in new
    )
    if new:
        purchases.arrived(product=product, purchased={None: len(new)}, source="by hand", actor=actor)
        announcing.stock_grew(product)
    return len(new)


def _line(number: int, line: str) -> Line:
    for mark in ("\t", ";", ","):
        if mark in line:
            test_id, _mark, rest = line.partition(mark)
            return Line(number, read_test_id(test_id), rest.strip())
    return Line(number, read_test_id(line))


def _known(wanted: dict[str, Line]) -> dict[str, str]:
    """Those of the IDs that the mirror has, each with its product's code."""
    names = list(wanted)
    found: dict[str, str] = {}
    for start in range(0, len(names), 500):
        rows = TestID.objects.filter(test_id__in=names[start : start + 500])
        found.update(rows.values_list("test_id", "product__code"))
    return found
