"""The pages, as a browser without scripts would use them."""

from __future__ import annotations

import re

import pytest
import requests

from tests.itep.sandboxes import Sandbox, receiver


class Visitor:
    def __init__(self, sandbox: Sandbox) -> None:
        self._session, self._url = requests.Session(), sandbox.url

    def open(self, path: str, status: int = 200) -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=10)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, page: str, path: str, **fields: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.open(page))
        assert found
        fields["csrfmiddlewaretoken"] = found[1]
        answer = self._session.post(f"{self._url}{path}", data=fields, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


PAGES = ["/", "/?all=1", "/?product=HOSP", "/product-codes/", "/tracking-codes/", "/webhooks/", "/calls/", "/mails/"]
PAGES += ["/faults/", "/reset", "/sandbox/api/", "/tests/123982B8AP/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_pretended_and_needs_nothing_from_outside(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert "This is a pretend iTEP." in page
    assert not re.search(r"<script|style=|\son\w+=|(?:src|href)=\"(?:https?:)?//", page)


def test_assigned_to_is_shown_as_json_and_escaped(sandbox: Sandbox, visitor: Visitor) -> None:
    sandbox.call("123982B8AP", name="<script>Zoë")
    page = visitor.open("/tests/123982B8AP/")
    assert "  &quot;name&quot;: &quot;&lt;script&gt;Zoë&quot;," in page
    assert "<script>" not in page
    said = visitor.send("/tests/123982B8AP/", "/tests/123982B8AP/assigned-to", text="")
    assert "Assigned-to is cleared" in said
    assert sandbox.test("123982B8AP")["available"]


def test_buy_sell_and_a_new_key(sandbox: Sandbox, visitor: Visitor) -> None:
    assert "3 test IDs of HOSP are bought." in visitor.send("/", "/buy", product="HOSP", count="3")
    assert "Say how many" in visitor.send("/", "/buy", product="HOSP", count="many")
    assert "is sold to Jo." in visitor.send("/", "/sell", product="HOSP", assigned_to="Jo")
    assert len(sandbox.available("HOSP")) == 3
    assert "HOSP has a new API key" in visitor.send("/product-codes/", "/product-codes/HOSP/key", key="own")
    assert "<code>own</code>" in visitor.open("/product-codes/")


def test_a_test_is_started_finished_and_graded_by_clicking(sandbox: Sandbox, visitor: Visitor) -> None:
    with receiver() as (url, posts):
        fields = {"code": "T1", "url": url, "auth": "none", "applies_to": "all", "sends_finished": "on"}
        assert "The tracking code T1 is kept." in visitor.send("/tracking-codes/", "/tracking-codes/", **fields)
        here = "/tests/123982B8AP/"
        assert "is now Started. Nobody is told." in visitor.send(here, f"{here}start")
        assert f"is now Finished. A webhook goes to {url}." in visitor.send(here, f"{here}finish")
        graded = visitor.send(here, f"{here}grade", **{"level-Overall": "5.1", "level-Reading": ""})
        assert "is now Completed." in graded
        assert "a level is from 0.0 to 6.0" in visitor.send(here, f"{here}grade", **{"level-Overall": "7"})
        sandbox.post("tests/123982B8AP/reset", wait=True)
    assert len(posts) == 3
    assert "sent</span>" in visitor.open("/webhooks/")


def test_faults_by_clicking(sandbox: Sandbox, visitor: Visitor) -> None:
    said = visitor.send("/faults/", "/faults/", kind="fail_after", remaining="2", status="500", call="assign")
    assert "The fault is on: fail_after." in said
    fault = sandbox.get("faults")["faults"][0]
    assert (fault["kind"], fault["remaining"], fault["status"], fault["call"]) == ("fail_after", 2, 500, "assign")
    assert "One of the numbers" in visitor.send("/faults/", "/faults/", kind="slow", seconds="long")
    assert "Cleared: 1." in visitor.send("/faults/", "/faults/clear")
    assert "are now one" in visitor.send("/faults/", "/idempotent", on="1")
    assert sandbox.get("settings")["idempotent"] is True


def test_what_is_not_there(visitor: Visitor) -> None:
    assert "There is no test ID" in visitor.open("/tests/NONE/", 404)
    visitor.open("/reports/none", 404)


def test_every_address_of_the_api_is_documented(visitor: Visitor) -> None:
    page = visitor.open("/sandbox/api/")
    for word in ("tests/ID/ACT", "tracking-codes", "fail_after", "webhooks/KEY/resend", "idempotent", "<table>"):
        assert word in page
