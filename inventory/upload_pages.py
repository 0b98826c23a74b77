"""What the pages of an upload show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory import uploads
from inventory.columns import Field
from inventory.models import Cause, Claim, ClaimState, PlanRow, Upload
from inventory.models.uploads import UploadState
from inventory.reasons import REASONS
from inventory.sheets import UnreadableFile
from inventory.upload_forms import ColumnsForm
from inventory.uploads import CannotApply

# In the order of the tiles (SCREENS.md, "Preview of an upload").
CAUSES: dict[str, str | Promise] = {
    Cause.ADDED: _("New"),
    Cause.RETURNED: _("Free again"),
    Cause.ASSIGNED_OUTSIDE: _("Used outside"),
    Cause.WITHDRAWN: _("No longer offered"),
    Cause.CONFIRMED: _("Confirmed"),
    Cause.NOT_ARRIVED: _("Did not arrive"),
    Cause.CHANGED: _("Changed"),
    Cause.ASSIGNMENT_LOST: _("Assignment lost"),
    Cause.CONFLICT: _("Unexplained"),
    Cause.UNCHANGED: _("Same"),
    Cause.INVALID: _("Rows with errors"),
}
KINDS: dict[str, str] = {
    Cause.ASSIGNMENT_LOST: "bad",
    Cause.CONFLICT: "bad",
    Cause.INVALID: "bad",
    Cause.WITHDRAWN: "warn",
}
STANDINGS: dict[str, str | Promise] = {
    "": _("not known"),
    "open": _("Ready, free"),
    "ours": _("assigned by us"),
    "outside": _("assigned outside"),
    "unavailable": _("not Ready"),
    "refused": _("refused by iTEP"),
    "withdrawn": _("no longer offered"),
}
FIELDS: dict[str, str | Promise] = {
    "product": _("product"),
    "status": _("status"),
    "assigned_to": _("Assigned-to"),
    "password": _("password"),
    "valid_until": _("valid until"),
    "purchased_on": _("purchased on"),
    "tracking_code": _("tracking code"),
}
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


def preview(upload: Upload, *, cause: str, search: str) -> dict[str, Any]:
    """The plan of an upload: tiles, rows of one cause or all, what needs a yes."""
    counts = upload.counts
    tiles = [
        {
            "cause": one,
            "label": label,
            "number": counts.get(one, 0),
            "kind": KINDS.get(one, "") if counts.get(one) else "",
        }
        for one, label in CAUSES.items()
        if counts.get(one) or one in (Cause.ADDED, Cause.UNCHANGED)
    ]
    of_kind = {kind: [one for one in upload.warnings if one["kind"] == kind] for kind in _NOTES}
    available = next((one for one in upload.warnings if one["kind"] == "available"), None)
    return {
        "upload": upload,
        "tiles": tiles,
        "cause": cause,
        "search": search,
        "rows": _rows(upload, cause=cause, search=search),
        "notes": of_kind,
        "available": available,
        "changes": upload.rows_total,
        "is_open": upload.state == UploadState.PLANNED,
        "dropped": PlanRow.objects.filter(upload=upload).exclude(dropped="").count(),
        "waiting": Claim.objects.filter(state=ClaimState.WAITING, product__seen_in__upload=upload).count(),
    }


_NOTES = ("remark", "mass_change", "withdrawals")


def _rows(upload: Upload, *, cause: str, search: str) -> QuerySet[PlanRow]:
    """Unexplained ones and errors first: they need a person's eye."""
    rows = PlanRow.objects.filter(upload=upload).defer("assigned_to", "password", "other").order_by("-step", "id")
    if cause == "dropped":
        rows = rows.exclude(dropped="")
    elif cause in Cause.values:
        rows = rows.filter(cause=cause)
    if search.strip():
        rows = rows.filter(test_id__icontains=search.strip())
    return rows


def reason(row: PlanRow) -> str:
    """Why, in words."""
    return REASONS.get(row.rule, row.rule)
