"""One act on many tests: looked at first, done by the worker, each outcome kept, nothing twice."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import acts, bulk_acts
from fulfillment.bulk_acts import CannotBegin
from fulfillment.candidates import Candidate
from fulfillment.models import BulkAct, BulkRow, BulkState, Fulfillment, State
from inventory.models import Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(academic: Product, give_test: Give) -> list[Fulfillment]:
    """Reserved ones, to be done by hand; the last is cancelled already."""
    stock(academic, 4)
    given = [give_test(academic, Candidate(f"Person {n}", f"p{n}@example.org", f"hr-{n}")) for n in range(4)]
    acts.cancel(oid=given[3].oid, actor=Actor.system("test"), reason="not needed")
    return given


def begun(browser: Client, act: str = "cancel", **more: object) -> BulkAct:
    response = browser.post("/candidates/many/", {"act": act, **more})
    bulk = BulkAct.objects.get()
    assert response["Location"] == f"/candidates/many/{bulk.pk}/"
    return bulk


def states() -> list[str]:
    return list(BulkRow.objects.order_by("fulfillment_id").values_list("state", flat=True))


def test_it_says_first_for_which_it_can_be_done_and_why_not(four: list[Fulfillment], sam_browser: Client) -> None:
    bulk = begun(sam_browser, row=[str(one.oid) for one in four[1:]])
    assert states() == ["possible", "possible", "blocked"]
    page = sam_browser.get(f"/candidates/many/{bulk.pk}/")
    shown = page.content.decode()
    assert page.context["reasons"] == [("It is cancelled already.", 1)]
    assert ("It is cancelled already." in shown, "hx-trigger" in shown, "required" in shown) == (True, False, True)
    assert [one.name for one in Fulfillment.objects.filter(state=State.CANCELLED)] == ["Person 3"]
    assert not Entry.objects.filter(kind=bulk_acts.KIND).exists()


def test_after_the_yes_the_worker_does_it_and_keeps_each_outcome(
    four: list[Fulfillment], sam_browser: Client, sam: User
) -> None:
    bulk = begun(sam_browser, row=[str(one.oid) for one in four])
    sam_browser.post(f"/candidates/many/{bulk.pk}/confirm/", {"reason": "The course is off"})
    assert 'hx-trigger="every 2s"' in sam_browser.get(f"/candidates/many/{bulk.pk}/").content.decode()
    work()
    assert states() == ["done", "done", "done", "blocked"]
    assert (Fulfillment.objects.filter(state=State.CANCELLED).count(), TestID.objects.available().count()) == (4, 4)
    told = AuditEntry.objects.filter(verb="fulfillment.cancel_asked", user=sam)
    assert list(told.values_list("reason", flat=True)) == ["The course is off"] * 3
    page = sam_browser.get(f"/candidates/many/{bulk.pk}/").content.decode()
    assert ("hx-trigger" in page, "The course is off" in page) == (False, True)


def test_all_that_is_found_and_not_only_this_page(four: list[Fulfillment], sam_browser: Client) -> None:
    begun(sam_browser, all="1", query="q=person&state=claimed", row=str(four[3].oid))
    assert BulkRow.objects.count() == 3
    assert set(BulkRow.objects.values_list("fulfillment", flat=True)) == {one.pk for one in four[:3]}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"act": "cancel"}, "Choose at least one."),
        ({"act": "cancel", "row": ["nonsense"]}, "Choose at least one."),
        ({"act": "delete", "all": "1"}, "Say what to do with them."),
        ({"act": "resend", "all": "1"}, "At most 2 at once; these are 3. Filter further."),
    ],
)
def test_what_cannot_begin_says_why_and_keeps_the_list(
    four: list[Fulfillment], sam_browser: Client, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], why: str
) -> None:
    monkeypatch.setattr(bulk_acts, "MOST", 2)
    response = sam_browser.post("/candidates/many/", {**asked, "query": "q=person"}, follow=True)
    assert response.redirect_chain == [("/candidates/?q=person", 302)]
    assert (why in response.content.decode(), BulkAct.objects.count(), BulkRow.objects.count()) == (True, 0, 0)


def test_a_yes_without_a_needed_reason_changes_nothing(four: list[Fulfillment], sam_browser: Client) -> None:
    bulk = begun(sam_browser, row=[str(four[0].oid)])
    response = sam_browser.post(f"/candidates/many/{bulk.pk}/confirm/", {"reason": "  "})
    assert (response.status_code, "Say why" in response.content.decode()) == (409, True)
    bulk.refresh_from_db()
    assert (bulk.confirmed_at, Entry.objects.filter(kind=bulk_acts.KIND).count()) == (None, 0)


def test_where_none_can_be_done_there_is_no_yes(four: list[Fulfillment], sam_browser: Client) -> None:
    bulk = begun(sam_browser, "resend", row=[str(four[0].oid)])
    assert 'id="confirm"' not in sam_browser.get(f"/candidates/many/{bulk.pk}/").content.decode()
    assert sam_browser.post(f"/candidates/many/{bulk.pk}/confirm/").status_code == 409
    assert Entry.objects.filter(kind=bulk_acts.KIND).count() == 0


def test_what_is_no_longer_possible_is_said_at_its_row_and_the_rest_goes_on(
    four: list[Fulfillment], sam_browser: Client
) -> None:
    bulk = begun(sam_browser, row=[str(one.oid) for one in four[:3]])
    sam_browser.post(f"/candidates/many/{bulk.pk}/confirm/", {"reason": "off"})
    acts.cancel(oid=four[1].oid, actor=Actor.system("test"), reason="meanwhile")
    work()
    assert states() == ["done", "refused", "done"]
    assert BulkRow.objects.get(state=BulkState.REFUSED).note == "It is cancelled already."


def test_many_are_looked_at_by_the_worker_in_turns(
    four: list[Fulfillment], sam_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_acts, "LOOKED_AT_ONCE", 3)
    bulk = begun(sam_browser, all="1")
    assert states() == ["new"] * 4
    assert sam_browser.post(f"/candidates/many/{bulk.pk}/confirm/", {"reason": "off"}).status_code == 409
    assert 'hx-trigger="every 2s"' in sam_browser.get(f"/candidates/many/{bulk.pk}/").content.decode()
    work()
    assert states() == ["possible", "possible", "possible", "blocked"]


def test_run_again_after_a_crash_nothing_is_done_twice(
    four: list[Fulfillment], by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker ends in the second turn: its row is rolled back, and the first turn's are not done again."""
    monkeypatch.setattr(bulk_acts, "DONE_AT_ONCE", 1)
    bulk = bulk_acts.draft(act="cancel", chosen=[one.pk for one in four[:3]], actor=by_sam)
    bulk_acts.confirm(bulk_id=bulk.pk, actor=by_sam, reason="off")
    bulk_acts.confirm(bulk_id=bulk.pk, actor=by_sam, reason="off, again")  # and a second click
    entry = Entry.objects.get(kind=bulk_acts.KIND)
    assert bulk_acts.run(entry) is not None
    with monkeypatch.context() as broken:
        broken.setattr("fulfillment.acts.settling.settle", _killed)
        with pytest.raises(MemoryError):
            bulk_acts.run(entry)
    assert states() == ["done", "possible", "possible"]
    while bulk_acts.run(entry) is not None:
        pass
    assert states() == ["done"] * 3
    told = AuditEntry.objects.filter(verb="fulfillment.cancel_asked").order_by("id")
    assert list(told.values_list("reason", flat=True)) == ["not needed", "off", "off", "off"]
    assert AuditEntry.objects.filter(verb="bulk.confirmed").count() == 1


