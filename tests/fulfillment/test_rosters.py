"""The roster: without test IDs to everybody of staff; with them, they count as told, and the trail says by whom."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from access.actors import Actor
from access.models import AuditEntry
from access.spreadsheets import xlsx
from fulfillment import acts, roster_sheet, rosters, seating
from fulfillment.candidates import Candidate
from fulfillment.models import Fulfillment, Sitting
from inventory.models import Claim, Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Arrange, Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
BO = Candidate("bo berg", "bo@example.org", "hr-78")


@pytest.fixture
def sitting(arrange: Arrange) -> Sitting:
    return arrange(seats=3)


@pytest.fixture
def ana(itep: PretendItep, called: Product, give_test: Give, sitting: Sitting) -> Fulfillment:
    """Confirmed; she gets her ID at the centre."""
    stock(called, 1)
    one = give_test(called, sitting=sitting, delivery=Delivery.NONE, accommodation="=Large screen")
    work()
    return fresh(one)


@pytest.fixture
def bo(ana: Fulfillment, called: Product, give_test: Give, sitting: Sitting) -> Fulfillment:
    """Waits for an ID."""
    return give_test(called, BO, sitting=sitting)


def told(one: Fulfillment) -> bool:
    return Claim.objects.get(oid=one.oid).told_at is not None


def test_the_roster_alone_tells_nobody_an_id(ana: Fulfillment, bo: Fulfillment, sitting: Sitting) -> None:
    found = rosters.roster(sitting)
    assert [(row.one, row.number, row.test_id) for row in found.rows] == [(ana, 1, ""), (bo, 2, "")]
    assert (found.arrived, found.incidents, found.not_mailed_by_us, told(ana)) == (0, 0, 1, False)
    assert not AuditEntry.objects.filter(verb__startswith="roster.").exists()


@pytest.mark.parametrize("how", rosters.OPENED)
def test_with_test_ids_each_counts_as_told(
    ana: Fulfillment, bo: Fulfillment, sitting: Sitting, by_sam: Actor, how: str
) -> None:
    found = rosters.with_test_ids(sitting=sitting, actor=by_sam, how=how)
    assert [(row.test_id, row.why_none) for row in found.rows] == [
        ("BUSPLUS0001", ""),
        ("", "iTEP has not confirmed a test ID yet."),
    ]
    assert (told(ana), told(bo)) == (True, False)
    entry = AuditEntry.objects.get(verb__startswith="roster.")
    assert (entry.verb, entry.oid, entry.test_id, entry.user, entry.subject) == (
        f"roster.{how}",
        ana.oid,
        "BUSPLUS0001",
        by_sam.user,
        f"sitting {sitting.pk}",
    )
    acts.cancel(oid=ana.oid, actor=by_sam, reason="Not needed")
    row = TestID.objects.get()
    assert (row.to_clear_since is not None, row.is_available) == (True, False)


def test_an_id_in_doubt_stays_off_the_sheet(ana: Fulfillment, sitting: Sitting, by_sam: Actor) -> None:
    Claim.objects.update(conflict_at=ana.created_at, conflict_because="iTEP shows somebody else.")
    row = rosters.with_test_ids(sitting=sitting, actor=by_sam, how="printed").rows[0]
    assert (row.test_id, row.why_none, told(ana)) == ("", "iTEP shows somebody else.", False)


def test_an_id_that_expires_before_is_named(ana: Fulfillment, sitting: Sitting) -> None:
    before = sitting.date - timedelta(days=1)
    TestID.objects.update(valid_until=before)
    assert rosters.roster(sitting).rows[0].expires == before


def test_as_a_sheet(ana: Fulfillment, bo: Fulfillment, sitting: Sitting, by_sam: Actor) -> None:
    found = rosters.with_test_ids(sitting=sitting, actor=by_sam, how="downloaded")
    book = openpyxl.load_workbook(BytesIO(xlsx(roster_sheet.table(found)).read()))
    rows = list(book.worksheets[0].values)
    assert rows[0] == (
        "No.",
        "Name",
        "Own number",
        "Product",
        "Test ID",
        "Accommodations",
        "Photo ID checked",
        "Arrived",
        "Incident",
    )
    assert rows[1][:6] == (1, "Ana Silva", "hr-77", "BUS-PLUS", "BUSPLUS0001", "=Large screen")
    assert rows[2][:5] == (2, "bo berg", "hr-78", "BUS-PLUS", None)
    assert book.worksheets[0]["F2"].data_type == "s"


def test_who_was_taken_out_is_not_on_it(ana: Fulfillment, bo: Fulfillment, sitting: Sitting, by_sam: Actor) -> None:
    seating.take_out(sitting_id=sitting.pk, oids=[ana.oid], actor=by_sam)
    assert [row.one for row in rosters.with_test_ids(sitting=sitting, actor=by_sam, how="printed").rows] == [bo]
    assert not told(ana)
