"""IDs assigned outside the portal become fulfillments: whose they are is read from iTEP's text, or said by a person.

No call is made, and no mail sent: whoever assigned the ID told it (DESIGN.md section 5).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from access import audit
from access.actors import Actor
from access.models import ActorKind, Payer
from fulfillment import candidates, duplicates, links, payers, progress, provisioning, settling
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate
from fulfillment.models import Batch, Fulfillment, Origin, State
from fulfillment.queries import OPEN
from inventory.claims import adopting as claims
from inventory.models import Delivery, Product, TestID
from itep.statuses import Status
from outbox import entries

RESULTS_FOLLOW = "results.follow"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_SOME = 500


@dataclass(frozen=True, slots=True)
class Outside:
    """An ID assigned outside, with the person whom its text names. `waits`: a request here that may be the same one.

    `known`: tests of the same product that the same person has here already.
    """

    row: TestID
    person: Candidate
    waits: list[Fulfillment] = field(default_factory=list)
    known: list[Fulfillment] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether it can be adopted at once, without help by hand."""
        return bool(self.person.name and self.person.email)


def outside(product: str = "", *, left: bool = False) -> QuerySet[TestID]:
    """IDs assigned to somebody unknown here; `left`: those that a person left outside."""
    rows = TestID.objects.filter(claims.OUTSIDE, left_outside_at__isnull=not left)
    rows = rows.filter(product__code=product) if product else rows
    return rows.select_related("product").defer("password", "other").order_by("product__code", "test_id")


def read(text: str) -> Candidate:
    """Whom an Assigned-to names: by the dialect's keys where it is JSON, else by an email in it, else as it stands."""
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    return candidates.tidy(_by_keys(said) if isinstance(said, dict) else _by_words(text))


@dataclass(frozen=True, slots=True)
class Split:
    """IDs assigned outside: those that can be adopted at once, and those that need help by hand."""

    ready: list[TestID]
    by_hand: list[TestID]


def split(rows: Iterable[TestID]) -> Split:
    """By whether the text names an email. Reads every text: some 15,000 a second."""
    found = Split([], [])
    for row in rows:
        (found.ready if Outside(row, read(row.assigned_to)).is_ready else found.by_hand).append(row)
    return found


def look(rows: Iterable[TestID]) -> list[Outside]:
    """Each with its person, and with whom it may be confused: in a fixed number of statements for some hundred rows."""
    found = [Outside(row, read(row.assigned_to)) for row in rows]
    for start in range(0, len(found), _SOME):
        _look_for_the_same(found[start : start + _SOME])
    return found


@transaction.atomic
def adopt(
    *,
    test_id: str,
    candidate: Candidate,
    actor: Actor,
    payer: Payer | str | None = None,
    reference: str = "",
    product: Product | None = None,
    allow_duplicate: bool = False,
    batch: Batch | None = None,
) -> Fulfillment:
    """A fulfillment of origin *outside*, which has the ID. Earlier results of it follow.

    `product` only for an ID that the mirror does not have. Raises BadRequest, DuplicateCandidate, UnknownPayer,
    NotPossible: nobody is adopted twice, since an ID that somebody has cannot be adopted.
    """
    person, paid_by = candidates.tidy(candidate), payers.payer_of(payer, client=None)
    if errors := list(candidates.faults(person, needs_email=False)):
        raise BadRequest(errors)
    oid = uuid.uuid4()
    known = TestID.objects.filter(test_id=test_id).select_related("product").first()
    about = known.product if known else product
    first = duplicates.guard(product=about, candidate=person, payer=paid_by, client=None) if about else None
    if first is not None and not allow_duplicate:
        raise DuplicateCandidate(first.oid)
    claim = claims.adopt(oid=oid, test_id=test_id, actor=actor, product=None if known else product)
    one = Fulfillment(
        oid=oid,
        claim=claim,
        product=claim.product,
        payer=paid_by,
        reference=candidates.tidy_text(reference),
        delivery=Delivery.NONE,  # nobody is mailed
        origin=Origin.OUTSIDE,
        started_by=actor.user if actor.kind == ActorKind.USER else None,
        batch=batch,
        state=State.ASSIGNED,
    )
    links.renew(one)
    provisioning.set_person(one, person)
    one.save()
    _tell(one, actor, doubles=first)
    return _go_on(one, test_id)


