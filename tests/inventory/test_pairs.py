"""The set-wise way and the row-by-row judgement come to the same answer, whatever the world."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.actors import Actor
from access.encryption import keyed_digest
from inventory import pairing, reconciliation, staging, uploads
from inventory.judgement import judge
from inventory.models import (
    Cause,
    Claim,
    ClaimState,
    Holding,
    PlanRow,
    Product,
    Scope,
    Standing,
    TestID,
    Upload,
    WordSource,
)
from inventory.pairs import BY_EXPORT
from inventory.planning import codes_of, terms_of
from tests.inventory import exports

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TIMES = st.sampled_from([NOON - timedelta(days=1), NOON - timedelta(minutes=1), NOON, NOON + timedelta(hours=1)])
HEADER = ["Test ID", "Product", "Status", "Assigned-to", "Password", "Valid until"]

known = st.fixed_dictionaries(
    {
        "number": st.integers(0, 5),
        "product": st.sampled_from("PQ"),
        "standing": st.sampled_from(Standing),
        "status": st.sampled_from(["ready", "started", ""]),
        "text": st.sampled_from(["", "Ben", "claim 0", "claim 1"]),
        "said_at": TIMES,
        "said_by": st.sampled_from(WordSource),
        "holder": st.sampled_from([None, 0, 1, 2]),
        "earlier": st.booleans(),
        "set_aside": st.booleans(),
        "progress": st.sampled_from(["", "ready", "started"]),
        "left": st.booleans(),
    }
)
claimed = st.fixed_dictionaries(
    {"state": st.sampled_from(ClaimState), "called_at": TIMES, "told": st.booleans(), "conflict": st.booleans()}
)
listed = st.tuples(
    st.integers(0, 7),
    st.sampled_from("PQR"),
    st.sampled_from(["Ready", "ready", "Started", "Odd"]),
    st.sampled_from(["", "Ben", "claim 0", "claim 1", "claim 2", "claim 0 and claim 1"]),
    st.sampled_from(["", "pw"]),
    st.sampled_from(["", "2026-12-31"]),
)


@pytest.mark.django_db
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    mirror=st.lists(known, max_size=6, unique_by=lambda one: one["number"]),
    of_claims=st.lists(claimed, min_size=3, max_size=3),
    rows=st.lists(listed, min_size=1, max_size=8, unique_by=lambda one: one[0]),
    scope=st.sampled_from(Scope),
)
def test_both_ways_come_to_the_same_plan(
    mirror: list[dict[str, Any]], of_claims: list[dict[str, Any]], rows: list[tuple[Any, ...]], scope: Scope
) -> None:
    clear()
    products = {code: Product.objects.get_or_create(code=code)[0] for code in "PQ"}
    claims = [make_claim(products["P"], **one) for one in of_claims]
    current: set[int] = set()
    for one in mirror:
        make_row(products, claims, current, **one)
    lines = [
        [f"ID{number}", product, status, written(text, claims), *rest] for number, product, status, text, *rest in rows
    ]
    upload = uploads.keep(
        content=exports.as_csv(lines, header=HEADER),
        file_name="x.csv",
        actor=Actor.system("test"),
        exported_at=NOON,
        scope=scope,
    )

    upload = reconciliation.plan(upload_id=upload.pk)

    terms = terms_of(upload)
    contents = uploads.contents(upload)
    with staging.staged(contents=contents, codes=codes_of(contents)):
        pairing.sort(upload, upload.compared)
        judged = {
            pair.test_id: judge(pair.test_id, pair.row, pair.mirror, terms) for pair in pairing.every(upload.compared)
        }
    shown = {
        one: (found.cause, found.rule) for one, found in judged.items() if found.effects or found.cause != "unchanged"
    }
    plan = {row.test_id: (row.cause, row.rule) for row in PlanRow.objects.filter(upload=upload)}
    assert plan == shown
    expected = {str(cause): sum(found.cause == cause for found in judged.values()) for cause in Cause}
    assert upload.counts == expected


def clear() -> None:
    for model in (TestID, Upload, Claim):
        model.objects.all().delete()


def written(text: str, claims: list[Claim]) -> str:
    """The text with each "claim N" replaced by that claim's oid."""
    for number, claim in enumerate(claims):
        text = text.replace(f"claim {number}", str(claim.oid))
    return text


def make_claim(product: Product, *, state: ClaimState, called_at: datetime, told: bool, conflict: bool) -> Claim:
    called = state not in (ClaimState.WAITING, ClaimState.RESERVED)
    return Claim.objects.create(
        oid=uuid4(),
        product=product,
        source="inventory",
        state=state,
        call_began_at=called_at if called else None,
        call_ended_at=called_at if called else None,
        confirmed_at=called_at if state == ClaimState.CONFIRMED else None,
        ended_at=called_at if state == ClaimState.ENDED else None,
        told_at=called_at if told else None,
        conflict_at=called_at if conflict else None,
        conflict_because=f"{BY_EXPORT} says so" if conflict else "",
    )


def make_row(products: dict[str, Product], claims: list[Claim], current: set[int], **one: Any) -> None:
    holder = None if one["holder"] is None else claims[one["holder"]]
    earlier = one["earlier"] or (holder is not None and holder.pk in current)
    if holder is not None and not earlier:
        current.add(holder.pk)
    text, status = written(one["text"], claims), one["status"]
    if one["standing"] == Standing.OPEN:
        text, status = "", "ready"
    TestID.objects.create(
        test_id=f"ID{one['number']}",
        product=products[one["product"]],
        standing=one["standing"],
        status=status,
        status_raw=status,
        assigned_to=text,
        assigned_to_digest=keyed_digest(text, purpose="assigned-to"),
        said_at=one["said_at"],
        said_by=one["said_by"],
        holder=holder,
        holding="" if holder is None else Holding.EARLIER if earlier else Holding.CURRENT,
        set_aside_at=NOON if one["set_aside"] else None,
        progress=one["progress"],
        progress_at=one["said_at"] if one["progress"] else None,
        left_panel_at=NOON if one["left"] else None,
    )
