"""The candidate's page. GET never changes anything; whoever has the link is the candidate."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fulfillment import asking, calendar, deadlines, guessing, links, organization, showing, sittings
from fulfillment.models import CandidateRequest, Fulfillment
from fulfillment.showing import Moment, Shown
from fulfillment.views.by_link import by_link, kept_nowhere, too_many, whose

CURRENT = (Moment.WAITING, Moment.READY, Moment.ITEP_SENDS)  # the deadline still matters
ASKS = (
    (CandidateRequest.Kind.NOT_ME, _("This is not me"), _("You got this by mistake? You may tell us how you know.")),
    (CandidateRequest.Kind.WRONG_ADDRESS, _("My address is wrong"), _("Which address is right?")),
    (
        CandidateRequest.Kind.MORE_TIME,
        _("I need more time or an arrangement"),
        _("What do you need, and until when? Please write nothing about your health that we need not know."),
    ),
)
TITLES = {kind: title for kind, title, _text in ASKS}


@require_safe
@by_link
def page(request: HttpRequest, one: Fulfillment) -> HttpResponse:
    return _page(request, one)


@require_POST
@by_link
def show(request: HttpRequest, one: Fulfillment) -> HttpResponse:
    """The test ID and password: only on the candidate's own act, since mail scanners follow links."""
    return _page(request, one, shown=showing.show(one))


@require_POST
@by_link
def ask(request: HttpRequest, one: Fulfillment) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in CandidateRequest.Kind.values:
        return _page(request, one, status=HTTPStatus.BAD_REQUEST)
    try:
        asking.ask(oid=one.oid, kind=CandidateRequest.Kind(kind), text=request.POST.get("text", ""))
    except asking.TooManyRequests:
        return _page(request, one, status=HTTPStatus.TOO_MANY_REQUESTS)
    return redirect(f"{links.page_path(one)}?asked={kind}")


@require_safe
@by_link
def deadline(request: HttpRequest, one: Fulfillment) -> HttpResponse:
    """The calendar file; back to the page where the day no longer matters."""
    if one.deadline is None or showing.moment_of(one) not in CURRENT:
        return redirect(links.page_path(one))
    response = HttpResponse(calendar.entry(one), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="itep-test.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@kept_nowhere
def code(request: HttpRequest) -> HttpResponse:
    """For whoever cannot open their link: the code of the mail leads to the same page."""
    typed = request.POST.get("code", "")
    if request.method != "POST" or not typed.strip():
        return render(request, "fulfillment/link_code.html", whose())
    if wait := guessing.until(request):
        return too_many(request, wait)
    if one := links.find_by_code(typed):
        return redirect(links.page_path(one))
    guessing.missed(request)
    context = whose() | {"typed": typed[:40], "is_wrong": True}
    return render(request, "fulfillment/link_code.html", context, status=HTTPStatus.NOT_FOUND)


def _page(request: HttpRequest, one: Fulfillment, *, shown: Shown | None = None, status: int = 200) -> HttpResponse:
    context = whose() | _about(one) | {"shown": shown, "asked": _asked(one), "is_new": request.GET.get("asked", "")}
    context["too_many"] = status == HTTPStatus.TOO_MANY_REQUESTS
    context["not_said"] = status == HTTPStatus.BAD_REQUEST
    response = render(request, "fulfillment/candidate_page.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = "86400"
    return response


def _about(one: Fulfillment) -> dict[str, object]:
    """What the page says of the test."""
    ours, sitting, zone = organization.ours(), sittings.facts_of(one), deadlines.zone_name()
    deadline = deadlines.in_words(one.deadline)
    return {
        "one": one,
        "moment": showing.moment_of(one),
        "may_show": showing.may_see_test_id(one),
        "receivers": str(one.payer) if one.payer else ours.result_receivers,
        "current": CURRENT,
        "asks": ASKS,
        "start_url": one.product.start_url or ours.start_url,
        "deadline": deadline,
        "sitting": sitting,
        "by_when": deadlines.joined(sitting.when if sitting else deadline, zone),
        "ends_at": deadlines.ends_at(one.deadline) if one.deadline else None,
        "time_zone": zone,
        "result_time": deadlines.days_in_words(one.product.result_days),
    }


def _asked(one: Fulfillment) -> list[dict[str, object]]:
    """What they asked already: title, when, and whether a person has seen to it."""
    return [
        {
            "kind": request.kind,
            "title": TITLES[CandidateRequest.Kind(request.kind)],
            "at": deadlines.moment_in_words(request.created_at),
            "is_handled": request.handled_at is not None,
        }
        for request in asking.latest(one)
    ]
