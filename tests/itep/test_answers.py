from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from itep.client import Outcome, Source, judge
from itep.dialect import Dialect, Outcomes, RequestNames, ResponsePaths
from tests.itep.calls import KEY, request

ASKED = "123982B8AP"
DEFAULT = Dialect()


@pytest.mark.parametrize(
    ("body", "outcome", "test_id"),
    [
        ({"test_id": " 123982b8ap "}, Outcome.CONFIRMED, ASKED),
        ({"test_id": "OTHER1"}, Outcome.CONFIRMED, "OTHER1"),
        ({"test_id": 4711}, Outcome.CONFIRMED, "4711"),
        ({}, Outcome.CONFIRMED, ASKED),
        ({"test_id": ""}, Outcome.CONFIRMED, ASKED),
        ({"test_id": None, "error": None}, Outcome.CONFIRMED, ASKED),
        ({"error": {"message": ""}}, Outcome.CONFIRMED, ASKED),
        ([], Outcome.CONFIRMED, ASKED),
        ("OK", Outcome.CONFIRMED, ASKED),
        ({"error": {"message": "no"}}, Outcome.REFUSED, None),
        ({"error": {"message": "no"}, "test_id": ASKED}, Outcome.UNKNOWN, None),
        ({"test_id": "x" * 65}, Outcome.UNKNOWN, None),
        ({"test_id": {"id": 1}}, Outcome.UNKNOWN, None),
        ({"test_id": True}, Outcome.UNKNOWN, None),
        ({"test_id": 1.5}, Outcome.UNKNOWN, None),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_success(status: int, body: Any, outcome: Outcome, test_id: str | None) -> None:
    answer = judge(DEFAULT, request(), status, json.dumps(body).encode())
    assert (answer.outcome, answer.test_id, answer.status) == (outcome, test_id, status)


def test_an_empty_answer_confirms_what_was_asked() -> None:
    assert judge(DEFAULT, request(), 200, b" ").test_id == ASKED


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b'{"test_id": "123', b"\xff\xfe\x00", b"OK"])
def test_a_success_that_cannot_be_read_is_unknown(body: bytes) -> None:
    answer = judge(DEFAULT, request(), 200, body)
    assert (answer.outcome, answer.test_id) == (Outcome.UNKNOWN, None)


def test_a_success_that_broke_off_is_unknown() -> None:
    assert judge(DEFAULT, request(), 200, b"", complete=False).outcome is Outcome.UNKNOWN
    assert judge(DEFAULT, request(), 200, b'{"test_id": "1"}', complete=False).outcome is Outcome.UNKNOWN


def test_a_dialect_whose_answers_say_nothing() -> None:
    mute = Dialect(response=ResponsePaths(test_id="", password="", error=""))
    assert judge(mute, request(), 200, b"<html>").test_id == ASKED


@pytest.mark.parametrize("body", [b"{}", b""])
def test_success_without_an_id_when_none_was_asked_for_is_unknown(body: bytes) -> None:
    sale = request(test_id=None, source=Source.SALE)
    assert judge(DEFAULT, sale, 201, body).outcome is Outcome.UNKNOWN
    assert judge(DEFAULT, sale, 201, b'{"test_id": "N1"}').test_id == "N1"
    picks = Dialect(request=RequestNames(test_id=""))
    assert judge(picks, request(), 200, body).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (409, Outcome.UNAVAILABLE),
        (401, Outcome.BAD_KEY),
        (403, Outcome.BAD_KEY),
        (400, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (429, Outcome.RETRY),
        (503, Outcome.RETRY),
        (204, Outcome.UNKNOWN),
        (301, Outcome.UNKNOWN),
        (302, Outcome.UNKNOWN),
        (405, Outcome.UNKNOWN),
        (418, Outcome.UNKNOWN),
        (500, Outcome.UNKNOWN),
        (502, Outcome.UNKNOWN),
        (504, Outcome.UNKNOWN),
    ],
)
def test_every_other_status(status: int, outcome: Outcome) -> None:
    answer = judge(DEFAULT, request(), status, b'{"error": {"message": "because"}, "test_id": "X"}')
    assert (answer.outcome, answer.test_id, answer.error) == (outcome, None, "because")
    assert judge(DEFAULT, request(), status, b"<html>").error == f"iTEP answered with HTTP status {status}."


def test_the_statuses_are_the_dialects() -> None:
    dialect = Dialect(outcomes=Outcomes((210,), (410,), (418,), (499,), (529,)))
    outcomes = [judge(dialect, request(), status, b"").outcome for status in (210, 410, 418, 499, 529, 200, 409, 503)]
    assert outcomes == [*list(Outcome)[:5], Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_paths_step_into_objects_and_lists() -> None:
    dialect = Dialect(response=ResponsePaths("data.0.id", "data.0.pin", "faults.0"))
    answer = judge(dialect, request(), 200, b'{"data": [{"id": "N1", "pin": 4711}], "faults": []}')
    assert (answer.outcome, answer.test_id, answer.password) == (Outcome.CONFIRMED, "N1", "4711")
    assert judge(dialect, request(), 200, b'{"data": [], "faults": [{"code": 3}]}').error == '{"code": 3}'


def test_secrets_stay_out_of_text() -> None:
    body = json.dumps({"error": {"message": f"no such key {KEY}"}, "key": KEY}).encode()
    answer = judge(DEFAULT, request(), 401, body)
    assert KEY not in answer.error + answer.body
    assert "********" in answer.error
    told = judge(DEFAULT, request(), 200, b'{"password": "pw-77"}')
    assert told.password == "pw-77"
    assert "pw-77" not in repr(told)


@pytest.mark.parametrize(("header", "least", "most"), [("7", 7, 7), (" 0 ", 0, 0), ("999999999999", 86400, 86400)])
def test_retry_after_in_seconds(header: str, least: float, most: float) -> None:
    answer = judge(DEFAULT, request(), 429, b"", retry_after=header)
    assert answer.retry_after is not None
    assert least <= answer.retry_after <= most


def test_retry_after_as_a_date_or_nonsense() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    answer = judge(DEFAULT, request(), 503, b"", retry_after=soon)
    assert answer.retry_after is not None
    assert 50 < answer.retry_after <= 60
    past = judge(DEFAULT, request(), 503, b"", retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    assert past.retry_after == 0
    for nonsense in ("soon", "-3", "1.5", "", None, "٣"):
        assert judge(DEFAULT, request(), 503, b"", retry_after=nonsense).retry_after is None


def test_the_body_is_capped() -> None:
    assert len(judge(DEFAULT, request(), 500, b"x" * 100_000).body) == 8192
