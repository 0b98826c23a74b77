"""What staff do with one candidate's test: each act goes back to the candidate, with what was done or why not."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.roles import staff_required
from access.views import author
from fulfillment import acts, asking
from fulfillment.errors import FulfillmentError
from fulfillment.forms.acts import EmailForm, ReasonForm, SeenForm
from fulfillment.models import CandidateRequest, Fulfillment
from inventory.errors import ClaimMoved, TestIdNeeded


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
    actor, reason = author(request), _reason(request)
    return _act(request, oid, lambda: acts.cancel(oid=oid, actor=actor, reason=reason), _("Cancelled."))


@require_POST
@staff_required
def resend(request: HttpRequest, oid: UUID) -> HttpResponse:
    """Sends the mail again; a corrected address first, where one is given."""
    actor, reason = author(request), _reason(request)
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
    actor = author(request)
    return _act(request, oid, lambda: acts.call_again(oid=oid, actor=actor), _("iTEP is called again."))


@require_POST
@staff_required
def done_at_itep(request: HttpRequest, oid: UUID) -> HttpResponse:
    form, actor = SeenForm(request.POST), author(request)
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
    actor = author(request)
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
    asking.handled(request_id=request_id, actor=author(request))
    return redirect("candidate", oid=asked.fulfillment.oid)
