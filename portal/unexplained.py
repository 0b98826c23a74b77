"""Unexplained differences: all that iTEP says and no known act explains, each with its repairs. The goal is zero."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.actors import Actor
from access.models import User
from access.roles import staff_required
from fulfillment import queries as fulfillments
from fulfillment.models import Fulfillment
from fulfillment.repairing import repair
from inventory import queries, unexplained
from inventory.errors import ClaimMoved, NotPossible, ReasonNeeded
from inventory.models import AssignedToRecord
from inventory.repairs import Repair, Then
from inventory.unexplained import Difference
from portal.unexplained_words import Offer, offers

A_PAGE = 20
_UPLOAD = re.compile(r"upload (\d+)")


@dataclass(frozen=True, slots=True)
class Concerned:
    """A request that a difference is about: its candidate, and what we wrote at iTEP for it."""

    oid: UUID
    one: Fulfillment | None
    wrote: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference as the page shows it. `name` is how its address calls it."""

    name: str
    about: Difference
    concerned: list[Concerned]
    offers: list[Offer]
    upload: int | None

    @property
    def itep_shows(self) -> str:
        return self.about.row.assigned_to if self.about.row else ""


@require_safe
@staff_required
def listing(request: HttpRequest) -> HttpResponse:
    """Those that wait longest first; one alone where its name is asked for."""
    names = unexplained.test_ids()
    asked = request.GET.get("id", "")
    page = Paginator([one for one in names if asked in ("", one)], A_PAGE).get_page(request.GET.get("page"))
    context = {"number": len(names), "page": page, "asked": asked, "shown": _shown(list(page.object_list))}
    return render(request, "portal/unexplained.html", context)


@require_POST
@staff_required
def act(request: HttpRequest, name: str) -> HttpResponse:
    """One repair of one difference, as the dialog said it."""
    kind = request.POST.get("repair", "")
    if kind not in (*Repair, "keep_aside"):
        raise Http404
    try:
        repair(
            kind=Repair(kind) if kind in list(Repair) else None,
            test_id=name,
            actor=Actor.person(cast("User", request.user)),
            reason=request.POST.get("reason", ""),
            then=Then.CANCEL if request.POST.get("then") == Then.CANCEL else Then.NEXT,
            oid=_oid(request),
            seen=request.POST.get("seen", "unseen"),
        )
    except NotPossible as refused:
        messages.error(request, refused.why)
    except ClaimMoved as refused:
        messages.error(request, refused.why)
    except ReasonNeeded:
        messages.error(request, _("Say why: it is kept in the history."))
    else:
        messages.success(request, _("%(id)s is explained.") % {"id": name})
    return redirect("unexplained")


def _oid(request: HttpRequest) -> UUID | None:
    """Raises Http404 where a request should be named and is not."""
    try:
        return UUID(request.POST["oid"]) if request.POST.get("oid") else None
    except ValueError:
        raise Http404 from None


def _shown(names: list[str]) -> list[Shown]:
    found = unexplained.differences(names)
    oids = {oid for one in found for oid in one.oids}
    people = fulfillments.by_oids(oids)
    wrote = _texts(oids)
    stock = {card.product.pk: card.available for card in queries.stock_by_product()} if found else {}
    return [_one(one, people, wrote, stock) for one in found]


def _one(
    one: Difference, people: dict[UUID, Fulfillment], wrote: dict[tuple[UUID, str], str], stock: dict[int, int]
) -> Shown:
    holder = one.facts.live.oid if one.facts.live else None
    names = {oid: person.name for oid, person in people.items()}
    concerned = [
        Concerned(oid, people.get(oid), wrote.get((oid, one.test_id)) or wrote.get((oid, ""), ""), oid == holder)
        for oid in one.oids
    ]
    upload = _UPLOAD.match(one.source)
    asked = next((people[oid].product_id for oid in one.oids if oid in people), one.product.pk)
    return Shown(
        name=one.test_id or str(one.oids[0]),
        about=one,
        concerned=concerned,
        offers=offers(one, names, stock.get(asked, 0)),
        upload=int(upload[1]) if upload else None,
    )


def _texts(oids: set[UUID]) -> dict[tuple[UUID, str], str]:
    """The last text of each request for each ID, and under "" its last of all."""
    found: dict[tuple[UUID, str], str] = {}
    records = AssignedToRecord.objects.filter(claim__oid__in=oids).select_related("claim").order_by("id")
    for record in records:
        found[record.claim.oid, record.test_id] = found[record.claim.oid, ""] = record.text
    return found
