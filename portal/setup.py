"""Set-up: the six steps to a working portal, each with how it stands, and every page that an administrator sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.roles import administrator_required
from fulfillment import adopting
from fulfillment.models import Fulfillment, Organization, Origin
from inventory.models import Calls, Product, Upload
from inventory.models.uploads import UploadState
from itep import dialect
from outbox.models import Attempt, Outcome
from portal.templatetags.components import short_time
from webhooks.models import TrackingCode

TODO, WORKS, PROBLEM, LATER = "todo", "works", "problem", "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to a working portal, as `components/steps.html` draws it."""

    title: str
    text: str
    state: str
    url: str
    act: str
    problem: str = ""


@administrator_required
def setup(request: HttpRequest) -> HttpResponse:
    """The steps and the pages of Set-up."""
    warnings = dialect.warnings(settings.ITEP_DIALECT)
    return render(request, "portal/setup.html", {"steps": steps(), "dialect_warnings": warnings})


def steps() -> list[Step]:
    """The six steps, in the order in which one takes them; 3 to 5 may wait while everything is done by hand."""
    ways: list[Callable[[], Step]] = [_organization, _first_export, _products, _mail, _results, _existing]
    return [way() for way in ways]


def _organization() -> Step:
    named = Organization.objects.exclude(name="").first()
    return Step(
        _("Your organization"),
        _("Mails and candidates' pages say who asks, and whom to ask for help."),
        WORKS if named else TODO,
        reverse("fulfillment:organization"),
        _("Change") if named else _("Name it"),
    )


def _first_export() -> Step:
    last = Upload.objects.filter(state=UploadState.APPLIED).order_by("-applied_at").first()
    text = _("Download AVAILABLE TESTS from iTEP as csv or xls and upload it here. It needs no API key.")
    if last and last.exported_at:
        text = _("Last seen at iTEP: %(when)s.") % {"when": short_time(last.exported_at)}
    return Step(
        _("First export"), text, WORKS if last else TODO, reverse("inventory:upload_new"), _("Upload an export")
    )


def _products() -> Step:
    keyless = Product.objects.filter(calls=Calls.API, api_key="").count()
    paused = Product.objects.filter(paused_at__isnull=False).count()
    text = _(
        "Who sends the test ID, the price, the days that an order takes. The key: iTEP admin > PRODUCT CODE > generate."
    )
    state, problem = (WORKS if Product.objects.exists() else TODO), ""
    if keyless:
        problem = ngettext(
            "%d product is to be called and has no key.", "%d products are to be called and have no key.", keyless
        )
        state, problem = PROBLEM, problem % keyless
    elif paused:
        state, problem = PROBLEM, ngettext("%d product is paused.", "%d products are paused.", paused) % paused
    elif not Product.objects.filter(calls=Calls.API).exists():
        state = LATER
    return Step(_("Products"), text, state, reverse("inventory:overview"), _("Look at the products"), problem)


def _mail() -> Step:
    last = Attempt.objects.filter(entry__kind="fulfillment.mail", ended_at__isnull=False).order_by("-id").first()
    state, text = LATER, _("No mail was sent yet.")
    if last:
        state = WORKS if last.outcome == Outcome.DONE else PROBLEM
        text = _("Last mail: %(when)s.") % {"when": short_time(last.begun_at)}
    problem = last.note if last and state == PROBLEM else ""
    return Step(_("Mail"), text, state, reverse("test_mail"), _("Send me a test mail"), problem)


def _results() -> Step:
    heard = TrackingCode.objects.filter(last_post_at__isnull=False).order_by("-last_post_at").first()
    state, text = LATER, _("Tell iTEP's staff where to post results: a letter to copy stands ready.")
    if heard and heard.last_post_at:
        state, text = WORKS, _("Last post: %(when)s.") % {"when": short_time(heard.last_post_at)}
    elif TrackingCode.objects.exists():
        state, text = TODO, _("Waiting for the first post.")
    return Step(_("Results"), text, state, reverse("webhooks:tracking_codes"), _("Tracking codes"))


def _existing() -> Step:
    people, left = adopting.split(adopting.outside()), adopting.outside(left=True).count()
    ready, by_hand = len(people.ready), len(people.by_hand)
    adopted = Fulfillment.objects.filter(origin=Origin.OUTSIDE).count()
    state, text = (TODO if ready or by_hand else WORKS), _told(ready, by_hand, adopted, left)
    act = _("Adopt them") if state == TODO else _("Look at them")
    if state == WORKS and not Upload.objects.filter(state=UploadState.APPLIED).exists():
        state, text = LATER, _("The first export shows who has a test ID already.")
    return Step(_("Existing assignments"), text, state, reverse("adoption"), act)


def _told(ready: int, by_hand: int, adopted: int, left: int) -> str:
    """ "412 IDs already have Assigned-to: adopt 380 with an email, leave 32", with what was done already."""
    if number := ready + by_hand:
        words = ngettext("%d ID already has Assigned-to:", "%d IDs already have Assigned-to:", number) % number
        rest = _("adopt %(ready)d with an email, help with %(by_hand)d by hand, or leave them.")
        return f"{words} {rest % {'ready': ready, 'by_hand': by_hand}}"
    if adopted or left:
        return _("%(adopted)d adopted, %(left)d left outside.") % {"adopted": adopted, "left": left}
    return _("Nobody unknown here has a test ID.")
