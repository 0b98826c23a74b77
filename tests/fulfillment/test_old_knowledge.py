"""A large batch over old knowledge asks for a fresh export; a person may go on anyway, the API is not asked."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import batches
from fulfillment.models import Batch, Fulfillment
from fulfillment.old_knowledge import OldKnowledge
from inventory.models import Product
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import work
from tests.inventory import past

pytestmark = pytest.mark.django_db


def draft(browser: Client, count: int) -> Batch:
    lines = "".join(f"Person {number},p{number}@example.org\n" for number in range(count))
    file = SimpleUploadedFile("people.csv", f"name,email\n{lines}".encode())
    browser.post("/candidates/give-many/", {"product": "ACAD-PLUS", "file": file})
    return Batch.objects.get()


@pytest.mark.parametrize(("rows", "days_ago", "asked"), [(3, 31, True), (2, 31, False), (3, 30, False)])
def test_more_than_half_the_stock_over_overdue_knowledge(
    sam_browser: Client, academic: Product, rows: int, days_ago: int, asked: bool
) -> None:
    stock(academic, 4)
    past.seen(academic, days_ago)
    batch = draft(sam_browser, rows)
    page = f"/candidates/batches/{batch.pk}/"
    shown = sam_browser.get(page).content.decode()
    assert ("Go on anyway" in shown, f"Seen at iTEP {days_ago} days ago." in shown) == (asked, True)
    answer = sam_browser.post(f"{page}confirm/")
    batch.refresh_from_db()
    assert (answer.status_code, batch.confirmed_at is None) == ((409, True) if asked else (302, False))
    if asked:
        assert "Nothing was given: tick this, or upload a fresh export first." in answer.content.decode()
        assert (Entry.objects.count(), AuditEntry.objects.filter(verb="batch.confirmed").count()) == (0, 0)


def test_who_goes_on_anyway_gives_and_the_trail_says_so(sam_browser: Client, academic: Product) -> None:
    stock(academic, 4)
    past.seen(academic, 31)
    batch = draft(sam_browser, 4)
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/", {"go_on": "on"})
    work()
    assert Fulfillment.objects.count() == 4
    assert AuditEntry.objects.get(verb="batch.confirmed").detail == {"over_old_knowledge": True}
    sam_browser.post(f"/candidates/batches/{batch.pk}/confirm/")  # again, it changes nothing and asks nothing
    assert Fulfillment.objects.count() == 4


def test_a_fresh_export_is_as_good(sam_browser: Client, academic: Product, by_sam: Actor) -> None:
    stock(academic, 4)
    past.seen(academic, 31)
    batch = draft(sam_browser, 4)
    with pytest.raises(OldKnowledge) as refused:
        batches.confirm(batch_id=batch.pk, actor=by_sam)
    assert (refused.value.rows, refused.value.available) == (4, 4)
    past.seen(academic)
    assert batches.confirm(batch_id=batch.pk, actor=by_sam).confirmed_at is not None


def test_the_form_says_how_old_the_knowledge_is(sam_browser: Client, academic: Product) -> None:
    stock(academic, 4)
    for address in ("/candidates/give/", "/candidates/give-many/"):
        assert "4 available, never seen in an export" in sam_browser.get(address).content.decode()
    past.seen(academic, 2)
    for address in ("/candidates/give/", "/candidates/give-many/"):
        assert "4 available, seen at iTEP 2 days ago" in sam_browser.get(address).content.decode()