def _killed(**_asked: object) -> None:
    raise MemoryError


def test_sending_again_writes_a_mail_to_each(academic: Product, give_test: Give, by_sam: Actor) -> None:
    stock(academic, 2)
    given = [give_test(academic, Candidate(f"Person {n}", f"p{n}@example.org")) for n in range(2)]
    for one in given:
        acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    work()
    bulk = bulk_acts.draft(act="resend", chosen=[one.pk for one in given], actor=by_sam)
    bulk_acts.confirm(bulk_id=bulk.pk, actor=by_sam, reason="")
    work()
    assert (states(), len(mail.outbox), fresh(given[0]).state) == (["done"] * 2, 4, State.SENT)


def test_every_act_has_a_rule_and_a_reason_is_asked_where_it_undoes(by_sam: Actor) -> None:
    assert [(one.name, one.reason_needed) for one in bulk_acts.ACTS.values()] == [
        ("resend", False),
        ("remind", False),
        ("call_again", False),
        ("cancel", True),
    ]
    with pytest.raises(CannotBegin):
        bulk_acts.draft(act="cancel", chosen=[], actor=by_sam)


def test_only_staff(four: list[Fulfillment], sam_browser: Client, nobody: User) -> None:
    bulk = begun(sam_browser, row=[str(four[0].oid)])
    stranger = Client()
    stranger.force_login(nobody)
    assert stranger.get(f"/candidates/many/{bulk.pk}/").status_code == 403
    assert stranger.post("/candidates/many/", {"act": "cancel", "all": "1"}).status_code == 403
    assert stranger.post(f"/candidates/many/{bulk.pk}/confirm/", {"reason": "x"}).status_code == 403
    assert sam_browser.get("/candidates/many/4711/").status_code == 404
    assert BulkAct.objects.filter(confirmed_at=None).count() == 1
