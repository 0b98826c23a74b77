"""The sheets of an upload that have a header, and what their columns hold.

As a person chose for this upload; else as one set them for the same header before; else as they are recognized.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory import columns, reading, remembered_columns
from inventory.models import RememberedColumns, Upload
from inventory.sheets import MAX_COLUMNS, MAX_SHEETS, TOO_LARGE, OpenSheet, Row, UnreadableFile


class CannotApply(Exception):
    """Nothing of this upload can be applied as it stands; the message says what is lacking, and who can mend it."""


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet's header at `place` from 0, and what the columns below it hold."""

    sheet: OpenSheet
    place: int
    cells: Row
    mapping: columns.Mapping
    signature: str
    default_product: str
    ready_only: bool
    remembered: RememberedColumns | None = None

    @property
    def recognized(self) -> columns.Mapping:
        """What the columns would hold if nobody had said anything."""
        return columns.recognize(self.cells)

    def rows_below(self) -> Iterator[list[Row]]:
        """The rows below the header, block by block."""
        skip = self.place + 1
        for block in self.sheet.blocks():
            yield block[skip:]
            skip = max(skip - len(block), 0)


def of(upload: Upload, *, remembered: bool = True) -> list[Header]:
    """The sheets that have a header. Raises UnreadableFile where none has, CannotApply.

    Without `remembered`, the columns are as they are recognized, whatever was said of them before.
    """
    content = upload.content
    if content is None:
        raise CannotApply("The file of this upload is no longer kept.")
    file = reading.opened(content, upload.file_name)
    heads = [(sheet, sheet.head(columns.ROWS_ABOVE_HEADER)) for sheet in file.sheets]
    if len(heads) > MAX_SHEETS or any(len(row) > MAX_COLUMNS for _, head in heads for row in head):
        raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_SHEETS} sheets or {MAX_COLUMNS:,} columns"))
    kept = remembered_columns.of({columns.signature_of(row) for _, head in heads for row in head} - {""})
    said = _Said(upload, upload.mapping, kept, believed=remembered)
    found = [one for sheet, head in heads if (one := said.header(sheet, head))]
    found = found or [one for sheet, head in heads if (one := said.guessed(sheet, head))]
    if not found:
        raise UnreadableFile("No row with column names was found, as Test ID, Status or Assigned-to.")
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of headers, by their signatures: for this upload, and for files before it."""

    upload: Upload
    chosen: Mapping[str, Mapping[str, str]]
    kept: Mapping[str, RememberedColumns]
    believed: bool

    def header(self, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
        """The row of which something was said, else the one with most known names."""
        signed = [columns.signature_of(row) for row in head] if self.chosen or self.kept else []
        for said in (self.chosen, self.kept):
            for place, signature in enumerate(signed):
                if signature in said:
                    return self._header(sheet, head, place)
        found = columns.find_header(head)
        return None if found is None else self._header(sheet, head, found)

    def guessed(self, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
        found = columns.guess_header(head)
        return None if found is None else self._header(sheet, head, found)

    def _header(self, sheet: OpenSheet, head: Sequence[Row], place: int) -> Header:
        cells, signature = head[place], columns.signature_of(head[place])
        product, ready_only = self.upload.default_product, self.upload.ready_only
        known, chosen = self.kept.get(signature), self.chosen.get(signature)
        mapping = columns.recognize(cells)
        if self.believed and chosen is not None:
            mapping = columns.by_names(cells, chosen)
            known = known if known and known.mapping == chosen else None
        elif self.believed and known:
            mapping = columns.by_names(cells, known.mapping)
            product, ready_only = product or known.default_product, ready_only or known.ready_only
        return Header(sheet, place, cells, mapping, signature, product, ready_only, known)
