"""What the pages of an upload show."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.models import Cause, Claim, ClaimState, PlanRow, Upload
from inventory.models.uploads import UploadState
from inventory.reasons import REASONS

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
