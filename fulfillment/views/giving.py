"""*Give a test*: one candidate."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from access.roles import staff_required
from access.views import author
from fulfillment import provisioning, queries
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate, HasEarlierResult, UnknownPayer
from fulfillment.forms.giving import GiveForm
from fulfillment.models import Fulfillment, Origin
from inventory.models import Product


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def give(request: HttpRequest) -> HttpResponse:
    """*Give a test*: answers at once; the candidate's page shows the outcome by itself."""
    if not Product.objects.exists():
        return render(request, "fulfillment/give.html", {"form": None})
    if request.method != "POST":
        return render(request, "fulfillment/give.html", {"form": GiveForm(initial=request.GET.dict())})
    form = GiveForm(request.POST)
    duplicate, earlier = None, None
    if form.is_valid():
        try:
            return redirect("candidate", oid=_give(request, form.cleaned_data).oid)
        except BadRequest as refused:
            form.take_faults(refused)
        except UnknownPayer as refused:
            form.add_error("payer", str(refused))
        except DuplicateCandidate as refused:
            duplicate, earlier = queries.one(refused.oid), refused.earlier
        except HasEarlierResult as refused:
            earlier = refused.earlier
    words = {"form": form, "duplicate": duplicate, "earlier": earlier}
    return render(request, "fulfillment/give.html", words, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _give(request: HttpRequest, asked: dict[str, Any]) -> Fulfillment:
    person = Candidate(asked["name"], asked["email"], asked["external_id"], asked["language"])
    return provisioning.give(
        product=asked["product"],
        candidate=person,
        actor=author(request),
        origin=Origin.STAFF,
        delivery=asked["delivery"] or None,
        payer=asked["payer"],
        reference=asked["reference"],
        deadline=asked["deadline"],
        note=asked["note"],
        allow_duplicate=asked["allow_duplicate"],
        allow_earlier_result=asked["allow_earlier_result"],
    )
