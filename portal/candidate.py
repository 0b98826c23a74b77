"""One candidate: what this room and the next know of their test, on one page that renews itself."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import audit
from access.roles import is_administrator, staff_required
from fulfillment import (
    act_pages,
    assigned_to,
    attending,
    calls,
    deadlines,
    links,
    offering,
    queries,
    rules,
    sittings,
    troubles,
)
from fulfillment.models import Fulfillment, State
from inventory import last_word
from inventory.models import Holding, TestID
from inventory.products import works_by_hand
from itep.assigned_to import AssignedToTooLong
from portal import liveness, next_step, story, support
from portal.story import Event
from results import queries as results


@require_safe
@staff_required
def candidate(request: HttpRequest, oid: UUID) -> HttpResponse:
    """The whole page, or its live part alone where htmx asks: every 2 s while something is due, else every 20 s. A part
    that has seen all there is gets 204, and stays as it is."""
    try:
        one = queries.one(oid)
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    live = bool(getattr(request, "htmx", False)) and request.htmx.target == "live"  # type: ignore[attr-defined]
    version = liveness.version(one)
    if live and request.GET.get("seen") == version:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    template = "fulfillment/_candidate_live.html" if live else "fulfillment/candidate.html"
    return render(request, template, _words(request, one) | {"version": version, "live": live})


def _words(request: HttpRequest, one: Fulfillment) -> dict[str, object]:
    test_id = one.claim.current
    record = one.claim.assigned_to_records.last()
    return {
        "one": one,
        "test_id": test_id,
        "how": "manual" if works_by_hand(one.product) and one.state == "claimed" else one.delivery,
        "next_step": next_step.of(one),
        "repair_url": _repair_url(one),
        "settled": queries.is_settled(one),
        "deadline": deadlines.in_words(one.deadline),
        "time_zone": deadlines.zone_name(),
        "sitting": sittings.of(one),
        "sitting_facts": sittings.facts_of(one),
        "day": attending.of(one),
        "page_url": links.page_url(one),
        "wrote": record.text if record else _text(one),
        "wrote_at": record.at if record else None,
        "for_support": support.of(one),
        "shows": test_id.assigned_to if test_id else "",
        "shows_at": last_word.at(test_id) if test_id else None,
        "trouble": troubles.latest_open(one),
        "why_not_tell": rules.why_not_tell(one),
        "offers": offering.offers(one),
        "dialogs": act_pages.dialogs(one),
        "earlier": TestID.objects.filter(holder=one.claim, holding=Holding.EARLIER).order_by("id"),
        "valid_until": act_pages.outlived_by_deadline(one),
        "to_rewrite": _text(one) if one.rewrite_since else "",
        "mails": queries.mails(one),
        "requests": one.requests.filter(handled_at__isnull=True),
        "events": _events(one),
        "itep_said": calls.said([one.oid]).get(one.oid, "") if one.state in (State.FAILED, State.UNKNOWN) else "",
        "settles_after": calls.settles_after(one.claim),
        "result": results.of(one.oid),
        "is_administrator": is_administrator(request.user),
    }


def _repair_url(one: Fulfillment) -> str:
    """Where a person says what is right, while iTEP's word contradicts ours."""
    if one.claim.conflict_at is None:
        return ""
    return f"{reverse('unexplained')}?{urlencode({'id': one.claim.conflict_test_id or str(one.oid)})}"


def _text(one: Fulfillment) -> str:
    try:
        return assigned_to.text_of(one)
    except AssignedToTooLong as error:
        return str(error)


def _events(one: Fulfillment) -> list[Event]:
    return story.events(audit.story(oid=one.oid))
