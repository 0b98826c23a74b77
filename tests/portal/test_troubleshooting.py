"""The page for iTEP's support: what differs, every text and call, and nothing secret."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from access.models import User
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.models import AssignedToRecord, Product, TestID
from outbox.models import Attempt
from portal import support
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, give_test, itep, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

__all__ = ["give_test", "itep"]
pytestmark = pytest.mark.django_db


def page_of(one: Fulfillment) -> str:
    return f"/candidates/{one.oid}/assigned-to/"


def words(browser: Client, one: Fulfillment) -> str:
    return " ".join(browser.get(page_of(one)).content.decode().split())


def shows(test_id: str, text: str) -> None:
    TestID.objects.filter(test_id=test_id).update(assigned_to="", assigned_to_digest="x")
    row = TestID.objects.get(test_id=test_id)
    row.assigned_to = text
    row.save(update_fields=["assigned_to"])


@pytest.fixture
def given_twice(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    """The first ID was not to be had, the second one was given; iTEP shows another name and one more key."""
    stock(called, 2)
    itep.replies.append(Reply(status=409, body={"error": {"message": "Taken, says key-of-business to pw-secret"}}))
    one = give_test(called)
    work()
    work()
    TestID.objects.filter(test_id="BUSPLUS0002").update(status_raw="Ready")
    row = TestID.objects.get(test_id="BUSPLUS0002")
    row.password = "pw-secret"
    row.save(update_fields=["password"])
    wrote = json.loads(AssignedToRecord.objects.get(test_id="BUSPLUS0002").text)
    shows("BUSPLUS0002", json.dumps({**wrote, "name": "Anna", "by": "somebody"} | {"email": wrote["email"]}))
    return fresh(one)


def test_differences_have_a_word_each(sam_browser: Client, given_twice: Fulfillment) -> None:
    page = words(sam_browser, given_twice)
    compared = dict(re.findall(r"<code>([a-z_]+)</code> </th>.*?<span class=\"chip[^>]*>(.*?)</span>", page))
    assert compared == {
        "name": "different",
        "email": "same",
        "oid": "same",
        "external_id": "same",
        "by": "only at iTEP",
    }
    assert "they differ" in page


def test_every_text_and_every_call_stand_there(sam_browser: Client, given_twice: Fulfillment) -> None:
    page = words(sam_browser, given_twice)
    first, second = Attempt.objects.filter(entry__kind="fulfillment.call").order_by("begun_at")
    assert (first.status, second.status) == (409, 200)
    assert page.count("<code>POST /api/assign</code>") == 2
    assert page.count("by a call") == AssignedToRecord.objects.count() == 2
    assert (page.count("Not confirmed."), page.count("Confirmed <time")) == (1, 1)
    assert "Taken, says" in page


def test_what_calls_said_and_got_is_for_administrators_alone(
    sam_browser: Client, ada_browser: Client, given_twice: Fulfillment
) -> None:
    assert "Request and answer, masked" not in words(sam_browser, given_twice)
    seen = words(ada_browser, given_twice)
    assert seen.count("Request and answer, masked") == 2
    assert "X-Api-Key: ********" in seen
    assert "key-of-business" not in seen


def test_the_text_for_support_has_all_facts_and_no_secret(given_twice: Fulfillment) -> None:
    said = support.of(given_twice)
    for fact in (
        "Product code: BUS-PLUS",
        f"OID (our identifier): {given_twice.oid}",
        "Test ID: BUSPLUS0002",
        "Status as you show it: Ready",
        "Different: name, by",
        "POST /api/assign for BUSPLUS0001: HTTP 409, after",
        "You said: Taken, says ******** to ********",
        "POST /api/assign for BUSPLUS0002: HTTP 200, after",
    ):
        assert fact in said
    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \(\w+\)", said)) == 4
    for secret in ("key-of-business", "pw-secret", given_twice.link_token):
        assert secret not in said


def test_the_times_have_the_zone(given_twice: Fulfillment) -> None:
    with timezone.override("Asia/Tokyo"):
        assert "+0900 (Asia/Tokyo)" in support.of(given_twice)


def test_by_hand_a_person_is_named_and_nothing_was_called(
    sam: User, sam_browser: Client, academic: Product, give_test: Give, by_sam: object
) -> None:
    stock(academic, 1)
    one = give_test(academic)
    assert "None was made." in words(sam_browser, one)
    assert "nothing written" in words(sam_browser, one)
    claims.text_taken(oid=one.oid, text="{}", actor=by_sam)  # type: ignore[arg-type]
    claims.done_at_itep(oid=one.oid, actor=by_sam)  # type: ignore[arg-type]
    page = words(sam_browser, one)
    assert "by a person: Sam Staff" in page
    assert "a person, who saw it at iTEP" in page


def test_without_a_test_id_it_says_so(sam_browser: Client, called: Product, give_test: Give) -> None:
    one = give_test(called)
    page = words(sam_browser, one)
    assert "It has no test ID yet, and nothing was written at iTEP." in page
    assert "Test ID: none yet" in page


def test_it_is_found_from_the_candidate_and_by_staff_alone(
    sam_browser: Client, nobody: User, called: Product, give_test: Give
) -> None:
    one = give_test(called)
    assert f'href="{page_of(one)}"' in sam_browser.get(f"/candidates/{one.oid}/").content.decode()
    without_role = Client()
    without_role.force_login(nobody)
    assert without_role.get(page_of(one)).status_code == 403
    assert sam_browser.post(page_of(one)).status_code == 405
    assert sam_browser.get(f"/candidates/{uuid4()}/assigned-to/").status_code == 404
