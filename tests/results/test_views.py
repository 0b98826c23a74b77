"""Pages of results."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import AuditEntry, Payer, User
from fulfillment.models import Fulfillment
from inventory.models import Product
from results.models import Asked, ReportHost, Result
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db


def page(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_without_results_the_list_says_what_to_do(sam_browser: Client) -> None:
    assert "No results yet. iTEP posts them here once a test has a tracking code." in page(sam_browser, "/results/")


def test_the_list_shows_current_results_and_filters(
    ana: Fulfillment, academic: Product, called: Product, hr: Payer, sam_browser: Client
) -> None:
    recorded(ana, Status="Finished")
    recorded(ana, Overall_Level="3.1", minutes=1)
    recorded(given(called, "ID2", name="Ben Costa", payer=hr), test_id="ID2", Status="Finished", Overall_Level="5")
    shown = page(sam_browser, "/results/")
    assert (shown.count("Ana Silva"), shown.count("Ben Costa")) == (1, 1)
    assert "<b>3.1</b>" in shown
    for query, expected in [
        ("q=id2", "Ben Costa"),
        ("q=silva", "Ana Silva"),
        ("q=hr-77", "Ana Silva"),
        (f"q={ana.oid}", "Ana Silva"),
        ("product=BUS-PLUS", "Ben Costa"),
        ("payer=hr", "Ben Costa"),
        ("state=final", "Ana Silva"),
        ("level_to=3.1", "Ana Silva"),
        ("since=2026-11-22&until=2026-11-22&state=provisional", "Ben Costa"),
    ]:
        shown = page(sam_browser, f"/results/?{query}")
        assert ("Ana Silva" in shown, "Ben Costa" in shown) == (expected == "Ana Silva", expected == "Ben Costa"), query
    assert "No result fits these filters." in page(sam_browser, "/results/?q=nobody")


def test_one_result_shows_levels_and_is_audited(ana: Fulfillment, sam_browser: Client, sam: User) -> None:
    recorded(ana, Overall_Level="3.1", Overall_cefr="B1", Reading_Level="4.0", Reading_Score="70")
    shown = page(sam_browser, f"/results/{Result.objects.get().pk}/")
    for text in ("Ana Silva", "<b>3.1</b>", "<b>4.0</b>", "B1", "70", "Reading"):
        assert text in shown
    assert AuditEntry.objects.get(verb="result.viewed").user == sam
    assert sam_browser.get(f"/results/of/{ana.oid}/").status_code == 302
    assert sam_browser.get("/results/999/").status_code == 404


def test_a_report_is_linked_on_listed_hosts_alone(ana: Fulfillment, ada_browser: Client) -> None:
    recorded(ana, score_report_url="https://reports.example/r?x=1")
    path = f"/results/{Result.objects.get().pk}/"
    shown = page(ada_browser, path)
    assert 'href="https://reports.example' not in shown
    assert "<b>reports.example</b>" in shown
    assert ada_browser.post("/results/report-hosts/", {"host": "Reports.Example"}).status_code == 302
    assert 'href="https://reports.example/r?x=1"' in page(ada_browser, path)
    host = ReportHost.objects.get()
    assert ada_browser.post(f"/results/report-hosts/{host.pk}/remove/").status_code == 302
    assert 'href="https://reports.example' not in page(ada_browser, path)
    verbs = AuditEntry.objects.filter(verb__startswith="report_host").values_list("verb", flat=True)
    assert list(verbs) == ["report_host.allowed", "report_host.removed"]


def test_a_bad_host_is_refused_beside_its_field(ada_browser: Client) -> None:
    answer = ada_browser.post("/results/report-hosts/", {"host": "not a host"})
    assert "A host reads like" in answer.content.decode()
    assert not ReportHost.objects.exists()


def test_staff_do_not_list_hosts(sam_browser: Client) -> None:
    assert sam_browser.get("/results/report-hosts/").status_code == 403
    assert sam_browser.post("/results/report-hosts/", {"host": "a.example"}).status_code == 403
    assert not ReportHost.objects.exists()


def test_a_person_answers_a_question(ana: Fulfillment, sam_browser: Client) -> None:
    recorded(ana)
    recorded(ana, Status="Paused", minutes=1)
    question = Result.objects.get(asked=Asked.OPEN)
    assert "Needs a person" in page(sam_browser, "/results/")
    path = f"/results/{question.pk}/answer/"
    sam_browser.post(path, {"act": "accept", "state": "held", "reason": ""})
    question.refresh_from_db()
    assert question.asked == Asked.OPEN
    sam_browser.post(path, {"act": "accept", "state": "held", "reason": "iTEP paused it"})
    assert Result.objects.get(current=True).state == "held"
    assert AuditEntry.objects.get(verb="result.accepted").reason == "iTEP paused it"
    assert sam_browser.post("/results/999/answer/", {"act": "ignore", "reason": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["/results/", "/results/1/", "/results/export.csv"])
def test_nothing_without_a_role(path: str, nobody: User) -> None:
    browser = Client()
    assert browser.get(path).status_code == 302
    browser.force_login(nobody)
    assert browser.get(path).status_code == 403
