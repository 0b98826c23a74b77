"""Words of an upload's pages."""

from django import template
from django.utils.translation import gettext as _

from inventory import upload_pages
from inventory.models import PlanRow, Upload
from inventory.models.uploads import UploadState

register = template.Library()


@register.filter
def reason(row: PlanRow) -> str:
    return upload_pages.reason(row)


@register.filter
def cause_word(cause: str) -> str:
    return str(upload_pages.CAUSES.get(cause, cause))


@register.filter
def cause_kind(cause: str) -> str:
    return upload_pages.KINDS.get(cause, "neutral")


@register.filter
def standing_word(standing: str) -> str:
    return str(upload_pages.STANDINGS.get(standing, standing))


@register.filter
def field_words(names: list[str]) -> str:
    return ", ".join(str(upload_pages.FIELDS.get(name, name)) for name in names)


@register.filter
def outcome_words(upload: Upload) -> str:
    """Its counts in words: "New 50, Confirmed 4"."""
    counts = ((label, upload.counts.get(cause, 0)) for cause, label in upload_pages.CAUSES.items())
    return ", ".join(f"{label} {number}" for label, number in counts if number)


@register.filter
def state_word(upload: Upload) -> str:
    words = {
        UploadState.UPLOADED: _("columns to check"),
        UploadState.PLANNING: _("being read"),
        UploadState.PLANNED: _("to be applied"),
        UploadState.APPLYING: _("being applied"),
        UploadState.APPLIED: _("applied"),
        UploadState.FAILED: _("could not be read"),
        UploadState.DISCARDED: _("discarded"),
    }
    return words[UploadState(upload.state)]


@register.filter
def state_kind(upload: Upload) -> str:
    kinds = {UploadState.APPLIED: "good", UploadState.FAILED: "bad", UploadState.DISCARDED: "neutral"}
    return kinds.get(UploadState(upload.state), "warn")
