"""Orders: entered, corrected, cancelled, and closed by what brings them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from inventory import purchases, reconciliation, test_ids, uploads
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Arrival, Product, Purchase, Upload
from inventory.purchases import Expected, Order
from tests.inventory import exports

pytestmark = pytest.mark.django_db
MARCH_4, MARCH_11 = date(2026, 3, 4), date(2026, 3, 11)


def ordered(product: Product, actor: Actor, count: int = 5, **more: object) -> Purchase:
    what: Order = {"count": count, "ordered_on": MARCH_4, "expected_on": MARCH_11}
    return purchases.order(product=product, actor=actor, what={**what, **more})  # type: ignore[typeddict-item]


def exported(actor: Actor, *rows: tuple[str, str]) -> Upload:
    """An applied export of ACAD-PLUS: (ID, purchased on)."""
    lines = [[test_id, "ACAD-PLUS", "Ready", "", day] for test_id, day in rows]
    content = exports.as_csv(lines, header=["Test ID", "Product", "Status", "Assigned-to", "Purchased on"])
    upload = uploads.keep(content=content, file_name="x.csv", actor=actor, exported_at=timezone.now())
    reconciliation.plan(upload_id=upload.pk)
    return reconciliation.apply(upload_id=upload.pk, actor=actor)


def test_an_order_is_expected_until_it_is_here(academic: Product, by_sam: Actor) -> None:
    later = ordered(academic, by_sam, 7, expected_on=date(2026, 4, 1))
    one = ordered(academic, by_sam, 5, price=Decimal("129.00"), currency="USD", distributor="X Ltd")
    assert purchases.expected(academic) == [Expected(MARCH_11, 5), Expected(date(2026, 4, 1), 7)]
    assert purchases.on_their_way() == {academic.pk: 12}
    purchases.cancel(purchase_id=later.pk, actor=by_sam, reason="too dear")
    assert purchases.expected(academic) == [Expected(MARCH_11, 5)]
    assert one.is_overdue(date(2026, 3, 12))
    assert not one.is_overdue(MARCH_11)
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == [
        "purchase.entered",
        "purchase.entered",
        "purchase.cancelled",
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"count": 0}, {"expected_on": date(2026, 3, 3)}, {"price": Decimal(-1), "currency": "USD"}, {"price": Decimal(1)}],
)
def test_what_makes_no_sense_is_refused(academic: Product, by_sam: Actor, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ordered(academic, by_sam, **{"count": 5, **wrong})  # type: ignore[arg-type]
    assert Purchase.objects.count() == 0


def test_an_export_closes_what_it_brings_once(academic: Product, by_sam: Actor) -> None:
    first, second = ordered(academic, by_sam, 3), ordered(academic, by_sam, 4, ordered_on=MARCH_4 + timedelta(days=1))
    upload = exported(by_sam, *((f"A{n}", "") for n in range(5)))

    assert purchases.arrived_by_upload(upload=upload, actor=by_sam) in (0, 5)  # 0 where applying has called it
    assert purchases.arrived_by_upload(upload=upload, actor=by_sam) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.outstanding, second.outstanding) == (0, 2)
    assert list(Arrival.objects.values_list("purchase", "count", "source")) == [
        (first.pk, 3, f"upload {upload.pk}, rows 2 to 6"),
        (second.pk, 2, f"upload {upload.pk}, rows 2 to 6"),
    ]


def test_the_day_of_purchase_decides_which(academic: Product, by_sam: Actor) -> None:
    first, second = ordered(academic, by_sam, 3), ordered(academic, by_sam, 2, ordered_on=date(2026, 3, 9))
    upload = exported(by_sam, ("A1", "2026-03-09"), ("A2", "2026-03-09"), ("A3", "2026-03-09"), ("A4", ""))
    purchases.arrived_by_upload(upload=upload, actor=by_sam)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.arrived, second.arrived) == (2, 2)


def test_what_arrived_is_counted_in_the_plan_not_in_the_mirror(academic: Product, by_sam: Actor) -> None:
    """Joined, plan and mirror of a first large export took PostgreSQL hours: it had no statistics of either yet."""
    upload = exported(by_sam, ("A1", "2026-03-09"), ("A2", ""))
    Arrival.objects.all().delete()
    one = ordered(academic, by_sam)

    with CaptureQueriesContext(connection) as asked:
        assert purchases.arrived_by_upload(upload=upload, actor=by_sam) == 2

    assert not [query["sql"] for query in asked if "inventory_testid" in query["sql"]]
    one.refresh_from_db()
    assert one.arrived == 2


def test_what_nobody_ordered_does_not_close_a_later_order(academic: Product, by_sam: Actor) -> None:
    upload = exported(by_sam, ("A1", ""))
    purchases.arrived_by_upload(upload=upload, actor=by_sam)
    one = ordered(academic, by_sam)
    assert purchases.arrived_by_upload(upload=upload, actor=by_sam) == 0
    one.refresh_from_db()
    assert one.arrived == 0
    assert Arrival.objects.get().purchase is None


def test_ids_added_by_hand_arrive(academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam)
    for name in ("A1\nA2", "A2\nA3"):
        test_ids.add(product=academic, lines=test_ids.read_list(name).good, actor=by_sam)
    one.refresh_from_db()
    assert one.arrived == 3


def test_a_person_closes_and_opens_again(academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam)
    assert not purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=5, reason="counted").is_open
    assert purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=2, reason="miscounted").outstanding == 3
    purchases.cancel(purchase_id=one.pk, actor=by_sam, reason="no more")
    assert purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=2, reason="they come after all").is_open
    assert list(Arrival.objects.values_list("count", flat=True)) == [5, -3]


def test_refusals_change_nothing(academic: Product, by_sam: Actor) -> None:
    one = ordered(academic, by_sam)
    before = Purchase.objects.values().get()
    with pytest.raises(ReasonNeeded):
        purchases.cancel(purchase_id=one.pk, actor=by_sam, reason=" ")
    with pytest.raises(NotPossible):
        purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=6, reason="x")
    assert Purchase.objects.values().get() == before
    purchases.state_arrived(purchase_id=one.pk, actor=by_sam, arrived=5, reason="x")
    with pytest.raises(NotPossible):
        purchases.cancel(purchase_id=one.pk, actor=by_sam, reason="x")
    with pytest.raises(ValidationError):
        purchases.correct(purchase_id=one.pk, actor=by_sam, what={"count": 4})
    assert purchases.correct(purchase_id=one.pk, actor=by_sam, what={"count": 6}).outstanding == 1
