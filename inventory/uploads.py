"""Keeping an uploaded export, and reading it again: which columns it has, which rows, which faults."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import columns, reading
from inventory.columns import Field, Mapping
from inventory.export_rows import BadCell, ExportRow, Found, add_rows
from inventory.models import Scope, Upload
from inventory.sheets import Sheet, UnreadableFile


class CannotApply(Exception):
    """Nothing of this upload can be applied as it stands; the message says what is lacking, and who can mend it."""


@dataclass(slots=True)
class Contents:
    """The rows of an upload, each ID once; its faults; the fields that every used sheet has a column for."""

    rows: dict[str, ExportRow] = field(default_factory=dict)
    bad: list[BadCell] = field(default_factory=list)
    fields: tuple[Field, ...] = ()
    products: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)

    @property
    def unreadable(self) -> int:
        """How many rows carry an ID that cannot be read."""
        return len({(one.sheet, one.row) for one in self.bad if not one.test_id})

    @property
    def invalid(self) -> int:
        """How many IDs are invalid; an unreadable one counts by its row."""
        return self.unreadable + len({one.test_id for one in self.bad if one.test_id})


@transaction.atomic
def keep(
    *,
    content: bytes,
    file_name: str,
    actor: Actor,
    exported_at: datetime | None = None,
    scope: str = Scope.FILE,
    default_product: str = "",
    ready_only: bool = False,
) -> Upload:
    """Keeps the file, encrypted. Raises ValueError for a time in the future."""
    if exported_at is not None and exported_at > timezone.now():
        raise ValueError("The file cannot have been downloaded in the future.")
    upload = Upload.objects.create(
        file_name=PurePath(file_name.replace("\\", "/")).name[:255],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        exported_at=exported_at,
        scope=scope,
        default_product=default_product.strip(),
        ready_only=ready_only,
        user=actor.user,
    )
    audit.record(actor=actor, verb="upload.kept", subject=f"upload {upload.pk}", detail={"bytes": len(content)})
    return upload


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet with a header, and what its columns hold."""

    sheet: Sheet
    place: int
    mapping: Mapping

    def samples(self, one: Field, count: int = 3) -> list[str]:
        """The first values of a field's column."""
        at = self.mapping.places[one]
        values = (row[at] for row in self.sheet.rows[self.place + 1 :] if at < len(row))
        found = (str(value).strip() for value in values if value is not None and str(value).strip())
        return [value for value, _ in zip(found, range(count), strict=False)]


def headers(content: bytes, file_name: str, chosen: MappingOf[str, str]) -> list[Header]:
    """The sheets that have a header. Raises UnreadableFile where none has."""
    found = []
    for sheet in reading.read(content, file_name).sheets:
        place = columns.find_widest(sheet.rows, chosen) if chosen else columns.find_header(sheet.rows)
        if place is not None:
            names = sheet.rows[place]
            found.append(Header(sheet, place, columns.by_names(names, chosen) if chosen else columns.recognize(names)))
    if not found:
        raise UnreadableFile("No row with column names was found, as Test ID, Status or Assigned-to.")
    return found


def contents(upload: Upload) -> Contents:
    """Everything that the upload says. Raises UnreadableFile, CannotApply."""
    if upload.content is None:
        raise CannotApply("The file of this upload is no longer kept.")
    found = headers(upload.content, upload.file_name, upload.mapping)
    used = [one for one in found if not one.mapping.lacking]
    _check_columns(found, used, ready_only=upload.ready_only)
    rows = Found()
    for one in used:
        add_rows(
            rows,
            sheet=one.sheet.name,
            cells=one.sheet.rows,
            header=one.place,
            mapping=one.mapping,
            default_product=upload.default_product,
            ready_only=upload.ready_only,
        )
    if not rows.rows and not rows.bad:
        raise UnreadableFile("This file has column names, but no rows below them.")
    return _contents(rows, used, found, ready_only=upload.ready_only)


def _check_columns(found: Sequence[Header], used: Sequence[Header], *, ready_only: bool) -> None:
    if not used:
        lacking = min((one.mapping.lacking for one in found), key=len)
        names = " and ".join(_WORDS[one] for one in lacking)
        raise CannotApply(f"The file lacks a column for {names}, so nothing can be applied.")
    if not ready_only and any(Field.STATUS not in one.mapping.places for one in used):
        raise CannotApply(
            "The file lacks a column for Status. Say that it lists Ready IDs alone, or choose the column."
        )


_WORDS = {Field.TEST_ID: "Test ID", Field.ASSIGNED_TO: "Assigned-to"}


def _contents(found: Found, used: Sequence[Header], all_sheets: Sequence[Header], *, ready_only: bool) -> Contents:
    known = set.intersection(*(set(one.mapping.places) for one in used)) | ({Field.STATUS} if ready_only else set())
    result = Contents(bad=found.bad, fields=tuple(one for one in Field if one in known))
    _keep_each_id_once(result, found.rows)
    spelled: dict[str, str] = {}
    for product in [row.product for row in found.rows] + [one.product for one in found.bad]:
        if product:
            spelled.setdefault(product.casefold(), product)
    result.products = tuple(spelled.values())
    if found.numbers:
        result.remarks.append(f"{found.numbers} test IDs stand as numbers in the file: leading zeros would be lost.")
    if len(all_sheets) > len(used):
        result.remarks.append("Some sheets have no columns for Test ID and Assigned-to, and were left out.")
    return result


def _keep_each_id_once(result: Contents, rows: Sequence[ExportRow]) -> None:
    """An ID that stands twice and differs, or is broken in one of its rows, is invalid as a whole."""
    broken = {one.test_id for one in result.bad if one.test_id}
    kept = result.rows
    for row in rows:
        first = kept.setdefault(row.test_id, row)
        if first is not row and first[2:] != row[2:]:
            broken.add(row.test_id)
            expected = f"each test ID once, or the same twice; row {first.row} says otherwise"
            result.bad.append(BadCell(row.sheet, row.row, "Test ID", row.test_id, expected, row.test_id, row.product))
    for test_id in broken:
        kept.pop(test_id, None)
