"""Whole blocks of rows at once, column by column, where a block holds nothing that needs care.

An export has a hundred thousand rows of which nearly all are plain, and a handful of products, statuses and days. A
block in which anything is out of the ordinary is halved until what is plain is apart; the rest goes to
`export_rows.RowReader`, which names every fault. Tests hold both ways to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import repeat
from typing import TypeVar

from inventory.columns import Field, Mapping
from inventory.export_cells import Unusable, code_in, day_in, others_in, text_in
from inventory.export_rows import ExportRow, Found, RowReader
from inventory.sheets import CUT_SHORT, FORMULA, Cell, OpenSheet, Row, UnreadableFile, letter
from itep.test_ids import LONGEST

T = TypeVar("T")
Column = Sequence[Cell]
_SMALLEST = 16  # rows: below, halving costs more than care
_MOST_KEPT = 5_000  # different values of a column that are worth remembering
_TOTAL = re.compile(
    r"\s*(grand |sub)?(total|totals|totales|totais|suma|sum|count|rows|records|filas|linhas)\b[\s:=]*[\d.,]*\s*",
    re.I,
)
_PAGE = re.compile(r"(page|p[aá]gina)\s*\d+(\s*(of|de|/)\s*\d+)?", re.IGNORECASE)
_row_of = partial(tuple.__new__, ExportRow)


def add_rows(
    found: Found, *, sheet: OpenSheet, header: int, mapping: Mapping, default_product: str, ready_only: bool
) -> None:
    """Adds the rows below the header to `found`, block by block. Raises UnreadableFile.

    Left out are blank lines, totals below the last ID, and what stands above the header where a page break repeats it.
    """
    reader = RowReader(sheet.name, mapping, default_product, ready_only=ready_only)
    above = sheet.head(header + 1)
    blocks = _Blocks(found, reader, frozenset(texts for row in above if (texts := _texts(row))))
    skip, number = header + 1, 1
    held: list[tuple[int, Row]] = []  # what may be a total, until a row follows
    tail: list[Row] = []
    below, end_of_ids = header + 1, 0
    for block in sheet.blocks():
        rows = block[skip:] if skip else block
        number, skip = number + min(skip, len(block)), max(skip - len(block), 0)
        end = _end_of_rows(rows, mapping.places[Field.TEST_ID])
        if end:
            for before, row in held:
                blocks.take(before, [row])
            blocks.take(number, rows[:end])
            held, end_of_ids = [], number + end - 1
        held += [(number + place, row) for place, row in enumerate(rows[end:], end) if not _is_blank(row)]
        number, tail = number + len(rows), [*tail, *rows[-2:]][-2:]
    if sheet.open_ended and not held and len(tail) == 2 and 0 < len(tail[1]) < len(above[-1]) <= len(tail[0]):
        raise UnreadableFile(CUT_SHORT)  # its last row, after a whole one, is a part of a row
    _check_formulas(sheet, mapping, range(below + 1, end_of_ids + 1))


def _check_formulas(sheet: OpenSheet, mapping: Mapping, rows: range) -> None:
    """A formula's value is what it last came to, perhaps long ago. In titles, totals and other columns it may be."""
    for one, place in mapping.places.items():
        for row in sheet.formulas.get(place, ()):
            if row in rows:
                where = f"Cell {letter(place)}{row}" + (f" of sheet {sheet.name}" if sheet.name else "")
                raise UnreadableFile(FORMULA.format(where=where, column=mapping.name_of(one)))


