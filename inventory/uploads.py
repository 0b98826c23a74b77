"""Keeping an uploaded export, and reading it again: which columns it has, which rows, which faults."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import headers, remembered_columns
from inventory.collecting import without_collecting
from inventory.columns import Field
from inventory.export_blocks import add_rows
from inventory.export_cells import LONGEST_CODE
from inventory.export_rows import BadCell, ExportRow, Found
from inventory.headers import CannotApply as CannotApply
from inventory.headers import Header
from inventory.models import Scope, Upload, UploadedFile
from inventory.sheets import UnreadableFile


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
    """Keeps the file, encrypted. Raises ValueError for a time in the future, or a product that cannot be one."""
    if exported_at is not None and exported_at > timezone.now():
        raise ValueError("The file cannot have been downloaded in the future.")
    if len(default_product.strip()) > LONGEST_CODE:
        raise ValueError(f"A product code has at most {LONGEST_CODE} characters, this one has {len(default_product)}.")
    upload = Upload.objects.create(
        file_name=PurePath(file_name.replace("\\", "/")).name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        exported_at=exported_at,
        scope=scope,
        default_product=default_product.strip(),
        ready_only=ready_only,
        user=actor.user,
    )
    UploadedFile.keep(upload, content)
    audit.record(actor=actor, verb="upload.kept", subject=f"upload {upload.pk}", detail={"bytes": len(content)})
    return upload


def contents(upload: Upload) -> Contents:
    """Everything that the upload says. Raises UnreadableFile, CannotApply."""
    found = headers.of(upload)
    used = [one for one in found if not one.mapping.lacking]
    _check_columns(found, used)
    rows = Found()
    with without_collecting():
        for one in used:
            add_rows(
                rows,
                sheet=one.sheet,
                header=one.place,
                mapping=one.mapping,
                default_product=one.default_product,
                ready_only=one.ready_only,
            )
    if not rows.rows and not rows.bad:
        raise UnreadableFile("This file has column names, but no rows below them.")
    rows.leave_broken_out()
    remarks = [*_remarks_on_columns(found, used), *_remarks_on_numbers(rows)]
    return Contents(rows.rows, rows.bad, _fields(used), tuple(rows.products.values()), remarks)


def _check_columns(found: Sequence[Header], used: Sequence[Header]) -> None:
    if not used:
        lacking = min((one.mapping.lacking for one in found), key=len)
        names = " and ".join(_WORDS[one] for one in lacking)
        raise CannotApply(f"The file lacks a column for {names}, so nothing can be applied.")
    if any(Field.STATUS not in one.mapping.places and not one.ready_only for one in used):
        raise CannotApply(
            "The file lacks a column for Status. Say that it lists Ready IDs alone, or choose the column."
        )


_WORDS: dict[str, str] = {Field.TEST_ID: "Test ID", Field.ASSIGNED_TO: "Assigned-to"}


def _fields(used: Sequence[Header]) -> tuple[Field, ...]:
    """What every used sheet says something of."""
    known = [set(one.mapping.places) | ({Field.STATUS} if one.ready_only else set()) for one in used]
    return tuple(one for one in Field if all(one in places for places in known))


def _remarks_on_columns(found: Sequence[Header], used: Sequence[Header]) -> Iterator[str]:
    remembered = {one.signature: one.remembered for one in used if one.remembered}
    for one in remembered.values():
        yield f"{remembered_columns.words(one)}."
    if len(found) > len(used):
        yield "Some sheets have no columns for Test ID and Assigned-to, and were left out."


def _remarks_on_numbers(rows: Found) -> Iterator[str]:
    for one, words in ((Field.TEST_ID, "test IDs"), (Field.PASSWORD, "passwords")):
        if count := rows.numbers.get(one):
            yield f"{count} {words} stand as numbers in the file: leading zeros would be lost."
