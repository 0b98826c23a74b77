"""A model of iTEP's own administration system: the true table of IDs, and exports of it as files, true and false."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from inventory.models import Scope
from itep.assigned_to import oids_in
from itep.client import Answer, Outcome
from tests.inventory import exports

HEADER = ("Test ID", "Product", "Status", "Assigned-to", "Password", "Valid until")
UNREADABLE = "X" * 65  # an ID has at most 64 characters


@dataclass(frozen=True, slots=True)
class Row:
    """What iTEP truly has of an ID."""

    product: str
    status: str = "Ready"
    text: str = ""
    password: str = ""

    @property
    def is_free(self) -> bool:
        return self.status == "Ready" and not self.text

    def carries(self, oid: UUID) -> bool:
        return oid in oids_in(self.text)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole panel at one moment."""

    at: datetime
    rows: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it arrives at iTEP. No `test_id`: a sale, or iTEP picks."""

    oid: UUID
    product: str
    text: str
    test_id: str = ""
    sale: bool = False
    tells: bool = False


@dataclass(slots=True)
class Itep:
    """`written`: oid -> IDs on which our calls, or a person for us, put its text. `sold`: oid -> sales made for it."""

    rows: dict[str, Row] = field(default_factory=dict)
    written: dict[UUID, set[str]] = field(default_factory=dict)
    sold: Counter[UUID] = field(default_factory=Counter)
    answered_otherwise: set[UUID] = field(default_factory=set)
    told: list[tuple[str, UUID]] = field(default_factory=list)  # whom iTEP itself sent the ID that was asked for
    bought: Counter[str] = field(default_factory=Counter)
    idempotent: bool = False

    def buy(self, product: str) -> str:
        """One more ID of the product."""
        self.bought[product] += 1
        test_id = f"{product}{self.bought[product]:03}"
        self.rows[test_id] = Row(product, password=f"open sesame {test_id}")
        return test_id

    def act(self, call: Call, *, another: bool = False) -> Answer:
        """Carries a call out. `another`: it gives another ID than it was asked for, where it has one."""
        if call.sale:
            self.sold[call.oid] += 1
            return self._give(call, self.buy(call.product))
        asked = self.rows.get(call.test_id)
        if self.idempotent and asked is not None and asked.text == call.text:
            return Answer(Outcome.CONFIRMED, test_id=call.test_id, password=asked.password)
        free = [one for one, row in sorted(self.rows.items()) if row.is_free and row.product == call.product]
        other = [one for one in free if one != call.test_id]
        if another and other and call.test_id:
            self.answered_otherwise.add(call.oid)
            return self._give(call, other[-1])
        if not call.test_id and free:
            return self._give(call, free[0])
        if call.test_id not in free:
            return Answer(Outcome.UNAVAILABLE, status=409)
        return self._give(call, call.test_id)

    def write(self, test_id: str, oid: UUID, text: str) -> None:
        """A text of ours stands on the ID from now on."""
        self.rows[test_id] = replace(self.rows[test_id], text=text)
        self.written.setdefault(oid, set()).add(test_id)

    def _give(self, call: Call, test_id: str) -> Answer:
        self.write(test_id, call.oid, call.text)
        if call.tells and test_id == call.test_id:
            self.told.append((test_id, call.oid))
        return Answer(Outcome.CONFIRMED, test_id=test_id, password=self.rows[test_id].password)

    def standing_for(self, oid: UUID) -> list[str]:
        """The IDs whose Assigned-to carries the request's text, whoever put it there."""
        return sorted(one for one, row in self.rows.items() if row.carries(oid))

    def our_doing(self, oid: UUID) -> set[str]:
        """Of those, the ones on which we put it."""
        return self.written.get(oid, set()) & set(self.standing_for(oid))

    def snapshot(self, at: datetime) -> Snapshot:
        return Snapshot(at, MappingProxyType(dict(self.rows)))


class Shape(StrEnum):
    """How an export looks: as it should, or as people and programs make it."""

    WHOLE = "whole"
    ONE_PRODUCT = "one product"
    READY_ROWS = "ready rows"
    READY_ONLY = "ready only, no status"
    CUT_SHORT = "cut short"
    UNREADABLE_ID = "an unreadable ID"
    BROKEN_ROW = "a broken row"
    TWICE = "an ID twice, differing"
    SWAPPED = "product and status swapped"
    TEXT_LOST = "Assigned-to lost"

    @property
    def lies(self) -> bool:
        """Whether the file says what is not so. A file that lacks rows does not."""
        return self in (Shape.SWAPPED, Shape.TEXT_LOST)


@dataclass(frozen=True, slots=True)
class File:
    """An export as a file, with what the person who uploads it says of it."""

    content: bytes
    lines: list[list[str]]
    ready_only: bool = False

    def ids(self) -> tuple[set[str], int]:
        """Its readable IDs, and how many rows have none."""
        found = [line[0] for line in self.lines]
        return {one for one in found if one != UNREADABLE}, found.count(UNREADABLE)


def export(snapshot: Snapshot, shape: Shape) -> File:
    """The snapshot as a csv file of this shape."""
    ready = shape in (Shape.READY_ROWS, Shape.READY_ONLY)
    lines = [
        [test_id, row.product, row.status, row.text, row.password, ""]
        for test_id, row in snapshot.rows.items()
        if not ready or row.status == "Ready"
    ]
    header = list(HEADER)
    if shape == Shape.READY_ONLY:
        lines, header = [[*line[:2], *line[3:]] for line in lines], [*HEADER[:2], *HEADER[3:]]
    lines = _shaped(lines, shape)
    if shape == Shape.SWAPPED:
        header[1], header[2] = header[2], header[1]
    return File(exports.as_csv(lines, header=header), lines, ready_only=shape == Shape.READY_ONLY)


def _shaped(lines: list[list[str]], shape: Shape) -> list[list[str]]:
    match shape:
        case Shape.ONE_PRODUCT:
            return [line for line in lines if line[1] == lines[0][1]]
        case Shape.CUT_SHORT:
            return lines[: max(len(lines) * 2 // 3, 1)]
        case Shape.UNREADABLE_ID:
            return [[UNREADABLE, *lines[0][1:]], *lines[1:]]
        case Shape.BROKEN_ROW:
            return [[*lines[0][:-1], "no day"], *lines[1:]]
        case Shape.TWICE:
            return [*lines, [*lines[0][:3], "Twice T.", *lines[0][4:]]]
        case Shape.TEXT_LOST:
            return [[*line[:3], "", *line[4:]] for line in lines]
        case _:
            return lines


def scope_of(shape: Shape) -> Scope:
    """A whole panel speaks of all products; the rest of those that stand in it."""
    return Scope.ALL if shape == Shape.WHOLE else Scope.FILE
