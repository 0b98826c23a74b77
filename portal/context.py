"""What every page may know."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from access.roles import is_staff
from fulfillment import calls
from inventory import pauses


def practice(request: HttpRequest) -> dict[str, bool | str]:
    """Whether this portal talks to a pretend iTEP, and where it is, so that pages say so."""
    return {"practice": settings.PRACTICE, "sandbox": (settings.ITEP_BASE_URL or "") if settings.PRACTICE else ""}


def silence(request: HttpRequest) -> dict[str, Callable[[], calls.Silence | None]]:
    """That iTEP does not answer, for staff. Asked only where a page shows it: candidates' pages do not."""
    return {"silence_of_itep": lambda: calls.silence() if hasattr(request, "user") and is_staff(request.user) else None}


def pause(request: HttpRequest) -> dict[str, object]:
    """The pause of all calls, for the bar on every page of staff; asked for only where a page shows it."""
    return {"pause_of_all": SimpleLazyObject(pauses.stopped)}
