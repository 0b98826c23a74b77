"""The candidate's page. GET never changes anything; whoever has the link is the candidate."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from fulfillment import asking, calendar, deadlines, guessing, links, organization, showing, sittings
from fulfillment.models import CandidateRequest, Fulfillment
from fulfillment.showing import Moment, Shown

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
View = Callable[[HttpRequest, Fulfillment], HttpResponseBase]


class LinkCsrf(CsrfViewMiddleware):
    """The page sends no referrer, and with that policy browsers say `Origin: null` for its own forms as well. The token
    of form and cookie has to match all the same."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META.get("HTTP_ORIGIN") == "null" or super()._origin_verified(request)  # type: ignore[misc]


_checked = decorator_from_middleware(LinkCsrf)


def by_link(view: View) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Finds the test of the link; its answers are kept nowhere and tell no other site where they stood."""

    @csrf_exempt
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponseBase:
        response = _answer(_checked(view), request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return found


def _answer(view: View, request: HttpRequest, token: str) -> HttpResponseBase:
    rows = Fulfillment.objects.select_related("claim", "product", "payer", "seat__sitting")
    one = rows.filter(link_digest=links.digest_of(token)).first()
    if one is not None:
        return view(request, one)
    if guessing.has_guessed_enough(request):
        return render(request, "fulfillment/link_unknown.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    guessing.missed(request)
    return render(request, "fulfillment/link_unknown.html", status=HTTPStatus.NOT_FOUND)


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
    response = HttpResponse(calendar.entry(one), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="itep-test.ics"'
    return response


def _page(request: HttpRequest, one: Fulfillment, *, shown: Shown | None = None, status: int = 200) -> HttpResponse:
    ours = organization.ours()
    return render(
        request,
        "fulfillment/candidate_page.html",
        {
            "one": one,
            "moment": showing.moment_of(one),
            "may_show": showing.may_see_test_id(one),
            "shown": shown,
            "organization": ours.name or _("Your English test"),
            "ours": ours,
            "help_email": ours.help_email,
            "help_phone": ours.help_phone,
            "receivers": str(one.payer) if one.payer else ours.result_receivers,
            "current": CURRENT,
            "asks": ASKS,
            "start_url": one.product.start_url or ours.start_url,
            "deadline": deadlines.in_words(one.deadline),
            "sitting": sittings.facts_of(one),
            "ends_at": deadlines.ends_at(one.deadline) if one.deadline else None,
            "time_zone": deadlines.zone_name(),
            "result_time": deadlines.days_in_words(one.product.result_days),
            "asked": request.GET.get("asked", ""),
            "too_many": status == HTTPStatus.TOO_MANY_REQUESTS,
        },
        status=status,
    )
