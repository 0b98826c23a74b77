"""Every product's stock on one page: the numbers, what is on its way, how old the knowledge is, and the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from inventory import outlook_words, outlooks, purchases
from inventory.outlooks import Outlook
from inventory.queries import StockCard


@dataclass(frozen=True, slots=True)
class Row:
    """A product's line. `coming`: ordered, and still to come."""

    card: StockCard
    coming: int
    seen: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What all products have together, by the names of `StockCard`."""

    available: int
    reserved: int
    assigned: int
    in_test: int
    done: int
    outside: int
    unavailable: int
    set_aside: int
    withdrawn: int
    waiting: int
    coming: int


def rows() -> list[Row]:
    """Those with stock or use first; in the same few statements however many there are."""
    coming = purchases.on_their_way()
    return [_row(one, coming.get(one.product.pk, 0)) for one in outlooks.outlooks()]


def sums(found: Sequence[Row]) -> Sums:
    names = [one.name for one in fields(Sums) if one.name != "coming"]
    added = {name: sum(getattr(row.card, name) for row in found) for name in names}
    return Sums(**added, coming=sum(row.coming for row in found))


def _row(one: Outlook, coming: int) -> Row:
    return Row(one.card, coming, outlook_words.seen(one), one.is_overdue)
