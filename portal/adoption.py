"""Adoption: IDs that were assigned at iTEP to people unknown here become these people's tests, one or many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.actors import Actor
from access.models import User
from access.roles import staff_required
from fulfillment import adopting, batches, queries
from fulfillment.adopting import Outside
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate, UnknownPayer
from fulfillment.forms.adopting import AdoptForm
from fulfillment.models import Fulfillment
from inventory.claims import adopting as claims
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded
from inventory.models import Claim, Product, TestID
from results.models import Result

A_PAGE = 50
KINDS = ("ready", "by_hand", "left")
LABELS: dict[str, Promise] = {
    "ready": gettext_lazy("With an email"),
    "by_hand": gettext_lazy("Need help by hand"),
    "left": gettext_lazy("Left outside"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that filters the list."""

    label: Promise
    number: int
    url: str
    selected: bool


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Those with an email, which can be adopted at once; the rest, with help by hand; those that a person left."""
    product = request.GET.get("product", "")
    people, left = adopting.split(adopting.outside(product)), list(adopting.outside(product, left=True))
    rows = dict(zip(KINDS, (people.ready, people.by_hand, left), strict=True))
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else next((one for one in KINDS if rows[one]), "ready")
    page = Paginator(rows[kind], A_PAGE).get_page(request.GET.get("page"))
    context = {
        "counts": {one: len(found) for one, found in rows.items()},
        "tiles": [Tile(LABELS[one], len(rows[one]), _list(one, product), one == kind) for one in KINDS],
        "kind": kind,
        "product": product,
        "products": Product.objects.filter(test_ids__in=adopting.outside()).distinct().order_by("code"),
        "page": page,
        "found": adopting.look(page.object_list),
    }
    return render(request, "portal/adoption.html", context)


@require_POST
@staff_required
def many(request: HttpRequest) -> HttpResponse:
    """What was ticked (or all that are ready): adopted after a preview, left outside, or taken back."""
    wanted, act = request.POST.getlist("id"), request.POST.get("act", "")
    try:
        if act in ("adopt", "adopt_all"):
            return _draft(request, None if act == "adopt_all" else wanted)
        if act == "leave":
            said = _left(claims.leave(test_ids=wanted, actor=_actor(request), reason=request.POST.get("reason", "")))
        else:
            said = _back(claims.ask_again(test_ids=wanted, actor=_actor(request)))
        messages.success(request, said)
    except ReasonNeeded:
        messages.error(request, _("Say why: it is kept in the history."))
    return redirect(_back_to(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def one(request: HttpRequest, test_id: str) -> HttpResponse:
    """One ID with help by hand: whose it is, as a person says; or a request here that waits for it."""
    row = TestID.objects.filter(test_id=test_id).select_related("product").first()
    found = adopting.look([row])[0] if row else Outside(TestID(test_id=test_id), Candidate(""))
    form = AdoptForm(request.POST or None, initial=_initial(found), needs_product=row is None)
    duplicate = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("candidate", oid=_adopt(request, test_id, form).oid)
        except BadRequest as refused:
            form.take_faults(refused)
        except UnknownPayer as refused:
            form.add_error("payer", str(refused))
        except NotPossible as refused:
            form.add_error(None, refused.why)
        except DuplicateCandidate as refused:
            duplicate = queries.one(refused.oid)
    context = {
        "test_id": test_id,
        "row": row,
        "found": found,
        "form": form,
        "duplicate": duplicate,
        "why_not": claims.why_not(row) if row else "",
        "results": Result.objects.filter(subject=f"id:{test_id}").count(),
    }
    return render(request, "portal/adoption_one.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff_required
def join(request: HttpRequest, test_id: str) -> HttpResponse:
    """The person whom the text names waits here already."""
    try:
        oid = UUID(request.POST.get("oid", ""))
        joined = adopting.join(test_id=test_id, oid=oid, actor=_actor(request))
    except (ValueError, Claim.DoesNotExist):
        raise Http404 from None
    except (NotPossible, ClaimMoved) as refused:
        messages.error(request, refused.why)
        return redirect(_back_to(request))
    messages.success(request, _("%(id)s is the test ID of %(who)s now.") % {"id": test_id, "who": joined.name})
    return redirect("candidate", oid=joined.oid)


def _draft(request: HttpRequest, wanted: list[str] | None) -> HttpResponse:
    rows = adopting.outside(request.POST.get("product", ""))
    people = adopting.split(rows if wanted is None else rows.filter(test_id__in=wanted))
    if not people.ready:
        messages.error(request, _("Tick test IDs with an email first."))
        return redirect(_back_to(request))
    found = [Outside(row, adopting.read(row.assigned_to)) for row in people.ready]
    batch = batches.draft_adoption(found=found, actor=_actor(request))
    return redirect("fulfillment:batch", batch_id=batch.pk)


def _adopt(request: HttpRequest, test_id: str, form: AdoptForm) -> Fulfillment:
    said = form.cleaned_data
    return adopting.adopt(
        test_id=test_id,
        candidate=Candidate(said["name"], said["email"], said["external_id"]),
        actor=_actor(request),
        payer=said["payer"],
        reference=said["reference"],
        product=said.get("product"),
        allow_duplicate=said["allow_duplicate"],
    )


def _initial(found: Outside) -> dict[str, str]:
    person = found.person
    return {"name": person.name, "email": person.email, "external_id": person.external_id}


def _left(number: int) -> str:
    return ngettext("%d test ID stays outside.", "%d test IDs stay outside.", number) % number


def _back(number: int) -> str:
    return ngettext("%d test ID may be adopted again.", "%d test IDs may be adopted again.", number) % number


def _back_to(request: HttpRequest) -> str:
    return _list(request.POST.get("kind", ""), request.POST.get("product", ""))


def _list(kind: str, product: str) -> str:
    asked = {name: value for name, value in (("kind", kind), ("product", product)) if value}
    return f"{reverse('adoption')}?{urlencode(asked)}"


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))
