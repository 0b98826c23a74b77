"""What stands in Assigned-to: the dialect's keys and the product's own, and what a later change of these concerns."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from access.models import Payer
from fulfillment import assigned_to
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest
from fulfillment.models import Fulfillment
from inventory import texts
from inventory.models import AssignedToRecord, Claim, ClaimState, Product
from itep.dialect import AssignedToKeys
from itep.placeholders import METADATA, PLACEHOLDERS
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db
KEYS = {"site": {"city": "{metadata.home.city}", "room": "{metadata.room no}"}, "ref": "{reference}", "by": "{payer}"}


def own_keys(product: Product, keys: dict[str, Any]) -> None:
    product.assigned_to_keys = keys
    product.save()


def limited(settings: Settings, most: int) -> None:
    dialect: Any = settings.ITEP_DIALECT
    settings.ITEP_DIALECT = replace(dialect, assigned_to=AssignedToKeys(max_bytes=most))


def test_the_placeholders_are_those_that_may_be_written(called: Product, give_test: Give) -> None:
    one = give_test(called, metadata={"a b": 1})
    assert set(assigned_to.values_of(one)) == {*PLACEHOLDERS, f"{METADATA}a b"}


def test_the_call_carries_them_filled(itep: PretendItep, called: Product, give_test: Give, hr: Payer) -> None:
    own_keys(called, KEYS)
    stock(called, 1)
    one = give_test(called, payer=hr, reference="req-1", metadata={"home.city": "Lisboa", "room no": 7})
    work()
    text = AssignedToRecord.objects.get().text
    assert json.loads(text) == {
        "name": "Ana Silva",
        "email": "ana@example.org",
        "oid": str(one.oid),
        "external_id": "hr-77",
        "site": {"city": "Lisboa", "room": 7},
        "ref": "req-1",
        "by": "hr",
    }
    assert itep.asked[0]["assigned_to"] == json.loads(text)


def test_what_comes_to_nothing_is_left_out(called: Product, give_test: Give) -> None:
    own_keys(called, KEYS)
    assert set(json.loads(assigned_to.text_of(give_test(called)))) == {"name", "email", "oid", "external_id"}


def test_a_change_of_the_keys_concerns_later_calls_only(itep: PretendItep, called: Product, give_test: Give) -> None:
    own_keys(called, {"site": "Lisbon"})
    stock(called, 2)
    itep.replies.append(Reply(status=503))
    one = give_test(called)
    work()
    own_keys(called, {"campus": "Porto"})
    first = AssignedToRecord.objects.get()
    assert json.loads(first.text)["site"] == "Lisbon"
    give_test(called, Candidate("Ben", "ben@example.org"))
    work()
    first.refresh_from_db()
    assert json.loads(first.text)["site"] == "Lisbon"
    later = json.loads(AssignedToRecord.objects.exclude(claim__oid=one.oid).get().text)
    assert (later["campus"], "site" in later) == ("Porto", False)


def test_too_long_says_by_how_much_and_what_to_do(called: Product, give_test: Give, settings: Settings) -> None:
    own_keys(called, {"ref": "{reference}"})
    limited(settings, 200)
    with pytest.raises(BadRequest) as refused:
        give_test(called, reference="r" * 200)
    (fault,) = refused.value.errors
    assert "too many. Shorten the name or the numbers. Or the product has too many keys" in fault.message
    assert Fulfillment.objects.count() == 0


def test_one_that_became_too_long_is_said_where_it_is_to_be_written_by_hand(
    sam_browser: Client, academic: Product, give_test: Give, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys may be changed while it waits: the list shows why there is nothing to copy, and the rest of it."""
    monkeypatch.setattr(texts, "_composers", [assigned_to.text_for])  # other tests register composers of their own
    stock(academic, 1)
    one = give_test(academic)
    limited(settings, 60)
    page = sam_browser.get("/inventory/todo/").content.decode()
    assert ("iTEP takes at most 60" in page, "Copy Assigned-to" in page) == (True, False)
    sam_browser.post(f"/inventory/todo/{one.oid}/taken/")
    sam_browser.post("/inventory/todo/print/")
    assert Claim.objects.get().state == ClaimState.RESERVED
    assert AssignedToRecord.objects.count() == 0
    assert sam_browser.post(f"/candidates/{one.oid}/done-at-itep/", {"test_id": ""}).status_code == 302
    assert fresh(one).claim.state == ClaimState.CONFIRMED


@pytest.mark.parametrize("field", ["reference", "metadata.first", "candidate.external_id"])
def test_no_text_may_name_another_test(called: Product, give_test: Give, field: str) -> None:
    """As where a retake refers to the first test by its oid: exports would show two of ours in one text."""
    own_keys(called, {"ref": "{reference}", "first": "{metadata.first}"})
    first = give_test(called)
    ben = Candidate("Ben", "ben@example.org", str(first.oid) if field == "candidate.external_id" else "")
    more = {"reference": f"retake of {first.oid}"} if field == "reference" else {}
    metadata = {"first": str(first.oid)} if field == "metadata.first" else {}
    with pytest.raises(BadRequest) as refused:
        give_test(called, ben, metadata=metadata, **more)
    assert [fault.field for fault in refused.value.errors] == [field]
    assert Fulfillment.objects.count() == 1


def test_an_oid_that_stays_out_of_the_text_does_no_harm_nor_one_of_another_system(
    called: Product, give_test: Give
) -> None:
    first = give_test(called)
    one = give_test(called, Candidate("Ben", "ben@example.org", str(uuid4())), reference=str(first.oid))
    assert one.reference == str(first.oid)
