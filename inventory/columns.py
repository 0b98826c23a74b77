"""Which column of an export holds what. iTEP's real names are not public (ITEP.md section 7): names are recognized."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from inventory.column_names import NAMES

ROWS_ABOVE_HEADER = 50  # titles, addresses and blank lines stand above; further down nobody looks


class Field(StrEnum):
    """What a column may hold."""

    TEST_ID = "test_id"
    PRODUCT = "product"
    STATUS = "status"
    ASSIGNED_TO = "assigned_to"
    PASSWORD = "password"
    VALID_UNTIL = "valid_until"
    PURCHASED_ON = "purchased_on"
    TRACKING_CODE = "tracking_code"


NEEDED = (Field.TEST_ID, Field.ASSIGNED_TO)


def _key(name: str) -> str:
    """The name without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", name.replace("_", " ")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


_KNOWN: dict[str, tuple[Field, int]] = {}
for _field in Field:
    for _rank, _name in enumerate(NAMES[_field].split(",")):
        _KNOWN.setdefault(_key(_name), (_field, _rank))


@lru_cache(maxsize=1024)
def known(name: str) -> tuple[Field, int] | None:
    """The field that a column of this name holds, and how good a name for it this is (0 the best)."""
    return _KNOWN.get(_key(name)) if len(name) <= 100 else None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Field -> place of its column in the header, from 0. `names` are the header's cells as the file spells them."""

    places: MappingOf[Field, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[Field, ...]:
        """Without these nothing may be applied."""
        return tuple(one for one in NEEDED if one not in self.places)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Named columns that hold no known field."""
        taken = set(self.places.values())
        return tuple(name for place, name in enumerate(self.names) if name and place not in taken)

    def name_of(self, one: Field) -> str:
        """The column's name as the file spells it, "" where it has none."""
        return self.names[self.places[one]] if one in self.places else ""

    def as_names(self) -> dict[str, str]:
        """Field -> column name, as an upload keeps it."""
        return {str(one): self.names[place] for one, place in self.places.items()}


def recognize(header: Sequence[object]) -> Mapping:
    """The columns of a header by their names, in any order. Of two for one field the better name wins."""
    names = tuple(str(cell).strip() if cell is not None else "" for cell in header)
    best: dict[Field, tuple[int, int]] = {}
    for place, name in enumerate(names):
        found = known(name) if name else None
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], place)
    return Mapping({one: best[one][1] for one in Field if one in best}, names)


def by_names(header: Sequence[object], chosen: MappingOf[str, str]) -> Mapping:
    """The columns of a header as a person chose them: field -> column name. A name that is lacking says nothing."""
    names = tuple(str(cell).strip() if cell is not None else "" for cell in header)
    places = {Field(one): names.index(name) for one, name in chosen.items() if name and name in names}
    return Mapping({one: places[one] for one in Field if one in places}, names)


def find_header(rows: Sequence[Sequence[object]]) -> int | None:
    """The place of the header among a sheet's rows, or None: the row with most known names, the first of equals.

    One known name is enough only where nothing better stands there: a title like "ID" above would win otherwise.
    """
    best, most = None, 0
    for place, row in enumerate(rows[:ROWS_ABOVE_HEADER]):
        count = len({found[0] for cell in row if isinstance(cell, str) and (found := known(cell.strip()))})
        if count > most:
            best, most = place, count
    return best


def find_widest(rows: Sequence[Sequence[object]], chosen: MappingOf[str, str]) -> int | None:
    """The place of the row that carries most of the chosen column names, or None."""
    wanted = {name for name in chosen.values() if name}
    counts = [len(wanted & {str(cell).strip() for cell in row if cell is not None}) for row in rows[:ROWS_ABOVE_HEADER]]
    most = max(counts, default=0)
    return counts.index(most) if most else None
