"""How a test came to be given, and who started it, in words."""

from __future__ import annotations

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import ApiClient, User
from fulfillment.models import Fulfillment, Origin

# Each door sets its own: the form, the sheet, the API, an ATS's dialect, a shop, and adopting what stands at iTEP.
WORDS: dict[str, Promise | str] = {
    Origin.STAFF: _("Staff"),
    Origin.SHEET: _("A spreadsheet"),
    Origin.SYSTEM: _("Another system"),
    Origin.CAREERS: _("The careers system"),
    Origin.PURCHASE: _("The candidate's own purchase"),
    Origin.OUTSIDE: _("Assigned outside the portal"),
}


def who(one: Fulfillment) -> str:
    """The person, or the system, that started it; "" where only its origin is known."""
    if one.started_by is not None:
        return str(one.started_by)
    return f"API: {one.client}" if one.client is not None else ""


def starters() -> list[tuple[str, str]]:
    """Everybody who can have started one, as choices of a filter: people, then systems."""
    people = [(f"user-{one.pk}", str(one)) for one in User.objects.order_by("name", "email")]
    systems = [(f"client-{one.pk}", f"API: {one.name}") for one in ApiClient.objects.order_by("name")]
    return people + systems


def started(choice: str) -> Q:
    """The tests that one of `starters` started."""
    kind, _dash, pk = choice.partition("-")
    return Q(**{"started_by" if kind == "user" else "client": pk})
