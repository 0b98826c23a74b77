"""Health: whether iTEP answers, mail works and results come, each by the last thing that happened."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment import calls
from outbox.models import Attempt, Outcome
from portal.templatetags.components import short_time
from webhooks import queries as webhooks

ANSWERED = (Outcome.DONE, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Health:
    """One word on one way in or out; `kind`: good, warn, bad, or neutral where nothing has happened yet."""

    kind: str
    text: str
    url: str = ""


def health() -> list[Health]:
    """iTEP, mail, results, in this order."""
    return [_itep(), _mail(), _results()]


def _itep() -> Health:
    if settings.ITEP_BASE_URL is None:
        return Health("neutral", _("iTEP: by hand"), reverse("inventory:todo"))
    page = reverse("fulfillment:calls")
    if silence := calls.silence():
        return Health("bad", _("iTEP does not answer since %(when)s") % {"when": short_time(silence.since)}, page)
    last = _last(calls.CALL)
    if last is None:
        return Health("neutral", _("iTEP: no call yet"), page)
    if last.outcome in ANSWERED:
        return Health("good", _("iTEP answers, %(when)s") % {"when": short_time(last.begun_at)}, page)
    return Health("bad", _("iTEP did not answer, %(when)s") % {"when": short_time(last.begun_at)}, page)


def _mail() -> Health:
    last = _last("fulfillment.mail")
    if last is None:
        return Health("neutral", _("Mail: none sent yet"))
    if last.outcome == Outcome.DONE:
        return Health("good", _("Mail works"))
    return Health("bad", _("Mail does not go out"), reverse("outbox:list"))


def _results() -> Health:
    if waiting := webhooks.quarantined():
        return Health("warn", _("Results: %(n)s could not be placed") % {"n": waiting}, reverse("webhooks:unmatched"))
    last = webhooks.latest_post()
    if last is None:
        return Health("neutral", _("Results: none yet"))
    return Health("good", _("Results: last %(when)s") % {"when": short_time(last.received_at)})


def _last(kind: str) -> Attempt | None:
    return Attempt.objects.filter(entry__kind=kind, ended_at__isnull=False).order_by("-id").first()
