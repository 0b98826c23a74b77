"""iTEP refuses a key, one ID after another, or wants fewer calls: one alarm, and everybody holds back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import User
from fulfillment.models import State
from inventory import products
from inventory.models import Product
from outbox import alarms
from outbox.locks import seconds_from_now
from outbox.models import Entry, Pace
from portal.today import needs
from tests.conftest import stock
from tests.fulfillment.call_world import people, three_with_one_key, while_the_call_runs
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


def test_a_bad_key_is_one_alarm_and_not_a_failure_each(
    itep: PretendItep, called: Product, give_test: Give, ada: User, by_sam: Actor
) -> None:
    sharing = three_with_one_key()
    stock(called, 1)
    given = [give_test(sharing[n % 3], person) for n, person in enumerate(people(48))]
    other = give_test(called)
    itep.replies.append(Reply(status=401))
    while work():
        pass

    assert [asked["key"] for asked in itep.asked] == ["one-key-for-all", "key-of-business"]
    assert Product.objects.filter(paused_at__isnull=False).values_list("code", flat=True).count() == 3
    assert {fresh(one).state for one in given} == {State.CLAIMED}
    assert fresh(other).state == State.SENT
    told = [letter for letter in mail.outbox if letter.to == ["ada@example.org"]]
    assert [letter.subject for letter in told] == ["No calls to iTEP for 3 products"]
    assert all(code in told[0].body for code in ("\n  A", "\n  B", "\n  C", "48 requests wait"))
    assert Entry.objects.filter(kind=alarms.KIND).count() == 1
    assert len([need for need in needs.needs(timezone.localdate()) if "is paused" in need.what]) == 3

    for product in sharing:
        products.create_or_change(code=product.code, actor=by_sam, change={"api_key": "right-key"})
        products.resume(product=product, actor=by_sam)
    while work():
        pass
    asked = [one for one in itep.asked if one["key"] == "right-key"]
    for product in sharing:
        mine = [one["test_id"] for one in asked if one["product_code"] == product.code]
        assert mine == [f"{product.code}{n:04}" for n in range(1, 17)]
    assert {fresh(one).state for one in given} == {State.SENT}


def test_a_refusal_of_the_old_key_does_not_pause_the_new_one(
    itep: PretendItep,
    called: Product,
    give_test: Give,
    ada: User,
    by_sam: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stock(called, 1)
    one = give_test(called)

    def change_it() -> None:
        products.create_or_change(code=called.code, actor=by_sam, change={"api_key": "new-key"})

    itep.replies.append(Reply(status=401))
    while_the_call_runs(monkeypatch, change_it)
    while work():
        pass
    called.refresh_from_db()
    assert (called.paused_at, fresh(one).state) == (None, State.SENT)
    assert [asked["key"] for asked in itep.asked] == ["key-of-business", "new-key"]
    assert Entry.objects.filter(kind=alarms.KIND).count() == 0


def test_ten_refusals_in_a_row_pause_a_product_with_one_alarm(
    itep: PretendItep, called: Product, give_test: Give, ada: User
) -> None:
    stock(called, 30)
    itep.replies.extend([Reply(status=409)] * 40)
    for person in people(6):
        give_test(called, person)
    while work():
        pass
    called.refresh_from_db()
    assert (called.paused_at is not None, len(itep.asked)) == (True, 10)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    assert mail.outbox[0].subject == "No calls to iTEP for iTEP Business-Plus"
    assert "10 test IDs in a row" in mail.outbox[0].body


def test_nine_and_one_that_is_had_pause_nothing(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 30)
    refused = [Reply(status=409)] * 4 + [Reply(body={})]
    itep.replies.extend(refused * 3)
    for person in people(3):
        give_test(called, person)
        while work():
            pass
    called.refresh_from_db()
    assert (called.paused_at, len(itep.asked), len(mail.outbox)) == (None, 15, 3)


# Fewer calls, please.


@pytest.mark.parametrize("shape", ["seconds", "date", "nothing"])
def test_too_many_holds_back_every_call_with_that_key(
    itep: PretendItep, called: Product, give_test: Give, shape: str
) -> None:
    sharing = three_with_one_key()[:2]
    stock(called, 1)
    wish = {"seconds": "120", "date": _http_date(timezone.now() + timedelta(seconds=120)), "nothing": None}[shape]
    itep.replies.append(Reply(status=429, headers={"Retry-After": wish} if wish else {}))
    given = [give_test(sharing[n % 2], person) for n, person in enumerate(people(6))]
    other = give_test(called)
    work()
    assert [asked["key"] for asked in itep.asked] == ["one-key-for-all", "key-of-business"]
    assert ({fresh(one).state for one in given}, fresh(other).state) == ({State.CLAIMED}, State.SENT)
    until = Pace.objects.order_by("next_at").last()
    assert until is not None
    expected = 10 if shape == "nothing" else 120
    assert expected - 5 < (until.next_at - timezone.now()).total_seconds() <= expected + 1
    assert set(Entry.objects.filter(state="pending").values_list("pace", "tries")) == {(until.name, 0)}
    assert work() == 0

    Pace.objects.update(next_at=seconds_from_now(-1))
    while work():
        pass
    assert {fresh(one).state for one in given} == {State.SENT}
    assert [one["test_id"] for one in itep.asked[2:]] == ["A0001", "B0001", "A0002", "B0002", "A0003", "B0003"]


def _http_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
