"""Words of an upload's pages. Those of a cause stand in `words`."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import causes, reasons
from inventory.models import PlanRow, Upload
from inventory.models.uploads import UploadState

register = template.Library()


@register.filter
def reason(row: PlanRow) -> str:
    return reasons.reason_of(row)


@register.filter
def standing_word(standing: str) -> str:
    return causes.standing_word(standing)


@register.filter
def field_words(names: list[str]) -> str:
    return causes.field_words(names)


@register.filter
def outcome_words(upload: Upload) -> str:
    """Its counts in words: "New 50, Confirmed 4"."""
    return causes.outcome_words(upload.counts)


@register.filter
def time_left(seconds: int) -> str:
    """As "about 2 minutes": nobody knows it better."""
    if seconds < 60:
        return ngettext("about %(n)s second left", "about %(n)s seconds left", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}


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


@register.filter
def of_key(found: dict[object, object], key: object) -> object:
    """`{{ same|of_key:one.pk }}`: the value of a key that stands in a variable."""
    return found.get(key, "")
