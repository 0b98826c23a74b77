"""Fulfillments as they stand after they were given, for rooms that come after giving."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from access.models import Payer
from fulfillment.models import Fulfillment, Origin, State
from inventory.models import (
    AssignedToRecord,
    Claim,
    ClaimSource,
    ClaimState,
    Delivery,
    Holding,
    Product,
    Standing,
    TestID,
    WordSource,
)
from inventory.models.claims import WrittenBy

GIVEN_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def given(
    product: Product,
    test_id: str | None,
    *,
    state: ClaimState = ClaimState.CONFIRMED,
    name: str = "Ana Silva",
    payer: Payer | None = None,
    written_by: WrittenBy = WrittenBy.CALL,
    oid: UUID | None = None,
    **fields: str,
) -> Fulfillment:
    """A fulfillment whose claim is in `state` and holds `test_id`."""
    claim = _claim(product, state, oid or uuid4())
    if test_id is not None:
        _hold(claim, product, test_id, state)
        _write(claim, test_id, state, written_by)
    return Fulfillment.objects.create(
        oid=claim.oid,
        claim=claim,
        product=product,
        name=name,
        payer=payer,
        state=State.SENT if state == ClaimState.CONFIRMED else State.CLAIMED,
        delivery=Delivery.PORTAL,
        origin=Origin.STAFF,
        **fields,
    )


def _claim(product: Product, state: ClaimState, oid: UUID) -> Claim:
    called = state not in (ClaimState.WAITING, ClaimState.RESERVED)
    confirmed = state in (ClaimState.CONFIRMED, ClaimState.ENDED)
    return Claim.objects.create(
        oid=oid,
        product=product,
        source=ClaimSource.INVENTORY,
        state=state,
        call_began_at=GIVEN_AT if called else None,
        call_ended_at=GIVEN_AT if called else None,
        confirmed_at=GIVEN_AT if confirmed else None,
        ended_at=GIVEN_AT if state == ClaimState.ENDED else None,
    )


def _hold(claim: Claim, product: Product, test_id: str, state: ClaimState) -> None:
    ours = state == ClaimState.CONFIRMED
    TestID.objects.create(
        test_id=test_id,
        product=product,
        status="ready",
        status_raw="Ready",
        standing=Standing.OURS if ours else Standing.OPEN,
        said_by=WordSource.ANSWER if ours else WordSource.EXPORT,
        said_at=GIVEN_AT,
        holder=claim,
        holding=Holding.CURRENT,
    )


def _write(claim: Claim, test_id: str, state: ClaimState, written_by: WrittenBy) -> None:
    AssignedToRecord.objects.create(
        claim=claim,
        test_id=test_id,
        text="{}",
        digest="0",
        written_by=written_by,
        confirmed_at=GIVEN_AT if state == ClaimState.CONFIRMED else None,
        confirmed_by="call 1" if state == ClaimState.CONFIRMED else "",
    )
