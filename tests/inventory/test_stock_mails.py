"""Who gets the mails about the stock, and how they go out."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access.actors import Actor
from access.models import AuditEntry, User
from inventory import stock_mails, stock_warnings
from inventory.models import MailsTo, Product, StockMails
from outbox import running
from outbox.models import Attempt, Entry, EntryState
from tests.conftest import stock

pytestmark = pytest.mark.django_db


def test_administrators_by_default(ada: User, sam: User, nobody: User) -> None:
    User.objects.create_superuser("root@example.org", "root-may-do-all")
    assert stock_mails.receivers() == ["ada@example.org", "root@example.org"]
    User.objects.filter(email="ada@example.org").update(is_active=False)
    assert stock_mails.receivers() == ["root@example.org"]


def test_these_addresses_each_once(by_sam: Actor) -> None:
    addresses = "buyer@example.org, buyer@example.org\nboss@example.org"
    stock_mails.change(actor=by_sam, to=MailsTo.ADDRESSES, addresses=addresses, digest_on=0)
    assert stock_mails.receivers() == ["buyer@example.org", "boss@example.org"]
    assert AuditEntry.objects.get(verb="stock_mails.changed").detail == {"fields": ["addresses", "to"]}


@pytest.mark.parametrize("addresses", ["", "no address", "ok@example.org\nbad@"])
def test_what_is_no_address_is_refused(by_sam: Actor, addresses: str) -> None:
    with pytest.raises(ValidationError):
        stock_mails.change(actor=by_sam, to=MailsTo.ADDRESSES, addresses=addresses, digest_on=0)
    assert StockMails.objects.count() == 0


def test_the_page_names_each_address_that_is_none(ada_browser: Client, sam_browser: Client) -> None:
    page = reverse("inventory:stock_mails")
    assert sam_browser.get(page).status_code == 403
    bad = ada_browser.post(page, {"to": "these", "addresses": "one@\ntwo@example.org", "digest_on": "2"})
    assert (bad.status_code, StockMails.objects.count()) == (422, 0)
    assert "“one@” is not an address." in bad.content.decode()
    none = ada_browser.post(page, {"to": "these", "addresses": "", "digest_on": "2"})
    assert "Name at least one address." in none.content.decode()
    assert ada_browser.post(page, {"to": "these", "addresses": "two@example.org", "digest_on": ""}).status_code == 302
    assert (StockMails.objects.get().listed, StockMails.objects.get().digest_on) == (["two@example.org"], None)


def test_a_mail_goes_out_once_and_may_be_repeated(academic: Product, ada: User, settings: Settings) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    stock(academic, 2)
    stock_warnings.watch()
    entry = Entry.objects.get(kind=stock_mails.KIND)
    running.run_due(limit=50)
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.PENDING, ended_at=None)  # killed before it was recorded
    running.run_due(limit=50)
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert (len(mail.outbox), len(ids)) == (2, 1)
    assert ids.pop().endswith("@portal.example.org>")
    assert mail.outbox[0].to == ["ada@example.org"]
    assert "https://portal.example.org/inventory/products/ACAD-PLUS/" in mail.outbox[0].body
    assert Attempt.objects.filter(entry=entry, outcome="done").count() == 2


def test_practice_says_so(academic: Product, ada: User, settings: Settings) -> None:
    settings.PRACTICE = True
    stock(academic, 2)
    stock_warnings.watch()
    letter = Entry.objects.get(kind=stock_mails.KIND).payload
    assert letter["subject"].startswith("PRACTICE: ")
    assert letter["body"].startswith("PRACTICE. This portal talks to a pretend iTEP: there is nothing to buy.")


def test_a_stock_mail_that_went_out_for_real_keeps_the_data(academic: Product, ada: User, settings: Settings) -> None:
    from portal import starting_clean

    settings.PRACTICE = False
    stock(academic, 2)
    stock_warnings.watch()
    running.run_due(limit=50)
    with pytest.raises(starting_clean.NotOnlyPractice):
        starting_clean.refuse_if_real()
