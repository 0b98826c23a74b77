"""Set-up > Mails to candidates: who may see it, and what each button does."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from access.models import AuditEntry
from fulfillment import languages, links, organization
from fulfillment.letters.choosing import Place, text_for
from fulfillment.models import Fulfillment, Letter, LetterKind
from fulfillment.models.letters import WRITTEN
from inventory.models import Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db
LIST = "/candidates/letters/"
ONE = "/candidates/letters/reminder/es/"
PREVIEW = {"HX-Request": "true"}
GOOD = {"subject": "Su examen", "body": "Hola {name}: {test_id} {page_url}\n{help}", "revision": "0"}


@pytest.fixture
def assigned(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    TestID.objects.update(password="open-sesame")
    Product.objects.update(password_in_mail=True)
    one = give_test(called)
    work()
    mail.outbox.clear()
    return fresh(one)


@pytest.mark.parametrize("path", [LIST, ONE, "/candidates/letters/languages/ar/"])
def test_administrators_alone(path: str, sam_browser: Client, ada_browser: Client) -> None:
    assert sam_browser.get(path).status_code == 403
    assert sam_browser.post(path).status_code == (405 if path == LIST else 403)
    assert ada_browser.get(path).status_code == 200
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize(
    "path", ["letters/bill/en/", "letters/cancelled/en/", "letters/reminder/de/", "letters/languages/de/"]
)
def test_what_there_is_not(path: str, ada_browser: Client) -> None:
    assert ada_browser.get(f"{LIST}{path}").status_code == 404
    assert ada_browser.get(f"{ONE}?product=NOBODY").status_code == 404


def test_the_list_says_where_each_text_comes_from(ada_browser: Client, academic: Product) -> None:
    page = ada_browser.get(LIST).content.decode()
    assert (page.count("Shipped</span>"), page.count("Your own</span>")) == (len(WRITTEN), 0)
    ada_browser.post(ONE, {**GOOD, "act": "save"})
    ada_browser.post(f"{ONE}?product=ACAD-PLUS", {**GOOD, "act": "save"})
    page = ada_browser.get(f"{LIST}?language=es").content.decode()
    assert (page.count("Shipped</span>"), page.count("Your own</span>")) == (len(WRITTEN) - 1, 1)
    assert 'href="/candidates/letters/reminder/es/?product=ACAD-PLUS">iTEP Academic-Plus</a>' in page
    assert "A draft: no candidate gets it yet" in ada_browser.get(f"{LIST}?language=ko").content.decode()


def test_a_text_is_saved_for_all_and_for_one_product(ada_browser: Client, academic: Product) -> None:
    ada_browser.post(ONE, {**GOOD, "act": "save"})
    answer = ada_browser.post(f"{ONE}?product=ACAD-PLUS", {**GOOD, "subject": "Otro", "act": "save"}, follow=True)
    assert "mails that are written from now on have this text" in answer.content.decode()
    kind = LetterKind.REMINDER
    assert text_for(Place(kind, "es")).subject == "Su examen"
    assert text_for(Place(kind, "es", academic)).subject == "Otro"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(ada_browser: Client) -> None:
    answer = ada_browser.post(ONE, {**GOOD, "subject": "a {nmae}", "body": "One\n two {nmae}", "act": "save"})
    page = answer.content.decode()
    assert (answer.status_code, Letter.objects.count()) == (422, 0)
    assert "Character 3: There is no placeholder {nmae}. Did you mean {name}?" in page
    assert "Line 2, character 6: There is no placeholder {nmae}. Did you mean {name}?" in page
    assert " two {nmae}</textarea>" in page


def test_who_saves_over_somebody_keeps_what_they_typed(ada_browser: Client) -> None:
    ada_browser.post(ONE, {**GOOD, "act": "save"})
    answer = ada_browser.post(ONE, {**GOOD, "body": "Mine {page_url}", "act": "save"})
    assert (answer.status_code, Letter.objects.count()) == (409, 1)
    assert "Somebody else changed this text meanwhile." in answer.content.decode()
    assert "Mine {page_url}</textarea>" in answer.content.decode()


def test_back_to_the_shipped_text_and_to_an_older_version(ada_browser: Client) -> None:
    ada_browser.post(ONE, {**GOOD, "act": "save"})
    ada_browser.post(ONE, {**GOOD, "subject": "Dos", "revision": "1", "act": "save"})
    assert "Dos" not in ada_browser.get(f"{ONE}?version=1").content.decode()
    ada_browser.post(ONE, {"revision": "2", "act": "shipped"})
    assert text_for(Place(LetterKind.REMINDER, "es")).own is None
    page = ada_browser.get(ONE).content.decode()
    assert ("Version 1" in page, "Version 2" in page, "the shipped text" in page) == (True, True, True)


def test_the_preview_is_about_an_example_or_a_candidate_of_late_with_secrets_covered(
    ada_browser: Client, assigned: Fulfillment
) -> None:
    body = "Hi {name}\n{test_id}\n{password}\n{page_url}\n{deadline}\nor {page_code}"
    asked = {"subject": "x", "body": body, "act": "preview"}
    part = ada_browser.post(ONE, asked, headers=PREVIEW).content.decode()
    assert ("<html" in part, "Hi Ana Silva\n123982B8AP" in part) == (False, True)
    part = ada_browser.post(ONE, {**asked, "about": str(assigned.oid)}, headers=PREVIEW).content.decode()
    assert "Hi Ana Silva\nBUSPLUS0001\n••••••••\nhttp://127.0.0.1:8000/c/••••••••/" in part
    assert ("open-sesame" in part, assigned.link_token in part) == (False, False)
    assert links.code_of(assigned.link_token) not in part
    assert "or ••••••••" in part
    assert "1 line is left out here" in part
    assert "{help} does not stand in it" in part
    assert Letter.objects.count() == 0


def test_without_javascript_the_preview_comes_with_the_page(ada_browser: Client) -> None:
    page = ada_browser.post(ONE, {**GOOD, "body": "Mine {page_url}", "act": "preview"}).content.decode()
    assert ("<html" in page, "Mine {page_url}</textarea>" in page, "/c/••••••••/" in page) == (True, True, True)


def test_a_test_mail_is_about_the_example_whoever_is_looked_at(ada_browser: Client, assigned: Fulfillment) -> None:
    answer = ada_browser.post(ONE, {**GOOD, "about": str(assigned.oid), "act": "test"})
    assert "Look into ada@example.org." in answer.content.decode()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.extra_headers["Content-Language"]) == (
        ["ada@example.org"],
        "TEST: Su examen",
        "es",
    )
    assert ("123982B8AP" in sent.body, "BUSPLUS0001" in sent.body) == (True, False)
    assert fresh(assigned).mails.count() == 1


def test_a_test_mail_of_a_text_that_cannot_be_used_does_not_go(ada_browser: Client) -> None:
    answer = ada_browser.post(ONE, {**GOOD, "body": "{nobody}", "act": "test"})
    assert (mail.outbox, "It cannot be used yet" in answer.content.decode()) == ([], True)


def test_a_draft_is_read_and_switched_on(ada_browser: Client) -> None:
    path = "/candidates/letters/languages/ar/"
    page = ada_browser.get(path).content.decode()
    assert (page.count('class="mail"'), "Draft, off" in page) == (len(WRITTEN), True)
    assert ("أضِف إلى التقويم" in page, 'dir="rtl"' in page) == (True, True)  # the words of the page are read too
    answer = ada_browser.post(path, {"act": "on"}, follow=True)
    assert "Say that you have read it." in answer.content.decode()
    assert "ar" not in languages.on()
    ada_browser.post(path, {"act": "on", "read": "1"})
    assert "ar" in languages.on()
    assert "Read by Ada Admin" in ada_browser.get(path).content.decode()
    ada_browser.post(path, {"act": "off"})
    assert "ar" not in languages.on()
    assert AuditEntry.objects.filter(subject="language ar").count() == 2


def test_what_stays_on_says_why(ada_browser: Client) -> None:
    answer = ada_browser.post("/candidates/letters/languages/en/", {"act": "off"}, follow=True)
    assert "English stays on" in answer.content.decode()


def test_the_organization_names_its_language(ada_browser: Client) -> None:
    page = ada_browser.get("/candidates/organization/").content.decode()
    assert ('<option value="pt">Português</option>' in page, "العربية" in page) == (True, False)
    ada_browser.post("/candidates/organization/", {"name": "Lisbon School", "language": "pt"})
    assert organization.ours().language == "pt"
