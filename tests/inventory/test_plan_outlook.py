"""What applying comes to: the stock by product, as applying then makes it; and what is known later than the file."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.actors import Actor
from inventory import claims, plan_outlook, plan_pages, reconciliation, uploads
from inventory.models import ClaimState, Product, Standing, TestID, Upload
from inventory.plan_outlook import Stock
from tests.conftest import stock
from tests.inventory import exports
from tests.inventory.conftest import TEXT, Desk

pytestmark = pytest.mark.django_db
HEADER = ["Test ID", "Product", "Status", "Assigned-to"]


def planned(by: Actor, rows: list[list[str]], *, at: datetime | None = None) -> Upload:
    kept = uploads.keep(content=exports.as_csv(rows, header=HEADER), file_name="x.csv", actor=by)
    Upload.objects.filter(pk=kept.pk).update(exported_at=at or timezone.now() + timedelta(hours=1))
    return reconciliation.plan(upload_id=kept.pk)


def row(test_id: str, text: str = "", *, product: str = "BUS-PLUS", status: str = "Ready") -> list[str]:
    return [test_id, product, status, text]


def available(code: str) -> int:
    return TestID.objects.available().filter(product__code=code).count()


def test_the_foot_says_what_applying_makes_of_the_stock(desk: Desk, academic: Product, by_sam: Actor) -> None:
    """Every way in which an ID enters or leaves the stock, against what it then is."""
    stock(desk.product, 12)
    stock(academic, 3)
    unknown, reserved, confirmed = (
        desk.at(one) for one in (ClaimState.UNKNOWN, ClaimState.RESERVED, ClaimState.CONFIRMED)
    )
    gone = desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=gone, actor=by_sam, reason="ill")  # BUSPLUS0004, never told: free again
    TestID.objects.filter(test_id="BUSPLUS0005").update(set_aside_at=timezone.now())
    TestID.objects.filter(test_id="BUSPLUS0006").update(standing=Standing.OUTSIDE)
    TestID.objects.filter(test_id="BUSPLUS0007").update(progress="started", progress_at=timezone.now())
    rows = [
        row("BUSPLUS0001", TEXT % unknown),
        row("BUSPLUS0002", "Ben"),  # whoever reserved it takes another
        row("BUSPLUS0003", TEXT % confirmed),
        *(row(f"BUSPLUS{n:04}") for n in range(4, 9)),
        row("BUSPLUS0009", "Carla"),
        row("BUSPLUS0010", product="ACAD-PLUS"),  # it changes sides
        row("BUSPLUS0011", status="Started"),
        row("NEW1"),
        row("NEW2", product="ACAD-PLUS"),
        row("NEW3", product="THIRD"),
        *(row(f"ACADPLUS{n:04}", product="ACAD-PLUS") for n in (1, 2)),
    ]
    upload = planned(by_sam, rows)

    said = {one.product: one for one in plan_outlook.stock(upload)}
    assert said == {
        "ACAD-PLUS": Stock("ACAD-PLUS", 3, 4),  # NEW2 and BUSPLUS0010 come, ACADPLUS0003 is gone
        "BUS-PLUS": Stock("BUS-PLUS", available("BUS-PLUS"), said["BUS-PLUS"].after),
        "THIRD": Stock("THIRD", 0, 1),
    }
    reconciliation.apply(upload_id=upload.pk, actor=by_sam, accept_mass_change=True)
    assert {code: available(code) for code in said} == {code: one.after for code, one in said.items()}
    assert claims is not None
    assert reserved


def test_the_words_of_the_foot() -> None:
    one, other = Stock("ACAD-PLUS", 37, 85), Stock("BUS-PLUS", 4, 3)
    same = Stock("HOSP", 2, 2)
    more = [Stock(f"P{n}", 0, n) for n in range(1, 4)]
    assert plan_pages.stock_words([one]) == "Apply: available 37 > 85"
    assert plan_pages.stock_by_product([one]) == ""
    assert plan_pages.stock_words([one, other, same]) == "Apply: available 43 > 90"
    assert plan_pages.stock_by_product([one, other, same]) == "ACAD-PLUS 37 > 85, BUS-PLUS 4 > 3"
    assert plan_pages.stock_by_product([one, other, *more[:1]]) == "ACAD-PLUS 37 > 85, BUS-PLUS 4 > 3, P1 0 > 1"
    assert plan_pages.stock_by_product([one, other, *more]).endswith(", P1 0 > 1 and 2 more products")
    assert plan_pages.stock_words([]).startswith("Apply: nothing changes")
    assert plan_pages.stock_by_product([]) == ""


def test_an_old_list_says_so_in_one_sentence(desk: Desk, by_sam: Actor, sam_browser: Client) -> None:
    stock(desk.product, 2)
    now = timezone.now()
    rows = [row("BUSPLUS0001"), row("BUSPLUS0002", "Ben")]
    later = planned(by_sam, rows, at=now - timedelta(hours=1))
    reconciliation.apply(upload_id=later.pk, actor=by_sam, accept_mass_change=True)
    old = planned(by_sam, rows, at=now - timedelta(hours=2))
    fresh = planned(by_sam, rows, at=now)

    assert [(one.product, one.upload_id) for one in plan_outlook.later_words(old)] == [("BUS-PLUS", later.pk)]
    assert plan_outlook.later_words(fresh) == []
    words = "This list is older than what the portal knows"
    assert words in sam_browser.get(reverse("inventory:upload", args=[old.pk])).content.decode()
    assert words not in sam_browser.get(reverse("inventory:upload", args=[fresh.pk])).content.decode()
