from __future__ import annotations

import json
import time
from uuid import uuid4

import pytest

from itep.client import Call, Outcome, Source
from tests.itep.sandboxes import Sandbox


def test_the_first_day_is_always_the_same(sandbox: Sandbox) -> None:
    products = sandbox.get("products")["products"]
    assert [(each["code"], each["available"]) for each in products] == [
        ("ACAD-PLUS", 40),
        ("ACAD-CORE", 12),
        ("BUS-PLUS", 8),
        ("SLATE-CORE", 15),
        ("HOSP", 0),
    ]
    assert products[0]["api_key"] == products[1]["api_key"]
    ids = sandbox.available()
    assert ids[0] == "123982B8AP"
    sandbox.post("reset")
    assert sandbox.available() == ids


def test_the_first_call(sandbox: Sandbox) -> None:
    oid = uuid4()
    answer = sandbox.call("123982B8AP", oid=oid, name="Zoë")
    assert (answer.outcome, answer.test_id, answer.password) == (Outcome.CONFIRMED, "123982B8AP", None)
    test = sandbox.test("123982B8AP")
    assert json.loads(test["assigned_to"]) == {
        "name": "Zoë",
        "email": "ana@example.org",
        "oid": str(oid),
        "external_id": "hr-7",
    }
    assert (test["status"], test["available"]) == ("Ready", False)
    assert sandbox.get("mails")["count"] == 0
    calls = sandbox.get(f"calls?oid={oid}")
    assert (calls["count"], calls["acted"], calls["calls"][0]["status"]) == (1, 1, 200)
    assert "sandbox-key" not in json.dumps(calls)


def test_the_second_call_mails_the_candidate(sandbox: Sandbox) -> None:
    test_id = sandbox.available("BUS-PLUS")[0]
    answer = sandbox.call(test_id, product="BUS-PLUS", key="sandbox-key-business", call=Call.ASSIGN_AND_SEND)
    password = sandbox.test(test_id)["password"]
    assert (answer.outcome, answer.password) == (Outcome.CONFIRMED, password)
    mails = sandbox.get("mails")["mails"]
    assert [(m["to"], m["name"], m["test_id"], m["password"]) for m in mails] == [
        ("ana@example.org", "Ana Silva", test_id, password)
    ]


def test_a_sale_makes_a_new_id_each_time(sandbox: Sandbox) -> None:
    oid, before = uuid4(), sandbox.get("tests")["count"]
    answers = [
        sandbox.call(None, oid=oid, product="HOSP", key="sandbox-key-hospitality", source=Source.SALE) for _ in range(2)
    ]
    assert [answer.outcome for answer in answers] == [Outcome.CONFIRMED] * 2
    assert answers[0].test_id != answers[1].test_id
    assert sandbox.get("tests")["count"] == before + 2


def test_without_an_id_it_picks_the_oldest(sandbox: Sandbox) -> None:
    ids = sandbox.available()
    assert [sandbox.call(None).test_id for _ in range(2)] == ids[:2]


@pytest.mark.parametrize(
    ("test_id", "product", "key", "outcome", "status"),
    [
        ("123982B8AP", "ACAD-PLUS", "wrong-key", Outcome.BAD_KEY, 401),
        ("123982B8AP", "ACAD-PLUS", "sandbox-key-slate", Outcome.BAD_KEY, 401),
        ("123982B8AP", "ACAD-CORE", "sandbox-key-academic", Outcome.REFUSED, 404),
        ("NONE", "ACAD-PLUS", "sandbox-key-academic", Outcome.REFUSED, 404),
        ("123982B8AP", "NONE", "sandbox-key-academic", Outcome.REFUSED, 404),
        (None, "HOSP", "sandbox-key-hospitality", Outcome.UNAVAILABLE, 409),
    ],
)
def test_refusals_change_nothing(
    sandbox: Sandbox, test_id: str | None, product: str, key: str, outcome: Outcome, status: int
) -> None:
    before = sandbox.get("tests")
    answer = sandbox.call(test_id, product=product, key=key)
    assert (answer.outcome, answer.status) == (outcome, status)
    assert answer.error
    assert sandbox.get("tests") == before
    assert sandbox.get("calls")["acted"] == 0


def test_an_id_is_given_once(sandbox: Sandbox) -> None:
    oid = uuid4()
    assert sandbox.call("123982B8AP", oid=oid).outcome is Outcome.CONFIRMED
    text = sandbox.test("123982B8AP")["assigned_to"]
    assert sandbox.call("123982B8AP", oid=oid).outcome is Outcome.UNAVAILABLE
    assert sandbox.call("123982B8AP").outcome is Outcome.UNAVAILABLE
    assert sandbox.test("123982B8AP")["assigned_to"] == text
    by_hand = next(t["test_id"] for t in sandbox.get("tests?status=ready")["tests"] if not t["available"])
    assert sandbox.call(by_hand).outcome is Outcome.UNAVAILABLE


