"""Which tests need a person, by why: each kind as a condition, for the list, for Today and for counting."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment import deadlines
from fulfillment.models import CandidateRequest, State, Trouble
from itep.statuses import Status

HAS_ID = (State.ASSIGNED, State.SENT)
_FAILED = Q(state=State.FAILED)
_IN_DOUBT = Q(state=State.UNKNOWN)
_HELD_UP = Q(state__in=HAS_ID) & ~Q(reason="")  # confirmed, and yet not on its way to the candidate
_ASKED = Q(Exists(CandidateRequest.objects.filter(fulfillment=OuterRef("pk"), handled_at__isnull=True)))
_TROUBLE = Q(Exists(Trouble.objects.filter(fulfillment=OuterRef("pk"), handled_at__isnull=True)))
ANY = _FAILED | _IN_DOUBT | _HELD_UP | _ASKED | _TROUBLE
KINDS: tuple[tuple[str, Promise | str], ...] = (
    ("1", _("Needs a person, whatever the reason")),
    ("failed", _("Could not be given")),
    ("doubt", _("iTEP did not answer")),
    ("held_up", _("Assigned, but held up")),
    ("asked", _("The candidate asks for something")),
    ("trouble", _("iTEP has reset it, or reports a problem")),
    ("conflict", _("iTEP says something else")),
    ("late", _("Past the deadline, not seen started")),
)


def needing(kind: str) -> Q:
    """The tests that need a person for this reason, a name of `KINDS`."""
    match kind:
        case "failed":
            return _FAILED
        case "doubt":
            return _IN_DOUBT
        case "held_up":
            return _HELD_UP
        case "asked":
            return _ASKED
        case "trouble":
            return _TROUBLE
        case "conflict":
            return Q(claim__conflict_at__isnull=False)
        case "late":
            not_seen_started = Q(itep_status__in=("", Status.READY))
            return Q(state__in=HAS_ID, deadline__lt=deadlines.today()) & not_seen_started
        case _:
            return ANY
