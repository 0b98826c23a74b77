"""The same person twice: whoever has an open test of a product gets no second one unless asked for explicitly."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from access.models import ApiClient, Payer
from fulfillment import locks, payers
from fulfillment.candidates import Candidate, person_digest
from fulfillment.models import Fulfillment, State
from inventory.models import Product
from itep.statuses import Status


def guard(
    *, product: Product, candidate: Candidate, payer: Payer | None, client: ApiClient | None
) -> Fulfillment | None:
    """The first open test of this person that the asker may see, under a lock that holds until the transaction ends."""
    payer_id = payer.pk if payer else None
    locks.people(
        [
            f"{product.pk}\nperson\n{digest}" if (digest := person_digest(candidate)) else "",
            f"{product.pk}\nnumber\n{payer_id}\n{candidate.external_id}" if candidate.external_id else "",
        ]
    )
    return open_tests(product=product, candidate=candidate, payer=payer, client=client).order_by("pk").first()


def open_tests(
    *, product: Product, candidate: Candidate, payer: Payer | None, client: ApiClient | None
) -> QuerySet[Fulfillment]:
    """DESIGN.md section 6: same external id at the same payer; or same name and email, neither blank, unless both have
    external ids at one payer that differ; same product; not cancelled or failed; neither completed nor invalidated."""
    still_open = (
        Fulfillment.objects.filter(product=product)
        .exclude(state__in=[State.CANCELLED, State.FAILED])
        .exclude(itep_status__in=[Status.COMPLETED, Status.INVALIDATED])
    )
    mine = payers.limits(client)
    if mine is not None:
        still_open = still_open.filter(payer__in=mine)
    return still_open.filter(same_person(candidate, payer))


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
