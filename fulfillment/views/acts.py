"""What staff do with one candidate's test: each act asks what it needs, and goes back to the candidate with what was
done, or says why not."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.roles import staff_required
from access.views import author
from fulfillment import act_pages, asking, queries
from fulfillment.errors import BadRequest, DuplicateCandidate, FulfillmentError
from fulfillment.forms.acts import FORMS, ActForm, CorrectForm
from fulfillment.models import CandidateRequest, Fulfillment
from fulfillment.offering import BY_NAME
from fulfillment.views import doing
from inventory.errors import ClaimMoved, ReasonNeeded, TestIdNeeded


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def act(request: HttpRequest, oid: UUID, name: str) -> HttpResponse:
    """The act's own page: its dialog has the same form, and comes here where that was not filled as it must be."""
    try:
        one = queries.one(oid)
    except Fulfillment.DoesNotExist as error:
        raise Http404 from error
    if request.method == "POST":
        return _do(request, one, name, FORMS[name](one, request.POST))
    if why := BY_NAME[name].why_not(one):
        messages.error(request, why)
        return redirect("candidate", oid=oid)
    return _page(request, one, name, None)


def _do(request: HttpRequest, one: Fulfillment, name: str, form: ActForm) -> HttpResponse:
    duplicate = None
    if form.is_valid():
        try:
            messages.success(request, doing.DO[name](one, form, author(request)))
            return redirect("candidate", oid=one.oid)
        except TestIdNeeded:
            form.add_error("test_id", _("Say which test ID iTEP shows."))
        except ReasonNeeded:
            form.add_error("reason", _("Say why: it is kept in the history."))
        except BadRequest as refused:
            form.take_faults(refused)
        except DuplicateCandidate as refused:
            duplicate = queries.one(refused.oid)
        except (FulfillmentError, ClaimMoved) as refused:
            messages.error(request, str(refused))
            return redirect("candidate", oid=one.oid)
    return _page(request, one, name, form, duplicate)


def _page(
    request: HttpRequest, one: Fulfillment, name: str, form: ActForm | None, duplicate: Fulfillment | None = None
) -> HttpResponse:
    if duplicate is not None and isinstance(form, CorrectForm):
        form.ask_for_a_yes()
    words = {"one": one, "asked": act_pages.asked(one, name, form), "duplicate": duplicate}
    status = HTTPStatus.OK if form is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "fulfillment/act.html", words, status=status)


@require_POST
@staff_required
def handled(request: HttpRequest, request_id: int) -> HttpResponse:
    """A candidate's request was seen to."""
    asked = get_object_or_404(CandidateRequest.objects.select_related("fulfillment"), pk=request_id)
    asking.handled(request_id=request_id, actor=author(request))
    return redirect("candidate", oid=asked.fulfillment.oid)
