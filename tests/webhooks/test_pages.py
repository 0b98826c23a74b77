"""Pages: tracking codes, unmatched posts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access.models import AuditEntry, User
from tests.webhooks.conftest import COMMAND, FORM
from webhooks import inbox, tracking_codes
from webhooks.judging import judge_kept
from webhooks.models import Post, PostState, TrackingCode

pytestmark = pytest.mark.django_db


def page(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def set_apart(code: TrackingCode, body: bytes = b"data=%7Bbroken-by-Ana") -> Post:
    inbox.keep(tracking_code_id=code.pk, content_type=FORM, body=body)
    judge_kept()
    return Post.objects.latest("pk")


def test_a_tracking_code_is_made_and_its_letter_holds_no_secret(ada_browser: Client) -> None:
    assert "No tracking code yet" in page(ada_browser, "/webhooks/tracking-codes/")
    form = {"code": "acad", "auth": "header", "secret": "X-Key: of-itep", "signature_header": "X-Signature"}
    assert ada_browser.post("/webhooks/tracking-codes/new/", form).status_code == 302
    code = TrackingCode.objects.get()
    shown = page(ada_browser, f"/webhooks/tracking-codes/{code.pk}/")
    assert tracking_codes.path_of(code) in shown
    assert "Waiting for the first post." in shown
    assert "of-itep" not in shown
    letter = re.search(r'<pre class="letter">(.*?)</pre>', shown, re.DOTALL)
    assert letter is not None
    assert "header X-Key: &lt;value&gt;" in letter[1]
    assert "waiting for the first post" in page(ada_browser, "/webhooks/tracking-codes/")


def test_an_empty_secret_stays_and_a_new_one_keeps_the_old(ada_browser: Client) -> None:
    code = tracking_codes.create(code="acad", auth="bearer", secret="one", actor=COMMAND)
    path, form = f"/webhooks/tracking-codes/{code.pk}/", {"auth": "bearer", "signature_header": "X-Signature"}
    ada_browser.post(path, {**form, "secret": "", "expects_finished": "on"})
    code.refresh_from_db()
    assert (code.secret, code.old_secret, code.expects_finished) == ("one", "", True)
    ada_browser.post(path, {**form, "secret": "two"})
    code.refresh_from_db()
    assert (code.secret, code.old_secret, code.expects_finished) == ("two", "one", False)
    ada_browser.post(f"{path}remove-old-secret/")
    code.refresh_from_db()
    assert (code.secret, code.old_secret) == ("two", "")


def test_what_cannot_work_is_said_on_the_form(ada_browser: Client) -> None:
    answer = ada_browser.post("/webhooks/tracking-codes/new/", {"code": "acad", "auth": "basic", "secret": "x"})
    assert "user:password" in answer.content.decode()
    assert not TrackingCode.objects.exists()


def test_staff_see_no_tracking_codes(sam_browser: Client, code: TrackingCode) -> None:
    for path in ("", "new/", f"{code.pk}/"):
        assert sam_browser.get(f"/webhooks/tracking-codes/{path}").status_code == 403


def test_unmatched_posts_are_listed_by_reason(sam_browser: Client, code: TrackingCode) -> None:
    assert "Everything that iTEP posted was matched." in page(sam_browser, "/webhooks/unmatched/")
    set_apart(code)
    set_apart(code, b"data=%7B%7D")
    shown = page(sam_browser, "/webhooks/unmatched/")
    assert "Cannot be read" in shown
    assert "Names no test ID" in shown
    assert "Ana" not in shown
    assert "The post names no test ID." not in page(sam_browser, "/webhooks/unmatched/?why=unreadable")


def test_the_body_is_shown_on_demand_and_who_looked_is_kept(sam_browser: Client, sam: User, code: TrackingCode) -> None:
    post = set_apart(code)
    assert "Ana" not in page(sam_browser, f"/webhooks/unmatched/{post.pk}/")
    assert not AuditEntry.objects.filter(verb="webhook.revealed").exists()
    answer = sam_browser.post(f"/webhooks/unmatched/{post.pk}/body/")
    assert "broken-by-Ana" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(verb="webhook.revealed").user == sam
    assert sam_browser.get(f"/webhooks/unmatched/{post.pk}/body/").status_code == 405


def test_one_or_all_are_judged_again(sam_browser: Client, code: TrackingCode) -> None:
    first, second = set_apart(code), set_apart(code)
    sam_browser.post(f"/webhooks/unmatched/{first.pk}/replay/")
    assert list(Post.objects.filter(state=PostState.KEPT)) == [first]
    sam_browser.post("/webhooks/unmatched/replay/")
    assert set(Post.objects.filter(state=PostState.KEPT)) == {first, second}


@pytest.mark.parametrize("path", ["/webhooks/unmatched/", "/webhooks/tracking-codes/"])
def test_nothing_without_a_role(path: str, nobody: User) -> None:
    browser = Client()
    assert browser.get(path).status_code == 302
    browser.force_login(nobody)
    assert browser.get(path).status_code == 403