@transaction.atomic
def join(*, test_id: str, oid: UUID, actor: Actor) -> Fulfillment:
    """The person whom the text names waits here already: the ID is theirs. Raises NotPossible, ClaimMoved."""
    claims.join(test_id=test_id, oid=oid, actor=actor)
    return _go_on(Fulfillment.objects.get(oid=oid), test_id)


def _go_on(one: Fulfillment, test_id: str) -> Fulfillment:
    """What a webhook said of the ID before, and the results that came, are this person's."""
    row = TestID.objects.get(test_id=test_id)
    if row.progress and row.progress_at:
        progress.seen(oid=one.oid, status_raw=row.progress, at=row.progress_at, by="webhook")
    entries.write(kind=RESULTS_FOLLOW, key=f"{one.oid}:{test_id}"[:120], payload={"test_id": test_id}, oid=one.oid)
    return settling.settle(oid=one.oid)


def _tell(one: Fulfillment, actor: Actor, *, doubles: Fulfillment | None) -> None:
    detail = {"origin": one.origin, "delivery": one.delivery}
    audit.record(
        actor=actor,
        verb="fulfillment.adopted",
        oid=one.oid,
        product=one.product.code,
        detail=detail | ({"although_open": str(doubles.oid)} if doubles else {}),
    )


def _by_keys(said: dict[str, Any]) -> Candidate:
    keys = settings.ITEP_DIALECT.assigned_to
    folded = {str(key).casefold(): str(value) for key, value in said.items() if isinstance(value, str | int)}
    of = {name: folded.get(key.casefold(), "") if key else "" for name, key in _keys(keys)}
    text = " ".join(folded.values())
    email = _email_in(of["email"]) or _email_in(text)
    name = of["name"] or folded.get("name", "") or email or text
    return Candidate(_cut(name, "name"), email, _cut(of["external_id"], "external_id"))


def _keys(keys: Any) -> Iterator[tuple[str, str]]:
    yield from (("name", keys.name), ("email", keys.email), ("external_id", keys.external_id))


def _by_words(text: str) -> Candidate:
    """The name is what is left once the email is taken out; where nothing is, the email stands for it."""
    email = _email_in(text)
    name = " ".join(text.replace(email, " ").split()).strip(" <>()[],;:|/-–") if email else text
    return Candidate(_cut(name or email, "name"), email)


def _email_in(text: str) -> str:
    found = _EMAIL.search(text)
    email = found[0] if found else ""
    person = Candidate("x", email)
    return "" if any(candidates.faults(person, needs_email=True)) else email


def _cut(text: str, field_name: str) -> str:
    """No longer than the field, and without what cannot be printed: the text itself is kept to the letter elsewhere."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[: candidates.LONGEST[field_name]]


def _look_for_the_same(found: list[Outside]) -> None:
    emails = {one.person.email.lower() for one in found if one.person.email}
    numbers = {one.person.external_id for one in found if one.person.external_id}
    same = Q(lower__in=emails) | Q(external_id__in=numbers)
    rows = Fulfillment.objects.annotate(lower=Lower("email")).filter(same).exclude(state__in=[State.CANCELLED])
    rows = rows.exclude(state=State.FAILED, claim__state="ended").select_related("claim", "product").order_by("pk")
    people = list(rows)
    for one in found:
        for other in people:
            if other.product_id == one.row.product_id and _is_same(one.person, other):
                _note(one, other)


def _is_same(person: Candidate, other: Fulfillment) -> bool:
    by_email = bool(person.email) and person.email.lower() == other.email.lower()
    return by_email or (bool(person.external_id) and person.external_id == other.external_id)


def _note(one: Outside, other: Fulfillment) -> None:
    if other.state in OPEN or other.claim.state in claims.WAITS:
        one.waits.append(other)
    elif other.itep_status not in (Status.COMPLETED, Status.INVALIDATED):
        one.known.append(other)
