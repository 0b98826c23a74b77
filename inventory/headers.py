"""The sheets of an upload that have a header, and what their columns hold.

As a person chose for this upload; else as one set them for the same header before; else as they are recognized.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory import columns, reading, remembered_columns
from inventory.models import RememberedColumns, Upload
from inventory.sheets import OpenSheet, Row, UnreadableFile


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

    Without `remembered`, nothing that was said before is believed, of this upload neither.
    """
    if upload.content is None:
        raise CannotApply("The file of this upload is no longer kept.")
    file = reading.opened(upload.content, upload.file_name)
    heads = [(sheet, sheet.head(columns.ROWS_ABOVE_HEADER)) for sheet in file.sheets]
    chosen: Mapping[str, Mapping[str, str]] = upload.mapping if remembered else {}
    signatures = {columns.signature_of(row) for _, head in heads for row in head} if remembered else set()
    kept = remembered_columns.of(signatures - {""})
    found = [one for sheet, head in heads if (one := _header(upload, sheet, head, chosen, kept))]
    found = found or [one for sheet, head in heads if (one := _guessed(upload, sheet, head))]
    if not found:
        raise UnreadableFile("No row with column names was found, as Test ID, Status or Assigned-to.")
    return found


def _header(
    upload: Upload,
    sheet: OpenSheet,
    head: Sequence[Row],
    chosen: Mapping[str, Mapping[str, str]],
    kept: Mapping[str, RememberedColumns],
) -> Header | None:
    signed = [columns.signature_of(row) for row in head] if chosen or kept else []
    for place, signature in enumerate(signed):
        if signature in chosen:
            mapping = columns.by_names(head[place], chosen[signature])
            known = kept.get(signature)
            same = known if known and known.mapping == chosen[signature] else None
            return Header(
                sheet, place, head[place], mapping, signature, upload.default_product, upload.ready_only, same
            )
    for place, signature in enumerate(signed):
        if signature in kept:
            known = kept[signature]
            mapping = columns.by_names(head[place], known.mapping)
            product, ready_only = upload.default_product or known.default_product, upload.ready_only or known.ready_only
            return Header(sheet, place, head[place], mapping, signature, product, ready_only, known)
    found = columns.find_header(head)
    return None if found is None else _plain(upload, sheet, head, found)


def _guessed(upload: Upload, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
    found = columns.guess_header(head)
    return None if found is None else _plain(upload, sheet, head, found)


def _plain(upload: Upload, sheet: OpenSheet, head: Sequence[Row], place: int) -> Header:
    cells = head[place]
    about = (columns.recognize(cells), columns.signature_of(cells), upload.default_product, upload.ready_only)
    return Header(sheet, place, cells, *about)