def _texts(row: Row) -> tuple[str, ...]:
    """The row as texts, without blank ones at its end."""
    texts = ["" if cell is None else str(cell).strip() for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _is_blank(row: Row) -> bool:
    return not any(cell is not None and str(cell).strip() for cell in row)


def _end_of_rows(rows: Sequence[Row], id_place: int) -> int:
    """The place after the last row that is neither blank nor a total."""
    end = len(rows)
    while end and (_is_blank(rows[end - 1]) or _is_total(rows[end - 1], id_place)):
        end -= 1
    return end


def _is_total(row: Row, id_place: int) -> bool:
    """A short row whose ID cell, or where that is blank any cell, is "Total", "Total: 240" and the like."""
    texts = [text for text in _texts(row) if text]
    in_id = str(row[id_place] or "").strip() if id_place < len(row) else ""
    return len(texts) <= 3 and any(_TOTAL.fullmatch(one) for one in ([in_id] if in_id else texts))


class _Blocks:
    """Takes blocks of one sheet; remembers what its few different products, statuses and days mean."""

    def __init__(self, found: Found, reader: RowReader, above: frozenset[tuple[str, ...]]) -> None:
        self.found, self.reader, self.above = found, reader, above
        self.place = reader.mapping.places
        at = self.place[Field.TEST_ID]
        self._above_ids = frozenset(row[at] for row in above if at < len(row))
        self._known: dict[Field, dict[Cell, object]] = {one: {} for one in Field}

    def take(self, number: int, rows: list[Row]) -> None:
        """Adds these rows, of which the first has this number."""
        if len(rows) > _SMALLEST:
            if not self._take_plain(number, rows):
                half = len(rows) // 2
                self.take(number, rows[:half])
                self.take(number + half, rows[half:])
            return
        for place, row in enumerate(rows):
            texts = _texts(row)
            if texts and texts not in self.above and not (len(texts) < 4 and _PAGE.fullmatch(" ".join(texts).strip())):
                self.reader.add(self.found, number + place, row)

    def _take_plain(self, number: int, rows: list[Row]) -> bool:
        """The same for rows that need no care. Nothing is done where one of them does."""
        try:
            columns = list(zip(*rows, strict=True))
            if len(columns) > len(self.reader.mapping.names):
                return False
            ids = self._ids(columns[self.place[Field.TEST_ID]])
            products, spelled = self._products(columns, len(rows))
            fields = (ids, products, *self._statuses(columns, len(rows)), *self._rest(columns, len(rows)))
            made = zip(repeat(self.reader.sheet, len(rows)), range(number, number + len(rows)), *fields, strict=True)
            new: dict[str, ExportRow] = dict(zip(ids, map(_row_of, made), strict=True))
        except (Unusable, ValueError, TypeError, IndexError):
            return False
        if len(new) < len(rows) or not self.found.rows.keys().isdisjoint(new):
            return False
        self.found.rows.update(new)
        for product in spelled:
            self.found.name(product)
        return True

    def _ids(self, cells: Column) -> Sequence[str]:
        """The IDs, if all are letters and digits. Raises Unusable, or TypeError for what is no text."""
        joined = "".join(cells)  # type: ignore[arg-type]
        bare = joined.replace("-", "").replace("_", "")
        plain = bare.isascii() and bare.isalnum() and all(cells) and max(map(len, cells)) <= LONGEST  # type: ignore[arg-type]
        if not plain or not self._above_ids.isdisjoint(cells):
            raise Unusable
        return cells if joined == joined.upper() else [cell.upper() for cell in cells]  # type: ignore

    def _products(self, columns: Sequence[Column], count: int) -> tuple[Iterable[str], list[str]]:
        """The product of each row, and each once, in the order of the file."""
        if Field.PRODUCT not in self.place:
            code = self.reader.product_of(None)
            return repeat(code, count), [code]
        cells = columns[self.place[Field.PRODUCT]]
        products = self._each(Field.PRODUCT, cells, self.reader.product_of)
        known = self._known[Field.PRODUCT]
        return products, [str(known[cell]) for cell in dict.fromkeys(cells)]

    def _statuses(self, columns: Sequence[Column], count: int) -> tuple[Iterable[str], Iterable[str]]:
        if self.reader.ready_only or Field.STATUS not in self.place:
            raw = "Ready" if self.reader.ready_only else ""
            return repeat(raw, count), repeat(self.reader.status_of(raw), count)
        raws = list(self._each(Field.STATUS, columns[self.place[Field.STATUS]], code_in))
        known = {raw: self.reader.status_of(raw) for raw in set(raws)}
        return raws, map(known.__getitem__, raws)

    def _rest(self, columns: Sequence[Column], count: int) -> Iterable[Iterable[object]]:
        for one in (Field.ASSIGNED_TO, Field.PASSWORD):
            yield self._texts(columns[self.place[one]]) if one in self.place else repeat("", count)
        for one in (Field.VALID_UNTIL, Field.PURCHASED_ON):
            yield self._each(one, columns[self.place[one]], day_in) if one in self.place else repeat(None, count)
        one = Field.TRACKING_CODE
        yield self._each(one, columns[self.place[one]], code_in) if one in self.place else repeat("", count)
        yield self._others(columns, count)

    def _texts(self, cells: Column) -> Iterable[str]:
        """Texts that differ from row to row. A number among them needs care: it is counted."""
        if cells.count("") == len(cells):
            return cells  # type: ignore[return-value]
        "".join(cells)  # type: ignore[arg-type]
        return [text_in(cell) if cell else "" for cell in cells]

    def _each(self, one: Field, cells: Column, read: Callable[[Cell], T]) -> Iterable[T]:
        """What each cell means, asking `read` once for each value. A number could be taken for a truth value."""
        known = self._known[one]
        if len(known) > _MOST_KEPT:
            known.clear()
        for cell in dict.fromkeys(cells):
            if cell not in known:
                if isinstance(cell, float | bool):
                    raise Unusable
                known[cell] = read(cell)
        return map(known.__getitem__, cells)  # type: ignore[arg-type]

    def _others(self, columns: Sequence[Column], count: int) -> Iterable[str]:
        used = [
            (name, columns[at])
            for name, at in self.reader.unknown
            if at < len(columns) and columns[at].count("") < count
        ]
        if not used:
            return repeat("", count)
        names = [name for name, _ in used]
        return [others_in(zip(names, cells, strict=True)) for cells in zip(*(one for _, one in used), strict=True)]
