"""The same person twice: whoever has an open test of a product gets no second one unless asked for explicitly."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import ApiClient, Payer
from fulfillment import locks, payers
from fulfillment.candidates import Candidate, person_digest
from fulfillment.models import Fulfillment, State
from fulfillment.people import People
from inventory.models import Product
from itep.statuses import Status

AT_ONCE = 500  # candidates in one statement


def guard(
    *,
    product: Product,
    candidate: Candidate,
    payer: Payer | None,
    client: ApiClient | None,
    but: UUID | None = None,
) -> Fulfillment | None:
    """The first open test of this person that the asker may see, under a lock that holds until the transaction ends.

    `but`: the test that is being corrected is none of its own duplicates.
    """
    payer_id = payer.pk if payer else None
    locks.people(
        [
            f"{product.pk}\nperson\n{digest}" if (digest := person_digest(candidate)) else "",
            f"{product.pk}\nnumber\n{payer_id}\n{candidate.external_id}" if candidate.external_id else "",
        ]
    )
    found = open_tests(product=product, candidate=candidate, payer=payer, client=client)
    return (found.exclude(oid=but) if but else found).order_by("pk").first()


def open_tests(
    *, product: Product, candidate: Candidate, payer: Payer | None, client: ApiClient | None
) -> QuerySet[Fulfillment]:
    """DESIGN.md section 6: same external id at the same payer; or same name and email, neither blank, unless both have
    external ids at one payer that differ; same product; not cancelled or failed; neither completed nor invalidated."""
    found = still_open(product)
    mine = payers.limits(client)
    if mine is not None:
        found = found.filter(payer__in=mine)
    return found.filter(same_person(candidate, payer))


def open_tests_of_many(
    *, product: Product, payer: Payer | None, candidates: Sequence[Candidate]
) -> dict[int, Fulfillment]:
    """The first open test of each tidy candidate who has one, by the place in the list; as staff see them.

    As `open_tests` answers one by one, in one statement for each 500 of them. Nothing is locked: `guard` judges again.
    """
    first: dict[int, Fulfillment] = {}
    rows = still_open(product).only("oid", "payer_id", "external_id", "person_digest").order_by("pk")
    for start in range(0, len(candidates), AT_ONCE):
        people = People(candidates[start : start + AT_ONCE], payer=payer, first=start)
        for row in rows.filter(people.asked()):
            for place in people.who(row):
                first.setdefault(place, row)
    return first


def still_open(product: Product) -> QuerySet[Fulfillment]:
    """Tests of this product that are on their way, or that nobody has finished yet."""
    rows = Fulfillment.objects.filter(product=product).exclude(state__in=[State.CANCELLED, State.FAILED])
    return rows.exclude(itep_status__in=[Status.COMPLETED, Status.INVALIDATED])


def same_person(candidate: Candidate, payer: Payer | None) -> Q:
    """DESIGN.md section 6, as the database asks it of fulfillments for one person. For many: `people.People`."""
    here = Q(payer=payer) if payer else Q(payer__isnull=True)
    same = Q(pk__in=[])
    if candidate.external_id:
        same |= here & Q(external_id=candidate.external_id)
    if digest := person_digest(candidate):
        by_name = Q(person_digest=digest)
        if candidate.external_id:
            by_name &= ~(here & ~Q(external_id="") & ~Q(external_id=candidate.external_id))
        same |= by_name
    return same
