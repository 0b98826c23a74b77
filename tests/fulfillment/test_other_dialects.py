"""Two dialects unlike the default in every key, each against an iTEP that was written from their text alone."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from fulfillment import calling, settling
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest
from fulfillment.models import Fulfillment, State
from inventory.models import Delivery, Product, Source, TestID
from itep.dialect import load
from outbox.models import Attempt, Entry, EntryState
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.dialect_texts import FORM, PICKS
from tests.fulfillment.itep_from_text import ItepFromText
from tests.fulfillment.pretend_itep import PretendItep
from tests.itep.test_every_key import DEFAULT

pytestmark = pytest.mark.django_db

KEY = "k&y=ü/1"
ANA = Candidate("Aña & Søn <b>", "ana+1@example.org", "hr/77")


@pytest.fixture
def speak(settings: Settings, tmp_path: Path) -> Iterator[Callable[[str], ItepFromText]]:
    """The portal, and an iTEP, speak the dialect of a text."""
    started: list[ItepFromText] = []

    def start(text: str) -> ItepFromText:
        file = tmp_path / "itep.toml"
        file.write_text(text, encoding="utf-8")
        itep = ItepFromText(file, KEY, {"BUS-PLUS": [f"BUSPLUS{n:04}" for n in range(1, 7)]})
        settings.ITEP_BASE_URL, settings.ITEP_DIALECT = itep.url, load(file)
        started.append(itep)
        return itep

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def product(called: Product) -> Product:
    called.set_api_key(KEY)
    called.save()
    stock(called, 6)
    return called


def id_of(one: Fulfillment) -> TestID:
    held = settling.held_by(fresh(one))
    assert held is not None
    return held


def test_both_are_unlike_the_default_in_every_key() -> None:
    default = tomllib.loads(DEFAULT)
    allowed = {"picks": {"encoding", "tracking_code"}, "form": {"test_id"}}  # each of them differs in the other one
    for name, text in (("form", FORM), ("picks", PICKS)):
        same = {key for key, value in _leaves(tomllib.loads(text)) if dict(_leaves(default))[key] == value}
        assert {key.rpartition(".")[2] for key in same} <= allowed[name], same


@pytest.mark.parametrize("delivery", [Delivery.PORTAL, Delivery.ITEP])
def test_a_form_both_calls_from_the_inventory(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give, delivery: Delivery
) -> None:
    TestID.objects.update(tracking_code="T&1")
    itep = speak(FORM)
    one = give_test(product, ANA, delivery=delivery)
    work()
    assert (itep.wrong, itep.received) == ([], 1)
    [taken] = itep.taken
    assert (taken.call, taken.source) == ("assign_and_send" if delivery == Delivery.ITEP else "assign", "inventory")
    assert (taken.asked_for, taken.oid, taken.tracking_code) == ("BUSPLUS0001", str(one.oid), "T&1")
    who = {"Full Name": ANA.name, "E-Mail": ANA.email, "ref": str(one.oid), "number": "hr/77"}
    assert taken.assigned_to == who
    assert (fresh(one).state, id_of(one).test_id, id_of(one).password) == (
        State.SENT,
        "BUSPLUS0001",
        "pin-of-BUSPLUS0001",
    )
    assert len(mail.outbox) == (0 if delivery == Delivery.ITEP else 1)
    kept = Attempt.objects.get(entry__kind="fulfillment.call")
    assert not any(secret in kept.request + kept.answer for secret in (KEY, "k%26y", "pin-of"))


@pytest.mark.parametrize("text", [FORM, PICKS], ids=["form", "picks"])
@pytest.mark.parametrize("delivery", [Delivery.PORTAL, Delivery.ITEP])
def test_both_calls_from_a_sale(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give, text: str, delivery: Delivery
) -> None:
    Product.objects.update(source=Source.SALE)
    product.refresh_from_db()
    itep = speak(text)
    one = give_test(product, ANA, delivery=delivery)
    work()
    assert itep.wrong == []
    assert [(taken.source, taken.asked_for, taken.oid) for taken in itep.taken] == [("sale", None, str(one.oid))]
    assert (fresh(one).state, id_of(one).test_id) == (State.SENT, "SOLD0")


@pytest.mark.parametrize("delivery", [Delivery.PORTAL, Delivery.ITEP])
def test_itep_picks(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give, delivery: Delivery
) -> None:
    itep = speak(PICKS)
    itep.stock["BUS-PLUS"] = ["BUSPLUS0004", "NEVER-SEEN"]
    ones = [give_test(product, ANA, delivery=delivery, allow_duplicate=True) for _ in range(2)]
    while work():
        pass
    assert itep.wrong == []
    assert [id_of(one).test_id for one in ones] == ["BUSPLUS0004", "NEVER-SEEN"]
    assert [(taken.oid, taken.assigned_to) for taken in itep.taken] == [
        (str(one.oid), {"n": ANA.name, "x": "hr/77"}) for one in ones
    ]
    assert {fresh(one).state for one in ones} == {State.SENT}


@pytest.mark.parametrize("text", [FORM, PICKS], ids=["form", "picks"])
@pytest.mark.parametrize(
    ("outcome", "state", "entry", "paused"),
    [
        ("refused", State.FAILED, EntryState.DEAD, False),
        ("bad_key", State.CLAIMED, EntryState.DONE, True),
        ("retry", State.CLAIMED, EntryState.PENDING, False),
    ],
)
def test_each_refusal_by_the_lists_and_the_error_path(
    speak: Callable[[str], ItepFromText],
    product: Product,
    give_test: Give,
    text: str,
    outcome: str,
    state: State,
    entry: EntryState,
    paused: bool,
) -> None:
    itep = speak(text)
    itep.refuse_next.append(outcome)
    one = give_test(product, ANA)
    work()
    product.refresh_from_db()
    assert (itep.wrong, fresh(one).state, Entry.objects.get(kind="fulfillment.call").state) == ([], state, entry)
    assert product.paused_at is not None if paused else product.paused_at is None
    kept = Attempt.objects.get()
    assert (kept.status, kept.said) == (itep.text["outcomes"][outcome][-1], f"You said: {outcome}.")


def test_unavailable_takes_the_next(speak: Callable[[str], ItepFromText], product: Product, give_test: Give) -> None:
    itep = speak(FORM)
    itep.refuse_next.append("unavailable")
    one = give_test(product, ANA)
    work()
    assert (itep.wrong, id_of(one).test_id) == ([], "BUSPLUS0002")


def test_any_other_status_is_unknown_and_goes_again_only_where_calls_are_idempotent(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give
) -> None:
    itep = speak(FORM)
    itep.text["outcomes"]["odd"] = [200]  # a success of the default, and of no list of this dialect
    itep.refuse_next.append("odd")
    one = give_test(product, ANA)
    work()
    assert (fresh(one).state, Entry.objects.get().state) == (State.UNKNOWN, EntryState.PENDING)
    Entry.objects.update(due_at=fresh(one).created_at)
    work()
    assert (itep.wrong, fresh(one).state, [taken.asked_for for taken in itep.taken]) == (
        [],
        State.SENT,
        ["BUSPLUS0001"],
    )

    speak(FORM.replace("idempotent = true", "idempotent = false")).refuse_next.append("success")
    assert settling.may_repeat(fresh(one).claim) is False


def test_too_long_an_assigned_to_is_refused_before_anything_is_reserved(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give
) -> None:
    itep = speak(FORM)
    with pytest.raises(BadRequest, match="iTEP takes at most 300"):
        give_test(product, Candidate("Å" * 120, "ana@example.org", "hr-77"))
    assert (Fulfillment.objects.count(), TestID.objects.available().count(), itep.received) == (0, 6, 0)


def test_the_pace_and_the_time_out_are_the_dialects(
    speak: Callable[[str], ItepFromText], product: Product, give_test: Give
) -> None:
    speak(FORM)
    one = give_test(product, ANA)
    entry = Entry.objects.get(oid=one.oid)
    assert (calling.pace(entry).per_second, calling.outgoing().lease_seconds) == (0, 17)  # type: ignore[union-attr]
    speak(PICKS)
    assert (calling.pace(entry).per_second, calling.outgoing().lease_seconds) == (50, 18)  # type: ignore[union-attr]


def test_a_call_ends_at_the_dialects_time_out(
    itep: PretendItep, called: Product, give_test: Give, settings: Settings, tmp_path: Path, monkeypatch: Any
) -> None:
    """Silence is measured with the deadline that `perform` gives on, not with a sleep."""
    given: list[float] = []
    monkeypatch.setattr("fulfillment.calling.client.send", lambda dialect, prepared, seconds: given.append(seconds))
    (tmp_path / "itep.toml").write_text("[behavior]\ntimeout_seconds = 7.5\n")
    settings.ITEP_DIALECT = load(tmp_path / "itep.toml")
    stock(called, 1)
    give_test(called)
    began = time.monotonic()
    work()
    assert (given, time.monotonic() - began < 5) == ([7.5], True)


def _leaves(found: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_the_server_refuses_what_does_not_come_as_the_text_says(tmp_path: Path) -> None:
    """The control: it is no server that says yes to everything."""
    (tmp_path / "d.toml").write_text(PICKS)
    itep = ItepFromText(tmp_path / "d.toml", KEY, {"P": ["X1"]})
    record = json.dumps({"n": "Ana", "x": "1"})
    right = {"licence": f"L-{KEY}", "p": "P", "s": "1", "o": str(UUID(int=1)), "a": record}
    wrongs: list[dict[str, Any]] = [
        right | {"licence": KEY},
        right | {"s": "inventory"},
        right | {"test_id": "X1"},
        right | {"a": {"n": "Ana", "x": "1"}},
        right | {"a": json.dumps({"n": "Ana"})},
        right | {"a": json.dumps({"n": "A" * 200, "x": "1"})},
    ]
    headers = {"content-type": "application/json"}
    for wrong in wrongs:
        assert itep.answer("PATCH", "/base/picks", dict(headers), json.dumps(wrong).encode())[0] == 599, wrong
    assert itep.answer("POST", "/base/picks", dict(headers), json.dumps(right).encode())[0] == 599
    assert (len(itep.wrong), itep.taken) == (7, [])
    assert itep.answer("PATCH", "/base/picks", dict(headers), json.dumps(right).encode())[0] == 203
    itep.stop()