def test_idempotent_only_if_told_so(sandbox: Sandbox) -> None:
    sandbox.post("settings", idempotent=True)
    oid = uuid4()
    sale = {"oid": oid, "product": "HOSP", "key": "sandbox-key-hospitality", "source": Source.SALE}
    sold = [sandbox.call(None, **sale).test_id for _ in range(3)]  # type: ignore[arg-type]
    assert len(set(sold)) == 1
    other = uuid4()
    answers = [sandbox.call("123982B8AP", oid=other) for _ in range(2)]
    assert [(a.outcome, a.test_id) for a in answers] == [(Outcome.CONFIRMED, "123982B8AP")] * 2
    assert sandbox.get("calls")["acted"] == 2
    assert sandbox.call("123982B8AP").outcome is Outcome.UNAVAILABLE


def test_a_new_key_replaces_the_old_one(sandbox: Sandbox) -> None:
    new = sandbox.post("products/ACAD-PLUS/key")["api_key"]
    assert sandbox.call("123982B8AP").outcome is Outcome.BAD_KEY
    assert sandbox.call("123982B8AP", key=new).outcome is Outcome.CONFIRMED


def test_each_fault_of_a_call(sandbox: Sandbox) -> None:
    ids = iter(sandbox.available())

    def with_fault(kind: str, **more: object) -> tuple[Outcome, int | None, int]:
        sandbox.post("faults", kind=kind, remaining=1, **more)
        before = sandbox.get("calls")["acted"]
        answer = sandbox.call(next(ids))
        return answer.outcome, answer.status, sandbox.get("calls")["acted"] - before

    assert with_fault("refuse") == (Outcome.REFUSED, 422, 0)
    assert with_fault("refuse", status=418) == (Outcome.UNKNOWN, 418, 0)
    assert with_fault("bad_key") == (Outcome.BAD_KEY, 401, 0)
    assert with_fault("busy", seconds=3) == (Outcome.RETRY, 429, 0)
    assert with_fault("fail_before") == (Outcome.UNKNOWN, None, 0)
    assert with_fault("fail_before", status=500) == (Outcome.UNKNOWN, 500, 0)
    assert with_fault("fail_before", status=503) == (Outcome.RETRY, 503, 0)
    assert with_fault("fail_after") == (Outcome.UNKNOWN, None, 1)
    assert with_fault("fail_after", status=500) == (Outcome.UNKNOWN, 500, 1)
    assert with_fault("go_away") == (Outcome.UNKNOWN, None, 0)
    assert with_fault("other_id") == (Outcome.CONFIRMED, 200, 1)
    assert sandbox.get("faults")["faults"] == []
    assert sandbox.call(next(ids)).outcome is Outcome.CONFIRMED


def test_another_id_is_really_another(sandbox: Sandbox) -> None:
    sandbox.post("faults", kind="other_id", remaining=1)
    answer = sandbox.call("123982B8AP")
    assert answer.test_id not in (None, "123982B8AP")
    assert sandbox.test("123982B8AP")["available"]
    assert not sandbox.test(str(answer.test_id))["available"]


def test_a_slow_call_acts_all_the_same(sandbox: Sandbox) -> None:
    sandbox.post("faults", kind="slow", seconds=1.0, remaining=1)
    assert sandbox.call("123982B8AP", deadline=0.4).outcome is Outcome.UNKNOWN
    until = time.monotonic() + 15
    while sandbox.get("calls")["acted"] < 1 and time.monotonic() < until:
        time.sleep(0.1)
    assert not sandbox.test("123982B8AP")["available"]
    sandbox.post("faults", kind="slow", seconds=0.5, remaining=1)
    late = sandbox.call(sandbox.available()[0])
    assert late.outcome is Outcome.CONFIRMED
    assert late.seconds >= 0.5


def test_a_fault_lasts_until_cleared_and_can_mean_one_call_only(sandbox: Sandbox) -> None:
    key = sandbox.post("faults", kind="refuse", call="assign_and_send")["key"]
    ids = sandbox.available()
    assert sandbox.call(ids[0]).outcome is Outcome.CONFIRMED
    for _ in range(3):
        assert sandbox.call(ids[1], call=Call.ASSIGN_AND_SEND).outcome is Outcome.REFUSED
    assert sandbox.delete(f"faults/{key}")["cleared"] == [key]
    assert sandbox.call(ids[1], call=Call.ASSIGN_AND_SEND).outcome is Outcome.CONFIRMED
