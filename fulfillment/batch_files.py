"""The file of a batch: kept, its columns told or chosen, and read into rows, or into all its faults at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from access.encryption import keyed_digest
from fulfillment import batch_checks, locks, seating, sheet_requests
from fulfillment.batch_checks import Has
from fulfillment.errors import BatchMoved
from fulfillment.models import Batch, BatchFile, BatchRow, BatchState, Found
from fulfillment.sheet_columns import VOCABULARY, invent, names_people
from fulfillment.sheet_requests import CellFault, Requests, RowAsked, Same
from inventory import headers, reading, remembered_columns
from inventory.faulty_rows import Faults, marked
from inventory.headers import Header, Said
from inventory.sheets import UnreadableFile

OPEN = (BatchState.COLUMNS, BatchState.FAULTY, BatchState.DRAFT)  # nothing is given yet
_NOTHING = Has(Found.NOTHING)


def keep(*, content: bytes, file_name: str, same: Same, actor: Actor) -> Batch:
    """A new batch of this file, read as far as it can be. `file_name` "": rows that were pasted.

    Raises UnreadableFile, and then nothing is kept.
    """
    found = _headers(content, file_name, Said({}))
    batch = _keep(content, PurePath(file_name.replace("\\", "/")).name, same, actor)
    names_all = any(names_people(one.mapping) for one in found)
    if names_all and not any(sheet_requests.columns_needing_a_look(found)):
        return check(batch=batch, found=found, actor=actor)
    return batch


def headers_of(batch: Batch, *, remembered: bool = True) -> list[Header]:
    """Raises UnreadableFile, also where the file is no longer kept."""
    content = batch.content
    if content is None:
        raise UnreadableFile(_("The file of this batch is no longer kept."))
    return _headers(content, batch.file_name, Said(batch.mapping, remembered=remembered))


def choose(
    *, batch: Batch, columns: Sequence[tuple[Header, Mapping[str, str]]], keep_others: bool, actor: Actor
) -> Batch:
    """A person said which column holds what; also for the next such file. Raises UnreadableFile, BatchMoved."""
    with transaction.atomic():
        one = _still_open(batch.pk)
        one.mapping = {header.signature: dict(chosen) for header, chosen in columns}
        one.keep_others = keep_others
        one.save(update_fields=["mapping", "keep_others"])
        for header, chosen in columns:
            if header.place >= 0:
                remembered_columns.remember(
                    header=header, mapping=chosen, default_product="", ready_only=False, actor=actor
                )
    return check(batch=one, found=headers_of(one), actor=actor)


def check(*, batch: Batch, found: Sequence[Header], actor: Actor) -> Batch:
    """Reads the file, outside of any transaction, and keeps its rows for the preview; or its faults. Nothing is given.

    Raises UnreadableFile, BatchMoved.
    """
    requests = _read(found, batch)
    known = {} if requests.faults else batch_checks.look(requests.rows)
    return _draft(batch.pk, requests, known, actor)


def leave_faulty_rows_out(*, batch: Batch, actor: Actor) -> Batch:
    """A person chose to go on with the rows without faults. The others stay listed, and nothing is given for them.

    Raises UnreadableFile, BatchMoved.
    """
    requests = _read(headers_of(batch), batch)
    bad = {(one.sheet, one.row) for one in requests.faults}
    good = [row for row in requests.rows if (row.sheet, row.number) not in bad]
    if not good:
        raise BatchMoved(_("No row is without a fault. Correct the file and upload it again."))
    return _draft(batch.pk, Requests(good, []), batch_checks.look(good), actor, left_out=requests.faults)


def _read(found: Sequence[Header], batch: Batch) -> Requests:
    requests = sheet_requests.read(found, _same(batch))
    faults = [*requests.faults, *seating.lacking(batch.sitting, rows=len(requests.rows))]
    return Requests(requests.rows, faults)


def faults(batch: Batch) -> list[CellFault]:
    """What is wrong in the file, as it was read last."""
    return [CellFault(*one) for one in batch.faults or []]


def faulty_rows(batch: Batch) -> bytes:
    """The rows with faults as a workbook, their cells marked. Raises UnreadableFile."""
    wrong: dict[tuple[str, int], Faults] = {}
    for one in faults(batch):
        wrong.setdefault((one.sheet[:64], one.row), Faults()).expected[one.column] = one.expected
    return marked(headers_of(batch), wrong)


@transaction.atomic
def discard(*, batch_id: int, actor: Actor) -> Batch:
    """Nothing of it is given; its file and rows are removed. Raises BatchMoved."""
    batch = _still_open(batch_id)
    batch.rows.all().delete()
    BatchFile.objects.filter(batch=batch).delete()
    batch.state, batch.faults = BatchState.DISCARDED, None
    batch.save(update_fields=["state", "faults"])
    audit.record(actor=actor, verb="batch.discarded", subject=f"batch {batch.pk}")
    return batch


def given_before(batch: Batch) -> Batch | None:
    """The latest batch that gave the same people the same; None where there is none."""
    if not batch.digest:
        return None
    same = Batch.objects.filter(digest=batch.digest, state=BatchState.CONFIRMED).exclude(pk=batch.pk)
    return same.select_related("confirmed_by").order_by("-confirmed_at").first()


def _same(batch: Batch) -> Same:
    assert batch.product is not None
    return Same(batch.product, batch.payer, batch.delivery, batch.deadline, batch.keep_others, batch.sitting)


def _headers(content: bytes, file_name: str, said: Said) -> list[Header]:
    if file_name:
        file = reading.opened(content, file_name, vocabulary=VOCABULARY)
    else:
        file = reading.pasted(content, vocabulary=VOCABULARY)
    return headers.in_file(file, said, vocabulary=VOCABULARY, invent=invent)


@transaction.atomic
def _keep(content: bytes, file_name: str, same: Same, actor: Actor) -> Batch:
    batch = Batch.objects.create(
        file_name=file_name[:255],
        product=same.product,
        payer=same.payer,
        delivery=same.delivery,
        deadline=same.deadline,
        sitting=same.sitting,
        state=BatchState.COLUMNS,
        user=actor.user,
    )
    BatchFile.keep(batch, content)
    detail = {"bytes": len(content)}
    audit.record(actor=actor, verb="batch.kept", product=same.product.code, subject=f"batch {batch.pk}", detail=detail)
    return batch


@transaction.atomic
def _draft(
    batch_id: int, found: Requests, known: Mapping[int, Has], actor: Actor, left_out: Sequence[CellFault] = ()
) -> Batch:
    batch = _still_open(batch_id)
    batch.rows.all().delete()
    batch.faults = [list(asdict(one).values()) for one in found.faults or left_out] or None
    batch.state = BatchState.FAULTY if found.faults else BatchState.DRAFT
    batch.digest = "" if found.faults else _digest(found.rows)
    batch.save(update_fields=["faults", "state", "digest"])
    if not found.faults:
        rows = (_row(batch, row, known.get(place, _NOTHING)) for place, row in enumerate(found.rows))
        BatchRow.objects.bulk_create(rows, batch_size=500)
    detail = {"rows": len(found.rows), "faults": len(found.faults), "left_out": len(left_out)}
    audit.record(actor=actor, verb="batch.drafted", subject=f"batch {batch.pk}", detail=detail)
    return batch


def _row(batch: Batch, row: RowAsked, has: Has) -> BatchRow:
    asked: Any = asdict(row.candidate) | {"reference": row.reference, "note": row.note, "metadata": row.metadata}
    return BatchRow(
        batch=batch,
        sheet=row.sheet,
        number=row.number,
        asked=asked,
        product=row.product,
        payer=row.payer,
        delivery=row.delivery or row.product.delivery,
        deadline=row.deadline,
        found=has.found,
        found_oid=has.oid,
        found_number=has.number,
        found_result=has.result,
    )


def _digest(rows: Sequence[RowAsked]) -> str:
    """Equal for the same people and the same products, whatever file they stand in, and in whatever order."""
    lines = sorted(f"{one.product.code}\x1f{one.candidate}\x1f{one.reference}" for one in rows)
    return keyed_digest("\x1e".join(lines), purpose="batch")


def _still_open(batch_id: int) -> Batch:
    batch = locks.batch(batch_id)
    if batch.state not in OPEN or batch.adopts:
        raise BatchMoved(_("This batch was given, or given up, by now. Nothing was changed."))
    return batch
