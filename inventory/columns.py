"""Which column of an export holds what. iTEP's real names are not public (ITEP.md section 7): names are recognized."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from inventory.column_names import NAMES
from inventory.sheets import letter

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
    """Field -> place of its column in the header, from 0. `names` are those of all columns (`names_of`)."""

    places: MappingOf[Field, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[Field, ...]:
        """Without these nothing may be applied."""
        return tuple(one for one in NEEDED if one not in self.places)

    @property
    def taken(self) -> frozenset[int]:
        """The places of columns that hold a known field."""
        return frozenset(self.places.values())

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that hold no known field: what stands in them is kept with the row."""
        return tuple(name for place, name in enumerate(self.names) if place not in self.taken)

    def name_of(self, one: Field) -> str:
        """The column's name as the file spells it, "" where it has none."""
        return self.names[self.places[one]] if one in self.places else ""

    def as_names(self) -> dict[str, str]:
        """Field -> column name, as an upload keeps it."""
        return {str(one): self.names[place] for one, place in self.places.items()}


def names_of(header: Sequence[object]) -> tuple[str, ...]:
    """A name for each column, as the file spells it, each once: of two alike the second is "Status (2)".

    A column without a name goes by its letter, so that it can be chosen too.
    """
    names: dict[str, None] = {}
    times: Counter[str] = Counter()
    for place, cell in enumerate(header):
        first = name = (" ".join(str(cell).split()) if cell is not None else "") or f"column {letter(place)}"
        while name in names:
            times[first] += 1
            name = f"{first} ({times[first] + 1})"
        names[name] = None
    return tuple(names)


def signature_of(header: Sequence[object]) -> str:
    """What makes two headers the same: their names in order, in one spelling. A hex digest; "" for a blank row."""
    keys = ["" if cell is None else _key(str(cell)) for cell in header]
    while keys and not keys[-1]:
        keys.pop()
    return sha256("\x1f".join(keys).encode("utf-8", "replace")).hexdigest() if any(keys) else ""


def recognize(header: Sequence[object]) -> Mapping:
    """The columns of a header by their names, in any order. Of two for one field the better name wins."""
    best: dict[Field, tuple[int, int]] = {}
    for place, cell in enumerate(header):
        found = known(str(cell).strip()) if cell is not None else None
        if found and (found[0] not in best or found[1] < best[found[0]][0]):
            best[found[0]] = (found[1], place)
    return Mapping({one: best[one][1] for one in Field if one in best}, names_of(header))


def by_names(header: Sequence[object], chosen: MappingOf[str, str]) -> Mapping:
    """The columns of a header as a person chose them: field -> column name. A name that is lacking says nothing."""
    names = names_of(header)
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


def guess_header(rows: Sequence[Sequence[object]]) -> int | None:
    """Where nobody knows a single name: the first row of several different texts, for a person to say what they are."""
    for place, row in enumerate(rows[:ROWS_ABOVE_HEADER]):
        texts = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
        if len(texts) > 1 and len(set(texts)) == len(texts) and place + 1 < len(rows):
            return place
    return None
