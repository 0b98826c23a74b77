"""The sheets of a file that have a header, and what their columns hold.

As a person chose for this file; else as one set them for the same header before; else as they are recognized.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory import columns, reading, remembered_columns
from inventory.columns import EXPORT, Vocabulary
from inventory.models import RememberedColumns, Upload
from inventory.sheets import MAX_COLUMNS, MAX_SHEETS, TOO_LARGE, OpenFile, OpenSheet, Row, UnreadableFile

Invent = Callable[[Sequence[Row]], Row | None]


class CannotApply(Exception):
    """Nothing of this upload can be applied as it stands; the message says what is lacking, and who can mend it."""


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet's header at `place` from 0, and what the columns below it hold.

    At -1 the sheet has none: its first row is data, and `cells` are names that were invented for it.
    """

    sheet: OpenSheet
    place: int
    cells: Row
    mapping: columns.Mapping
    signature: str
    default_product: str
    ready_only: bool
    remembered: RememberedColumns | None = None
    vocabulary: Vocabulary = EXPORT

    @property
    def recognized(self) -> columns.Mapping:
        """What the columns would hold if nobody had said anything."""
        return self.vocabulary.recognize(self.cells)

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
    said = Said(upload.mapping, upload.default_product, ready_only=upload.ready_only, remembered=remembered)
    return in_file(reading.opened(content, upload.file_name), said)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of this file: signature of a header -> field -> column name; and what its rows do not say."""

    chosen: Mapping[str, Mapping[str, str]]
    default_product: str = ""
    ready_only: bool = False
    remembered: bool = True


def in_file(
    file: OpenFile, said: Said, *, vocabulary: Vocabulary = EXPORT, invent: Invent | None = None
) -> list[Header]:
    """The sheets that have a header. Raises UnreadableFile where none has.

    `invent` gives names to the columns of a sheet that has none, by its first rows; None where it cannot.
    """
    heads = [(sheet, sheet.head(columns.ROWS_ABOVE_HEADER)) for sheet in file.sheets]
    if len(heads) > MAX_SHEETS or any(len(row) > MAX_COLUMNS for _, head in heads for row in head):
        raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_SHEETS} sheets or {MAX_COLUMNS:,} columns"))
    kept = remembered_columns.of({vocabulary.signature_of(row) for _, head in heads for row in head} - {""})
    told = _Told(said, kept, vocabulary, invent)
    for look in (told.header, told.invented, told.guessed):
        if found := [one for sheet, head in heads if (one := look(sheet, head))]:
            return found
    raise UnreadableFile(f"No row with column names was found, as {vocabulary.example}.")


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of headers, by their signatures: for this file, and for files before it."""

    said: Said
    kept: Mapping[str, RememberedColumns]
    vocabulary: Vocabulary
    invent: Invent | None

    def header(self, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
        """The row of which something was said, else the one with most known names."""
        signed = [self.vocabulary.signature_of(row) for row in head] if self.said.chosen or self.kept else []
        for told in (self.said.chosen, self.kept):
            for place, signature in enumerate(signed):
                if signature in told:
                    return self._header(sheet, head[place], place)
        found = self.vocabulary.find_header(head)
        return None if found is None else self._header(sheet, head[found], found)

    def invented(self, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
        names = self.invent(head) if self.invent else None
        return self._header(sheet, names, -1) if names else None

    def guessed(self, sheet: OpenSheet, head: Sequence[Row]) -> Header | None:
        found = columns.guess_header(head)
        return None if found is None else self._header(sheet, head[found], found)

    def _header(self, sheet: OpenSheet, cells: Row, place: int) -> Header:
        words, said = self.vocabulary, self.said
        signature = words.signature_of(cells)
        product, ready_only = said.default_product, said.ready_only
        known, chosen = self.kept.get(signature), said.chosen.get(signature)
        mapping = words.recognize(cells)
        if said.remembered and chosen is not None:
            mapping = words.by_names(cells, chosen)
            known = known if known and known.mapping == chosen else None
        elif said.remembered and known:
            mapping = words.by_names(cells, known.mapping)
            product, ready_only = product or known.default_product, ready_only or known.ready_only
        return Header(sheet, place, cells, mapping, signature, product, ready_only, known, words)
