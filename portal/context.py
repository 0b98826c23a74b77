"""What every page may know."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from inventory import pauses


def practice(request: HttpRequest) -> dict[str, bool | str]:
    """Whether this portal talks to a pretend iTEP, and where it is, so that pages say so."""
    return {"practice": settings.PRACTICE, "sandbox": (settings.ITEP_BASE_URL or "") if settings.PRACTICE else ""}


def calls(request: HttpRequest) -> dict[str, object]:
    """The pause of all calls, for the bar on every page of staff; asked for only where a page shows it."""
    return {"stopped": SimpleLazyObject(pauses.stopped)}
