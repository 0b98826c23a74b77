"""Under way: how many stand where, every number a link to the list that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment import overdue
from fulfillment.models import Fulfillment, State
from inventory import unexplained
from itep.statuses import Status
from results import queries as results
from results.models import ResultState

NOT_SEEN_STARTED = ("", Status.READY)


@dataclass(frozen=True, slots=True)
class Way:
    """One line of the list, as `portal/today.html` draws it; `late` marks the note."""

    label: str
    number: int
    url: str
    note: str = ""
    late: bool = False


def ways(today: date) -> list[Way]:
    """Five lines in the order of a fulfillment's life; and what iTEP says that nothing here explains."""
    return [_waiting(), _being_assigned(), _sent(), _being_graded(today), _results(today), _unexplained()]


def _waiting() -> Way:
    waiting = Fulfillment.objects.filter(state=State.WAITING)
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    note = ""
    if oldest:
        days = (timezone.now() - oldest).days
        note = ngettext("oldest %d day", "oldest %d days", days) % days if days else _("since today")
    return Way(_("Waiting for an ID"), waiting.count(), _list(state=State.WAITING), note)


def _being_assigned() -> Way:
    doubtful = Fulfillment.objects.filter(state=State.UNKNOWN).count()
    number = Fulfillment.objects.filter(state=State.CLAIMED).count() + doubtful
    note = ngettext("%d without an answer", "%d without an answer", doubtful) % doubtful if doubtful else ""
    url = _list(state=State.UNKNOWN) if number == doubtful and doubtful else _list(state=State.CLAIMED)
    return Way(_("Being assigned"), number, url, note, late=bool(doubtful))


def _with_the_candidate() -> QuerySet[Fulfillment]:
    return Fulfillment.objects.filter(state__in=[State.ASSIGNED, State.SENT], itep_status__in=NOT_SEEN_STARTED)


def _sent() -> Way:
    late = overdue.tests().count()
    note = ngettext("%d past its deadline", "%d past their deadline", late) % late if late else ""
    return Way(_("Sent, not seen started"), _with_the_candidate().count(), _list(state=State.SENT), note, bool(late))


def _being_graded(today: date) -> Way:
    graded = Fulfillment.objects.filter(itep_status=Status.FINISHED)
    late = sum(
        1
        for one in graded.select_related("product").filter(itep_status_at__isnull=False)
        if one.itep_status_at and one.itep_status_at.date() + timedelta(days=one.product.result_days or 2) < today
    )
    note = ngettext("%d later than usual", "%d later than usual", late) % late if late else ""
    return Way(_("Finished, being graded"), graded.count(), _list(itep_status=Status.FINISHED), note, bool(late))


def _results(today: date) -> Way:
    since = today - timedelta(days=7)
    number = results.current().filter(state=ResultState.FINAL, received_at__date__gte=since).count()
    return Way(_("Results in 7 days"), number, f"{reverse('results:list')}?{urlencode({'since': since.isoformat()})}")


def _unexplained() -> Way:
    number = unexplained.number()
    note = _("say what is right") if number else ""
    return Way(_("Unexplained differences"), number, reverse("unexplained"), note, late=bool(number))


def _list(**asked: str) -> str:
    return f"{reverse('fulfillment:list')}?{urlencode(asked)}"
