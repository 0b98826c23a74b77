"""IDs set aside and offered again, one or many, each with its reason in its story."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import AuditEntry
from inventory import claims
from inventory.errors import ReasonNeeded
from inventory.models import ClaimState, TestID
from tests.conftest import stock
from tests.inventory.conftest import Desk, row_of

pytestmark = pytest.mark.django_db
IDS = ["BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"]


@pytest.fixture
def oid(desk: Desk) -> object:
    """Holds the first of three."""
    stock(desk.product, 3)
    return desk.at(ClaimState.CONFIRMED)


def _aside() -> list[str]:
    return list(TestID.objects.filter(set_aside_at__isnull=False).order_by("id").values_list("test_id", flat=True))


def test_many_are_set_aside_and_those_that_cannot_be_say_why(desk: Desk, oid: object) -> None:
    done, refused = claims.each(claims.set_aside, test_ids=[*IDS, "NONE"], actor=desk.actor, reason="for the fair")
    assert (done, refused) == (IDS[1:], {IDS[0]: "A request holds this test ID."})
    assert _aside() == IDS[1:]
    told = AuditEntry.objects.filter(verb="test_id.set_aside")
    assert sorted(told.values_list("test_id", "reason")) == [(one, "for the fair") for one in IDS[1:]]


def test_what_is_as_wished_already_is_no_news(desk: Desk, oid: object) -> None:
    assert claims.each(claims.take_back, test_ids=IDS, actor=desk.actor, reason="x") == ([], {})
    claims.set_aside(test_id=IDS[1], actor=desk.actor, reason="x")
    assert claims.each(claims.set_aside, test_ids=IDS[1:], actor=desk.actor, reason="x") == (IDS[2:], {})


def test_without_a_reason_nothing_is_done(desk: Desk, oid: object) -> None:
    with pytest.raises(ReasonNeeded):
        claims.each(claims.set_aside, test_ids=IDS, actor=desk.actor, reason=" ")
    assert _aside() == []


def test_one_that_was_given_up_can_be_set_aside_while_its_request_goes_on(desk: Desk, oid: object) -> None:
    claims.replace(oid=oid, actor=desk.actor, reason="broken")  # type: ignore[arg-type]
    claims.set_aside(test_id=IDS[0], actor=desk.actor, reason="broken")
    assert _aside() == IDS[:1]


def test_on_the_list(sam_browser: Client, desk: Desk, oid: object) -> None:
    asked = {"act": "set_aside", "ids": IDS, "reason": "for the fair", "back": "product=BUS-PLUS"}
    done = sam_browser.post("/inventory/ids/many/", asked, follow=True)
    assert done.redirect_chain == [("/inventory/ids/?product=BUS-PLUS", 302)]
    shown = done.content.decode()
    assert "2 test IDs are set aside." in shown
    assert "BUSPLUS0001: A request holds this test ID." in shown
    assert _aside() == IDS[1:]
    story = sam_browser.get(f"/inventory/ids/{IDS[1]}/").content.decode()
    assert "Set aside" in story
    assert "for the fair" in story
    sam_browser.post("/inventory/ids/many/", asked | {"act": "take_back"})
    assert (_aside(), row_of(IDS[1]).is_available) == ([], True)


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"reason": "x"}, "Nothing changed: tick test IDs first."), ({"ids": IDS}, "Say why: it is kept in the history.")],
)
def test_what_is_missing_is_said(sam_browser: Client, oid: object, asked: dict[str, object], words: str) -> None:
    done = sam_browser.post("/inventory/ids/many/", {"act": "set_aside", **asked}, follow=True)
    assert words in done.content.decode()
    assert _aside() == []


def test_an_act_that_is_none_is_refused(sam_browser: Client, oid: object) -> None:
    assert sam_browser.post("/inventory/ids/many/", {"act": "give", "ids": IDS, "reason": "x"}).status_code == 400
    assert sam_browser.get("/inventory/ids/many/").status_code == 405
