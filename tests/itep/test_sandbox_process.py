"""The sandbox as a process: killed at any time, in another dialect, called by other names."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

import requests

from itep.client import Call, Outcome
from itep.dialect import load
from tests.itep.sandboxes import ROOT, Sandbox, free_port, receiver, running
from tests.itep.test_dialect import OTHER


def test_a_kill_loses_no_act(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        sandbox.post("tracking-codes", code="T1", url=f"http://127.0.0.1:{free_port()}/gone")
        ids = sandbox.available()[:20]
        answers: dict[str, Outcome] = {}

        def call(test_id: str) -> None:
            answers[test_id] = sandbox.call(test_id, deadline=5).outcome

        threads = [threading.Thread(target=call, args=(test_id,)) for test_id in ids]
        for thread in threads[:12]:
            thread.start()
        for thread in threads[:6]:
            thread.join()
        sandbox.stop(signal.SIGKILL)
        for thread in threads[6:12]:
            thread.join()
        with (tmp_path / "sandbox" / "journal.jsonl").open("ab") as journal:
            journal.write(b'[["Exam", "cut off in the mid')
        sandbox.start()
        for test_id, outcome in answers.items():
            if outcome is Outcome.CONFIRMED:
                assert not sandbox.test(test_id)["available"]
        assert sum(outcome is Outcome.CONFIRMED for outcome in answers.values()) >= 6
        assert sandbox.get("tracking-codes")["tracking_codes"][0]["code"] == "T1"
        assert sandbox.call(ids[-1]).outcome is Outcome.CONFIRMED


def test_a_webhook_that_was_queued_goes_out_after_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox, receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        sandbox.post("faults", kind="reorder")
        sandbox.post("tests/123982B8AP/grade")
        sandbox.stop(signal.SIGKILL)
        sandbox.start()
        assert posts == []
        sandbox.delete("faults")
        sandbox.post("tests/123982B8AP/reset", wait=True)
        assert len(posts) == 2


def test_another_dialect_in_every_respect(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(OTHER, encoding="utf-8")
    with running(tmp_path, path, load(path)) as sandbox:
        oid, ids = uuid4(), sandbox.available("BUS-PLUS")
        answer = sandbox.call("ignored", oid=oid, product="BUS-PLUS", key="sandbox-key-business")
        assert (answer.outcome, answer.status, answer.test_id) == (Outcome.CONFIRMED, 210, ids[0])
        test = sandbox.test(ids[0])
        assert (test["oid"], answer.password) == (str(oid), test["password"])
        again = sandbox.call(None, oid=oid, product="BUS-PLUS", key="sandbox-key-business", call=Call.ASSIGN_AND_SEND)
        assert (again.outcome, again.test_id) == (Outcome.CONFIRMED, ids[0])  # idempotent, as the dialect says
        wrong = sandbox.call(None, product="BUS-PLUS", key="nope")
        assert (wrong.outcome, wrong.status, wrong.error) == (Outcome.BAD_KEY, 418, "The API key is not valid.")
        none = sandbox.call(None, product="HOSP", key="sandbox-key-hospitality")
        assert (none.outcome, none.status) == (Outcome.UNAVAILABLE, 410)


def test_strangers_are_refused(sandbox: Sandbox) -> None:
    address = f"{sandbox.url}/sandbox/api/"
    assert requests.get(f"{address}health", headers={"Host": "evil.example"}, timeout=5).status_code == 400
    answer = requests.post(f"{address}reset", headers={"Origin": "http://evil.example"}, timeout=5)
    assert answer.status_code == 403
    assert requests.post(f"{sandbox.url}/buy", data={"product": "HOSP", "count": 1}, timeout=5).status_code == 403


def test_a_taken_port_is_said_in_one_line(sandbox: Sandbox, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "itep.sandbox", "--port", str(sandbox.port), "--data-dir", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"The sandbox cannot listen at 127.0.0.1:{sandbox.port}: Address already in use.\n"


def test_mistakes_of_the_api_are_said(sandbox: Sandbox) -> None:
    address, before = f"{sandbox.url}/sandbox/api/", sandbox.get("tests")
    for path, body, status in (
        ("tests", "{", 400),
        ("tests", "[]", 400),
        ("tests", "{}", 400),
        ("tests", '{"product": "NONE", "count": 1}', 404),
        ("tests", '{"product": "HOSP", "count": -1}', 422),
        ("tests", '{"product": "HOSP", "test_ids": ["123982B8AP"]}', 409),
        ("tests/NONE/start", "{}", 404),
        ("tests/123982B8AP/explode", "{}", 404),
        ("tests/123982B8AP/grade", '{"levels": {"Overall": "6.1"}}', 422),
        ("tests/123982B8AP/grade", '{"levels": {"Overall": "NaN"}}', 422),
        ("tests/123982B8AP/grade", '{"test_date": "9/3/2026"}', 422),
        ("faults", '{"kind": "earthquake"}', 422),
        ("faults", '{"kind": "slow", "remaining": 0}', 422),
        ("faults", '{"sort": "slow"}', 400),
        ("tracking-codes", '{"code": "T", "url": "ftp://x"}', 422),
        ("tracking-codes", '{"code": "T", "url": "http://x", "auth": "hmac"}', 422),
        ("tracking-codes", '{"code": "T", "url": "http://x", "applies_to": "NONE"}', 404),
        ("webhooks", '{"tracking_code": "NONE", "data": ""}', 404),
    ):
        answer = requests.post(f"{address}{path}", data=body, timeout=5)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True), (path, body, answer.text)
    assert requests.put(f"{address}tests", timeout=5).status_code == 405
    assert sandbox.get("tests") == before
    assert sandbox.get("faults")["faults"] == []
