from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
import requests

from itep.statuses import Status
from itep.webhook import ResultPost, read_data
from tests.itep.sandboxes import Post, Sandbox, receiver


def read(post: Post) -> ResultPost:
    assert post.headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = parse_qs(post.body.decode(), strict_parsing=True, keep_blank_values=True)
    assert list(form) == ["data"]
    assert len(form["data"]) == 1
    return read_data(form["data"][0])


def test_a_life_from_start_to_reset(sandbox: Sandbox) -> None:
    oid = uuid4()
    sandbox.call("123982B8AP", oid=oid)
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=f"{url}/in")
        acts = ("start", "finish", "review", "grade", "problem", "invalidate", "disable", "reset")
        for name in acts:
            sandbox.post(f"tests/123982B8AP/{name}", wait=True)
        read_posts = [read(post) for post in posts]
    statuses = [post.status for post in read_posts]
    assert statuses == [Status.FINISHED, Status.COMPLETED, Status.PROBLEM, Status.INVALIDATED, Status.READY]
    assert {(post.oid, post.test_id) for post in read_posts} == {(oid, "123982B8AP")}
    graded, reset = read_posts[1], read_posts[-1]
    assert list(graded.sections) == ["Grammar", "Listening", "Reading", "Writing", "Speaking"]
    assert all(part.level is not None and part.score is not None and part.cefr for part in graded.sections.values())
    assert graded.unknown == {}
    assert (reset.test_date, reset.duration_minutes, dict(reset.sections)) == (None, None, {})


def test_typed_levels_and_the_report_page(sandbox: Sandbox) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        levels = {"Overall": "4.1", "reading": 3}
        sandbox.post("tests/123982B8AP/grade", levels=levels, minutes=77, test_date="2026-03-09", wait=True)
        post = read(posts[0])
    assert (str(post.overall_level), post.overall_cefr, post.duration_minutes) == ("4.1", "B2", 77)
    assert str(post.sections["Reading"].level) == "3.0"
    assert str(post.test_date) == "2026-03-09"
    assert "123982B8AP" in requests.get(post.score_report_url, timeout=5).text
    sandbox.post("tests/123982B8AP/invalidate")
    assert requests.get(post.score_report_url, timeout=5).status_code == 404


def test_core_has_three_sections(sandbox: Sandbox) -> None:
    test_id = sandbox.available("SLATE-CORE")[0]
    test = sandbox.post(f"tests/{test_id}/grade")["test"]
    assert list(test["sections"]) == ["Grammar", "Listening", "Reading"]


def test_nobody_is_told_without_a_tracking_code_and_finished_only_if_wanted(sandbox: Sandbox) -> None:
    assert sandbox.post("tests/123982B8AP/finish")["delivery"] is None
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url, sends_finished=False, applies_to="ACAD-CORE")
        assert sandbox.post("tests/123982B8AP/grade")["delivery"] is None
        core = sandbox.available("ACAD-CORE")[0]
        assert sandbox.post(f"tests/{core}/finish")["delivery"] is None
        assert sandbox.post(f"tests/{core}/grade", wait=True)["delivery"]["state"] == "sent"
        assert len(posts) == 1


@pytest.mark.parametrize(
    ("auth", "secret", "header", "value"),
    [
        ("basic", "user:pass:word", "Authorization", f"Basic {base64.b64encode(b'user:pass:word').decode()}"),
        ("bearer", "token-1", "Authorization", "Bearer token-1"),
        ("header", "X-From: iTEP: yes", "X-From", "iTEP: yes"),
    ],
)
def test_authorizations(sandbox: Sandbox, auth: str, secret: str, header: str, value: str) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url, auth=auth, secret=secret)
        sandbox.post("tests/123982B8AP/grade", wait=True)
    assert posts[0].headers[header] == value


def test_hmac_is_over_the_raw_body(sandbox: Sandbox) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url, auth="hmac", secret="k")
        sandbox.post("tests/123982B8AP/grade", wait=True)
    assert posts[0].headers["X-Signature"] == hmac.new(b"k", posts[0].body, hashlib.sha256).hexdigest()


def test_a_refused_webhook_can_be_sent_again(sandbox: Sandbox) -> None:
    with receiver(500) as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        delivery = sandbox.post("tests/123982B8AP/grade", wait=True)["delivery"]
        assert (delivery["state"], delivery["attempts"][0]["status"], len(posts)) == ("refused", 500, 1)
    with receiver() as (url, later):
        sandbox.post("tracking-codes", code="T1", url=url)
        again = sandbox.post(f"webhooks/{delivery['key']}/resend", wait=True)["delivery"]
    assert (again["state"], [attempt["status"] for attempt in again["attempts"]]) == ("sent", [500, 200])
    assert later[0].body == posts[0].body


def test_repeat_drop_and_reorder(sandbox: Sandbox) -> None:
    ids = sandbox.available()[:4]
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        sandbox.post("faults", kind="repeat", copies=50, remaining=1)
        sandbox.post(f"tests/{ids[0]}/grade", wait=True)
        assert len({post.body for post in posts}) == 1
        assert len(posts) == 50
        sandbox.post("faults", kind="drop", remaining=1)
        assert sandbox.post(f"tests/{ids[0]}/invalidate", wait=True)["delivery"]["state"] == "dropped"
        assert len(posts) == 50
        sandbox.post("faults", kind="reorder", remaining=3)
        held = [sandbox.post(f"tests/{test_id}/grade", wait=True)["delivery"] for test_id in ids[1:]]
        last = sandbox.post(f"tests/{ids[0]}/reset", wait=True)["delivery"]
    assert [each["state"] for each in held[:2]] == ["held", "held"]
    assert last["state"] == "sent"
    assert [read(post).test_id for post in posts[50:]] == [ids[3], ids[2], ids[1], ids[0]]


def test_clearing_lets_go_what_was_held(sandbox: Sandbox) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        sandbox.post("faults", kind="reorder")
        sandbox.post("tests/123982B8AP/finish")
        sandbox.post("tests/123982B8AP/grade")
        assert posts == []
        released = sandbox.delete("faults")["released"]
        sandbox.post("tests/123982B8AP/reset", wait=True)
    assert len(released) == 2
    assert [read(post).status for post in posts] == [Status.COMPLETED, Status.FINISHED, Status.READY]


@pytest.mark.parametrize("data", ["no json", '{"OID": 1}', {"Status": "Paused"}])
def test_anything_can_be_posted(sandbox: Sandbox, data: Any) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        sandbox.post("webhooks", tracking_code="T1", data=data, wait=True)
    sent = parse_qs(posts[0].body.decode())["data"]
    assert sent == [data if isinstance(data, str) else json.dumps(data)]


def test_fields_can_be_replaced(sandbox: Sandbox) -> None:
    with receiver() as (url, posts):
        sandbox.post("tracking-codes", code="T1", url=url)
        sandbox.post("tests/123982B8AP/grade", fields={"Status": "Complete", "Proctor": "x"}, wait=True)
    post = read(posts[0])
    assert (post.status_raw, post.status, post.unknown) == ("Complete", Status.COMPLETED, {"Proctor": "x"})
