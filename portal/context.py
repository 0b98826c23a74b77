"""What every page may know."""

from django.conf import settings
from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, bool | str]:
    """Whether this portal talks to a pretend iTEP, and where it is, so that pages say so."""
    return {"practice": settings.PRACTICE, "sandbox": (settings.ITEP_BASE_URL or "") if settings.PRACTICE else ""}
