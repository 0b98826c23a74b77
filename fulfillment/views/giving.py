"""*Give a test*: one candidate."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.roles import staff_required
from access.views import author
from fulfillment import by_form, known_people, queries
from fulfillment.errors import BadRequest, DuplicateCandidate, HasEarlierResult, UnknownPayer
from fulfillment.forms.giving import GiveForm, ProspectForm
from fulfillment.models import Fulfillment, Origin
from fulfillment.prospect_words import ProspectWords
from inventory.models import Product
from inventory.prospects import prospect


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def give(request: HttpRequest) -> HttpResponse:
    """*Give a test*: answers at once; the candidate's page shows the outcome by itself."""
    if not Product.objects.exists():
        return render(request, "fulfillment/give.html", {"form": None})
    if request.method != "POST":
        return _show(request, GiveForm(initial=request.GET.dict()))
    form = GiveForm(request.POST)
    duplicate, earlier = None, None
    if form.is_valid():
        try:
            return redirect("candidate", oid=_give(request, form).oid)
        except BadRequest as refused:
            form.take_faults(refused)
        except UnknownPayer as refused:
            form.add_error("payer", str(refused))
        except DuplicateCandidate as refused:
            duplicate, earlier = queries.one(refused.oid), refused.earlier
        except HasEarlierResult as refused:
            earlier = refused.earlier
    return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, duplicate=duplicate, earlier=earlier)


def _give(request: HttpRequest, form: GiveForm) -> Fulfillment:
    asked = form.cleaned_data
    return by_form.give(
        once=asked["once"] or uuid4(),
        yes=form.yes,
        product=asked["product"],
        candidate=form.candidate,
        actor=author(request),
        origin=Origin.STAFF,
        delivery=asked["delivery"] or None,
        payer=asked["payer"],
        reference=asked["reference"],
        deadline=asked["deadline"],
        sitting=asked["sitting"],
        accommodation=asked["accommodation"],
        note=asked["note"],
    )


def _show(request: HttpRequest, form: GiveForm, *, status: int = HTTPStatus.OK, **asked: object) -> HttpResponse:
    """The page, with what giving would come to for what stands in the form."""
    shown = {name: form[name].value() for name in ("product", "delivery", "deadline")}
    shown["product"] = shown["product"] or form.fields["product"].queryset.values_list("code", flat=True).first()  # type: ignore[attr-defined]
    return render(request, "fulfillment/give.html", {"form": form, "words": _words(shown), **asked}, status=status)


@require_safe
@staff_required
def would_come_to(request: HttpRequest) -> HttpResponse:
    """What giving would come to, anew whenever another product, delivery or deadline is chosen."""
    return render(request, "fulfillment/_give_prospect.html", {"words": _words(request.GET.dict())})


def _words(shown: dict[str, str]) -> ProspectWords | None:
    asked = ProspectForm(shown)
    asked.full_clean()
    product = asked.cleaned_data.get("product")
    if product is None:
        return None
    deadline = asked.cleaned_data.get("deadline")
    delivery = asked.cleaned_data.get("delivery", "")
    return ProspectWords.of(prospect(product, deadline=deadline), delivery=delivery, deadline=deadline)


@require_POST
@staff_required
def known(request: HttpRequest) -> HttpResponse:
    """Candidates who are known already, for what was typed into one field. A POST: names belong into no address."""
    field, typed = next(((name, request.POST[name]) for name in known_people.FIELDS if name in request.POST), ("", ""))
    found = known_people.look(field=field, typed=typed)
    return render(request, "fulfillment/_known_people.html", {"field": field, "known": found})
