"""What the page of an upload's columns shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField

from inventory import uploads
from inventory.columns import Field
from inventory.models import Upload
from inventory.sheets import UnreadableFile
from inventory.upload_forms import ColumnsForm
from inventory.uploads import CannotApply

_MASKED = "••••••"


@dataclass(slots=True)
class Columns:
    """The columns of an upload's file, for a person to correct; or why the file cannot be read."""

    names: list[str] = field(default_factory=list)
    initial: dict[str, Any] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)  # field -> values
    rows: int = 0
    sheets: int = 0
    problem: str = ""


def columns(upload: Upload) -> Columns:
    """What stands in the file's header, as recognized or as chosen before."""
    try:
        if upload.content is None:
            raise CannotApply("The file of this upload is no longer kept.")
        found = uploads.headers(upload.content, upload.file_name, upload.mapping)
    except (UnreadableFile, CannotApply) as unusable:
        return Columns(problem=str(unusable))
    best = max(found, key=lambda one: len(one.mapping.places))
    samples = {str(one): best.samples(one) for one in best.mapping.places}
    if samples.get(Field.PASSWORD):
        samples[str(Field.PASSWORD)] = [_MASKED]
    initial = {**best.mapping.as_names(), "default_product": upload.default_product, "ready_only": upload.ready_only}
    rows = sum(len(one.sheet.rows) for one in found)
    return Columns(list(best.mapping.names), initial, samples, rows, len(found))


def with_samples(form: ColumnsForm, found: Columns) -> Iterator[tuple[BoundField, list[str]]]:
    """Each field of the form with the first values of its column."""
    for one in Field:
        yield form[str(one)], found.samples.get(str(one), [])


def first_of_same(page: Sequence[Upload]) -> dict[int, int]:
    """Upload -> the earlier one with the very same file, where there is one."""
    alike = Upload.objects.filter(sha256__in={one.sha256 for one in page}).order_by("-id").values_list("sha256", "id")
    first = dict(alike)  # the last one of each is the oldest
    return {one.pk: first[one.sha256] for one in page if first.get(one.sha256, one.pk) != one.pk}
