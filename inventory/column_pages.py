"""What the page of an upload's columns shows: each header of the file with samples, or why the file cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField

from inventory import headers, remembered_columns
from inventory.column_forms import ChooseColumns
from inventory.columns import Field
from inventory.export_cells import Unusable, shown
from inventory.headers import CannotApply, Header
from inventory.masking import masked
from inventory.models import Upload
from inventory.sheets import Cell, Row, UnreadableFile, letter
from inventory.upload_forms import ColumnsForm

SAMPLES = 3
_LOOKED_AT = 5_000  # rows that samples are taken from
_LONGEST = 80
MASKED = "••••••"
# A column that nobody knows may hold passwords all the same: better one too many is covered.
_LIKE_A_PASSWORD = re.compile(r"pass|pwd|secret|kennw|clave|contrase|senha|chave|\bpin\b", re.IGNORECASE)


@dataclass(slots=True)
class Column:
    """A column of the file: its letter as a spreadsheet has it, its name, the first different values in it."""

    letter: str
    name: str
    samples: list[str] = field(default_factory=list)
    holds: str = ""  # a field, "" where it is kept with the row as it is


@dataclass(slots=True)
class Group:
    """The sheets that share one header."""

    header: Header
    columns: list[Column]
    sheets: list[str] = field(default_factory=list)
    rows: int = 0
    prefix: str | None = None

    @property
    def initial(self) -> dict[str, Any]:
        about = {"default_product": self.header.default_product, "ready_only": self.header.ready_only}
        return {**self.header.mapping.as_names(), **about}

    @property
    def choices(self) -> list[str]:
        """What a person may choose: a column without name only if something stands in it."""
        return [one.name for one in self.columns if one.samples or one.name != f"column {one.letter}"]

    @property
    def samples(self) -> dict[str, list[str]]:
        return {one.name: one.samples for one in self.columns}

    @property
    def kept(self) -> list[Column]:
        """Columns that can be seen on the page as unknown ones."""
        return [one for one in self.columns if one.name in self.choices]

    @property
    def words(self) -> str:
        """Who set the columns, and when; "" where nobody has."""
        return remembered_columns.words(self.header.remembered) if self.header.remembered else ""


@dataclass(slots=True)
class Columns:
    """The headers of a file, the best known one first; or why the file cannot be read."""

    groups: list[Group] = field(default_factory=list)
    problem: str = ""
    form: type[ChooseColumns] = ColumnsForm

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.groups)

    @property
    def sheets(self) -> int:
        return sum(len(one.sheets) for one in self.groups)

    def forms(self, data: Any = None, **about: Any) -> list[ChooseColumns]:
        """A form for each header, in the same order; only the first must be filled in. `about`: its extra fields."""
        return [
            self.form(
                data,
                names=one.choices,
                initial=one.initial | about,
                prefix=one.prefix,
                first=not number,
                label_suffix="",
            )
            for number, one in enumerate(self.groups)
        ]


def columns(upload: Upload, *, remembered: bool = True) -> Columns:
    """What stands in the file's headers, as chosen, remembered or recognized. Never raises for what the file is."""
    try:
        return of_headers(headers.of(upload, remembered=remembered))
    except (UnreadableFile, CannotApply) as unusable:
        return Columns(problem=str(unusable))


def of_headers(found: Sequence[Header], form: type[ChooseColumns] = ColumnsForm) -> Columns:
    """What stands in these headers, of any kind of file. Raises UnreadableFile."""
    groups = _groups(found)
    groups.sort(key=lambda one: len(one.header.mapping.places), reverse=True)
    for number, one in enumerate(groups[1:], 2):
        one.prefix = f"header{number}"
    return Columns(groups, form=form)


def _groups(found: Sequence[Header]) -> list[Group]:
    groups: dict[str, Group] = {}
    for header in found:
        names = header.mapping.names
        plain = [Column(letter(place), name) for place, name in enumerate(names)]
        group = groups.setdefault(header.signature, Group(header, plain))
        group.sheets.append(header.sheet.name)
        for block in header.rows_below():
            if group.rows < _LOOKED_AT:
                _sample(group, block)
            group.rows += sum(map(any, block))
    for group in groups.values():
        _mask(group)
    return list(groups.values())


def _sample(group: Group, rows: Sequence[Row]) -> None:
    """The first different values of each column that is not yet full."""
    for place, column in enumerate(group.columns):
        if len(column.samples) >= SAMPLES:
            continue
        cells = dict.fromkeys(row[place] for row in rows if place < len(row))
        for text in filter(None, map(_text, cells)):
            if text not in column.samples and len(column.samples) < SAMPLES:
                column.samples.append(text)


def _text(cell: Cell) -> str:
    try:
        text = shown(cell)
    except Unusable:
        text = str(cell)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _mask(group: Group) -> None:
    """No password is a sample, neither of a column that is one by its name, nor of one that a person chose as such."""
    places = {place: one for one, place in group.header.mapping.places.items()}
    said = group.header.remembered.mapping.get(Field.PASSWORD) if group.header.remembered else None
    for place, column in enumerate(group.columns):
        column.holds = str(places.get(place, ""))
        named = group.header.vocabulary.known(str(group.header.cells[place] or "").strip())
        meanings = {column.holds, str(named[0]) if named else ""}
        if Field.PASSWORD in meanings or column.name == said or _LIKE_A_PASSWORD.search(column.name):
            column.samples = column.samples and [MASKED]
        elif Field.ASSIGNED_TO in meanings:
            column.samples = [masked(text) for text in column.samples]


@dataclass(frozen=True, slots=True)
class Section:
    """A header's part of the page: its form, each field with the samples of its column, and its group."""

    group: Group
    form: ChooseColumns
    fields: list[tuple[BoundField, list[str]]]

    @property
    def unknown(self) -> bool:
        """Whether any column is kept with the row as it is."""
        return any(not one.holds for one in self.group.kept)

    @property
    def samples_id(self) -> str:
        return f"samples-{self.group.prefix or 'first'}"


def sections(found: Columns, forms: Sequence[ChooseColumns]) -> Iterator[Section]:
    for group, form in zip(found.groups, forms, strict=True):
        bound = form.columns()
        chosen = [(one, str(one.value() or "")) for one in bound]
        hidden = {name for one, name in chosen if one.name == Field.PASSWORD}
        samples = {name: [MASKED] if name in hidden and some else some for name, some in group.samples.items()}
        taken = {name: one.name for one, name in chosen}
        for column in group.columns:
            column.holds = taken.get(column.name, "")
            column.samples = samples[column.name]
        yield Section(group, form, [(one, samples.get(name, [])) for one, name in chosen])
