"""Staff's pages: the list, giving one, the acts, a mail as sent, the organization."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.actors import Actor
from access.models import User
from access.roles import administrator_required, staff_required
from fulfillment import acts, asking, organization, provisioning, queries
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate, FulfillmentError, UnknownPayer
from fulfillment.filters import CandidateFilter
from fulfillment.forms import EmailForm, GiveForm, OrganizationForm, ReasonForm, SeenForm
from fulfillment.models import CandidateRequest, Fulfillment, Mail, Origin
from inventory.errors import ClaimMoved, TestIdNeeded
from inventory.models import Product

A_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return Actor.person(request.user)


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Candidates, newest first."""
    rows = CandidateFilter(request.GET, queries.fulfillments().order_by("-id"))
    page = Paginator(rows.qs, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "fulfillment/list.html",
        {"filter": rows, "page": page, "filtered": any(request.GET.values()), "any": Fulfillment.objects.exists()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def give(request: HttpRequest) -> HttpResponse:
    """*Give a test*: answers at once; the candidate's page shows the outcome by itself."""
    if not Product.objects.exists():
        return render(request, "fulfillment/give.html", {"form": None})
    if request.method != "POST":
        return render(request, "fulfillment/give.html", {"form": GiveForm(initial=request.GET.dict())})
    form = GiveForm(request.POST)
    duplicate = None
    if form.is_valid():
        try:
            return redirect("candidate", oid=_give(request, form.cleaned_data).oid)
        except BadRequest as refused:
            form.take_faults(refused)
        except UnknownPayer as refused:
            form.add_error("payer", str(refused))
        except DuplicateCandidate as refused:
            duplicate = queries.one(refused.oid)
    words = {"form": form, "duplicate": duplicate}
    return render(request, "fulfillment/give.html", words, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _give(request: HttpRequest, asked: dict[str, Any]) -> Fulfillment:
    person = Candidate(asked["name"], asked["email"], asked["external_id"], asked["language"])
    return provisioning.give(
        product=asked["product"],
        candidate=person,
        actor=actor_of(request),
        origin=Origin.STAFF,
        delivery=asked["delivery"] or None,
        payer=asked["payer"],
        reference=asked["reference"],
        deadline=asked["deadline"],
        note=asked["note"],
        allow_duplicate=asked["allow_duplicate"],
    )


def _act(request: HttpRequest, oid: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    """Does it and goes back to the candidate, with what was done or why not."""
    try:
        act()
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    except TestIdNeeded:
        messages.error(request, _("Say which test ID iTEP shows."))
    except (FulfillmentError, ClaimMoved) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("candidate", oid=oid)


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@staff_required
def cancel(request: HttpRequest, oid: UUID) -> HttpResponse:
    actor, reason = actor_of(request), _reason(request)
    return _act(request, oid, lambda: acts.cancel(oid=oid, actor=actor, reason=reason), _("Cancelled."))


@require_POST
@staff_required
def resend(request: HttpRequest, oid: UUID) -> HttpResponse:
    """Sends the mail again; a corrected address first, where one is given."""
    actor, reason = actor_of(request), _reason(request)
    form = EmailForm(request.POST)
    email = form.cleaned_data["email"] if form.is_valid() else ""
    return _act(
        request,
        oid,
        lambda: acts.send_again(oid=oid, email=email, actor=actor, reason=reason),
        _("The mail goes out again."),
    )


@require_POST
@staff_required
def call_again(request: HttpRequest, oid: UUID) -> HttpResponse:
    actor = actor_of(request)
    return _act(request, oid, lambda: acts.call_again(oid=oid, actor=actor), _("iTEP is called again."))


@require_POST
@staff_required
def done_at_itep(request: HttpRequest, oid: UUID) -> HttpResponse:
    form, actor = SeenForm(request.POST), actor_of(request)
    seen = form.cleaned_data if form.is_valid() else {"test_id": "", "password": ""}
    return _act(
        request,
        oid,
        lambda: acts.say_done_at_itep(oid=oid, actor=actor, **seen),
        _("Kept: it is assigned at iTEP."),
    )


@require_POST
@staff_required
def not_done_at_itep(request: HttpRequest, oid: UUID) -> HttpResponse:
    actor = actor_of(request)
    return _act(
        request,
        oid,
        lambda: acts.say_not_done_at_itep(oid=oid, actor=actor),
        _("Kept: it is not assigned at iTEP."),
    )


@require_POST
@staff_required
def handled(request: HttpRequest, request_id: int) -> HttpResponse:
    """A candidate's request was seen to."""
    asked = get_object_or_404(CandidateRequest.objects.select_related("fulfillment"), pk=request_id)
    asking.handled(request_id=request_id, actor=actor_of(request))
    return redirect("candidate", oid=asked.fulfillment.oid)


@require_safe
@staff_required
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """A mail as it was sent."""
    one = get_object_or_404(Mail.objects.select_related("fulfillment__product"), pk=mail_id)
    return render(request, "fulfillment/mail.html", {"mail": one, "one": one.fulfillment})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def the_organization(request: HttpRequest) -> HttpResponse:
    """Who we are, as candidates read it."""
    form = OrganizationForm(request.POST or None, instance=organization.ours())
    if request.method == "POST" and form.is_valid():
        organization.change(actor=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("fulfillment:organization")
    return render(request, "fulfillment/organization.html", {"form": form})
