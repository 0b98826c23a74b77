"""Calls are paused and resumed, for a product or for all: who, since when, why, and what goes on meanwhile."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, User
from inventory import pauses, products
from inventory.errors import ClaimMoved, ReasonNeeded
from inventory.models import AllCalls, ClaimState, Product
from itep.client import Outcome
from tests.conftest import stock
from tests.inventory.conftest import Desk, claim_of, told_to_settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_ada(ada: User) -> Actor:
    return Actor.person(ada)


def test_while_all_calls_are_paused_ids_are_reserved_and_none_is_called(desk: Desk, by_ada: Actor) -> None:
    stock(desk.product, 2)
    before = desk.open()
    assert pauses.pause_all(because=" iTEP moves house ", actor=by_ada) is True
    later = desk.open()
    for oid in (before, later):
        with pytest.raises(ClaimMoved) as refused:
            desk.begin(oid)
        assert (refused.value.why, claim_of(oid).state) == ("All calls are paused.", ClaimState.RESERVED)
    found = pauses.stopped()
    assert found is not None
    assert (found.because, found.by, found.waiting) == ("iTEP moves house", "Ada Admin", 2)
    told = AuditEntry.objects.get(verb="calls.paused")
    assert (told.user, told.reason, told.subject) == (by_ada.user, "iTEP moves house", "all calls")


def test_resumed_every_call_that_waited_is_looked_at_in_order(desk: Desk, by_ada: Actor) -> None:
    stock(desk.product, 2)
    oids = [desk.open(), desk.open()]
    pauses.pause_all(because="why", actor=by_ada)
    assert pauses.resume_all(actor=by_ada) is True
    assert [told_to_settle(oid) for oid in oids] == [1, 1]
    assert pauses.stopped() is None
    assert desk.begin(oids[0]) == 1
    assert AuditEntry.objects.filter(verb="calls.resumed", user=by_ada.user).count() == 1


def test_twice_is_once(by_ada: Actor) -> None:
    assert pauses.resume_all(actor=by_ada) is False
    assert pauses.pause_all(because="first", actor=by_ada) is True
    assert pauses.pause_all(because="second", actor=by_ada) is False
    assert pauses.of_all_calls().paused_because == "first"
    assert AuditEntry.objects.filter(verb__startswith="calls.").count() == 1


def test_a_pause_says_why(by_ada: Actor) -> None:
    with pytest.raises(ReasonNeeded):
        pauses.pause_all(because="  ", actor=by_ada)
    assert not AllCalls.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        AllCalls.objects.create(paused_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        AllCalls.objects.create(id=2)


def test_a_products_own_pause_outlives_that_of_all(desk: Desk, by_ada: Actor) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    products.pause(product=desk.product, because="its key", actor=by_ada)
    pauses.pause_all(because="why", actor=by_ada)
    pauses.resume_all(actor=by_ada)
    with pytest.raises(ClaimMoved, match="This product is paused"):
        desk.begin(oid)
    assert told_to_settle(oid) == 0
    paused = Product.objects.get(pk=desk.product.pk)
    assert (paused.paused_by, paused.paused_because) == (by_ada.user, "its key")
    products.resume(product=paused, actor=by_ada)
    assert Product.objects.get(pk=desk.product.pk).paused_by is None


def test_an_unknown_call_that_could_be_repeated_is_looked_at_again(desk: Desk, by_ada: Actor) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CALLING)
    desk.answer(oid, Outcome.UNKNOWN)
    pauses.pause_all(because="why", actor=by_ada)
    pauses.resume_all(actor=by_ada)
    assert told_to_settle(oid) == 1


def test_an_answer_is_recorded_while_calls_are_paused(desk: Desk, by_ada: Actor) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.CALLING)
    pauses.pause_all(because="why", actor=by_ada)
    desk.answer(oid, Outcome.CONFIRMED)
    assert claim_of(oid).state == ClaimState.CONFIRMED


def test_every_page_says_it_and_administrators_resume(ada_browser: Client, sam_browser: Client, desk: Desk) -> None:
    stock(desk.product, 1)
    desk.open()
    assert sam_browser.post("/inventory/calls/", {"act": "pause", "reason": "x"}).status_code == 403
    ada_browser.post("/inventory/calls/", {"act": "pause", "reason": "iTEP moves <house>"})
    for address in ("/", "/candidates/", "/inventory/calls/"):
        page = sam_browser.get(address).content.decode()
        assert "No calls are made to iTEP." in page
        assert "Ada Admin: iTEP moves &lt;house&gt;" in page
        assert "1 call waits." in page
        assert ">Resume<" not in page
    assert ">Resume<" in ada_browser.get("/").content.decode()
    ada_browser.post("/inventory/calls/", {"act": "resume"})
    assert "No calls are made to iTEP." not in sam_browser.get("/").content.decode()


def test_one_product_is_paused_on_the_same_page(ada_browser: Client, desk: Desk) -> None:
    code = desk.product.code
    page = ada_browser.post("/inventory/calls/", {"act": "pause", "product": code, "reason": ""}, follow=True)
    assert "Say why: everybody reads it" in page.content.decode()
    assert Product.objects.get(code=code).paused_at is None
    ada_browser.post("/inventory/calls/", {"act": "pause", "product": code, "reason": "its key"})
    assert Product.objects.get(code=code).paused_because == "its key"
    assert "its key" in ada_browser.get("/inventory/calls/").content.decode()
    ada_browser.post("/inventory/calls/", {"act": "resume", "product": code})
    assert Product.objects.get(code=code).paused_at is None


@pytest.mark.parametrize(("asked", "status"), [({"act": "stop"}, 400), ({"act": "pause", "product": "NONE"}, 404)])
def test_what_makes_no_sense_changes_nothing(ada_browser: Client, asked: dict[str, str], status: int) -> None:
    assert ada_browser.post("/inventory/calls/", asked).status_code == status
    assert not AllCalls.objects.exists()


def test_at_the_command_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pause_calls", because="iTEP moves house")
    call_command("pause_calls", because="once more")
    call_command("pause_calls", desk.product.code, because="its key")
    assert pauses.why_none_at_all() == "iTEP moves house"
    assert Product.objects.get(pk=desk.product.pk).paused_because == "its key"
    call_command("pause_calls", resume=True)
    call_command("pause_calls", desk.product.code, resume=True)
    assert (pauses.stopped(), Product.objects.get(pk=desk.product.pk).paused_at) == (None, None)
    assert capsys.readouterr().out.splitlines() == [
        "Calls are paused.",
        "Calls are paused already.",
        "Calls are paused for BUS-PLUS.",
        "Calls go on.",
        "Calls go on for BUS-PLUS.",
    ]
    assert set(AuditEntry.objects.filter(verb__contains="paused").values_list("by", flat=True)) == {"pause_calls"}


@pytest.mark.parametrize("asked", [[], ["NONE", "--because", "x"]])
def test_at_the_command_line_what_is_missing_is_said(db: None, asked: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("pause_calls", *asked)
    assert pauses.stopped() is None
