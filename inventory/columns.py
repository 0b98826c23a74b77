"""Which column of a file holds what, told by its name: of an export, and of any other list that is uploaded.

iTEP's real names are not public (ITEP.md section 7): names are recognized.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
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


@lru_cache(maxsize=4096)
def spelling(name: str) -> str:
    """The name without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", name.replace("_", " ")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Mapping:
    """Field -> place of its column in the header, from 0. `names` are those of all columns (`names_of`)."""

    places: MappingOf[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    needed: tuple[str, ...] = NEEDED

    @property
    def lacking(self) -> tuple[str, ...]:
        """Without these nothing may be applied."""
        return tuple(one for one in self.needed if one not in self.places)

    @property
    def taken(self) -> frozenset[int]:
        """The places of columns that hold a known field."""
        return frozenset(self.places.values())

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that hold no known field: what stands in them is kept with the row."""
        return tuple(name for place, name in enumerate(self.names) if place not in self.taken)

    def name_of(self, one: str) -> str:
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the columns of one kind of file may hold, and the names that each field goes by."""

    fields: tuple[str, ...]
    needed: tuple[str, ...]
    spellings: MappingOf[str, tuple[str, int]]  # a name in its one spelling -> its field, and how good a name it is
    example: str  # names in words, for who has none of them
    kind: str = ""  # what parts its headers from those of other kinds, in what is remembered

    @classmethod
    def of(
        cls,
        fields: Iterable[str],
        names: MappingOf[str, str],
        *,
        needed: Sequence[str],
        example: str,
        kind: str = "",
    ) -> Vocabulary:
        """`names`: field -> the names that it goes by, better ones first, one a comma."""
        wanted, spellings = tuple(fields), dict[str, tuple[str, int]]()
        for one in wanted:
            for rank, name in enumerate(names[one].split(",")):
                spellings.setdefault(spelling(name), (one, rank))
        return cls(wanted, tuple(needed), spellings, example, kind)

    def known(self, name: str) -> tuple[str, int] | None:
        """The field that a column of this name holds, and how good a name for it this is (0 the best)."""
        return self.spellings.get(spelling(name)) if len(name) <= 100 else None

    def recognize(self, header: Sequence[object]) -> Mapping:
        """The columns of a header by their names, in any order. Of two for one field the better name wins."""
        best: dict[str, tuple[int, int]] = {}
        for place, cell in enumerate(header):
            found = self.known(str(cell).strip()) if cell is not None else None
            if found and (found[0] not in best or found[1] < best[found[0]][0]):
                best[found[0]] = (found[1], place)
        places = {one: best[one][1] for one in self.fields if one in best}
        return Mapping(places, names_of(header), self.needed)

    def by_names(self, header: Sequence[object], chosen: MappingOf[str, str]) -> Mapping:
        """The columns of a header as a person chose them: field -> column name. A name that is lacking says nothing."""
        names = names_of(header)
        places = {one: names.index(name) for one in self.fields if (name := chosen.get(one)) and name in names}
        return Mapping(places, names, self.needed)

    def find_header(self, rows: Sequence[Sequence[object]]) -> int | None:
        """The place of the header among a sheet's rows, or None: the row with most known names, the first of equals.

        One known name is enough only where nothing better stands there: a title like "ID" above would win otherwise.
        """
        best, most = None, 0
        for place, row in enumerate(rows[:ROWS_ABOVE_HEADER]):
            texts = (cell.strip() for cell in row if isinstance(cell, str))
            count = len({found[0] for text in texts if (found := self.known(text))})
            if count > most:
                best, most = place, count
        return best

    def signature_of(self, header: Sequence[object]) -> str:
        """What makes two headers the same: kind and names, in one spelling. A hex digest; "" for a blank row."""
        keys = ["" if cell is None else spelling(str(cell)) for cell in header]
        while keys and not keys[-1]:
            keys.pop()
        text = "\x1f".join([self.kind, *keys] if self.kind else keys)
        return sha256(text.encode("utf-8", "replace")).hexdigest() if any(keys) else ""


def guess_header(rows: Sequence[Sequence[object]]) -> int | None:
    """Where nobody knows a single name: the first row of several different texts, for a person to say what they are."""
    for place, row in enumerate(rows[:ROWS_ABOVE_HEADER]):
        texts = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
        if len(texts) > 1 and len(set(texts)) == len(texts) and place + 1 < len(rows):
            return place
    return None


EXPORT = Vocabulary.of(Field, NAMES, needed=NEEDED, example="Test ID, Status or Assigned-to")
known = EXPORT.known
recognize = EXPORT.recognize
by_names = EXPORT.by_names
find_header = EXPORT.find_header
signature_of = EXPORT.signature_of
