"""What every page may know."""

from django.conf import settings
from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, bool]:
    """Whether this portal talks to a pretend iTEP, so that every page says so."""
    return {"practice": settings.PRACTICE}
