"""Giving a test: what is checked, what is guarded, what is written together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.models import ApiClient, AuditEntry, Payer
from fulfillment import links, progress
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate, UnknownPayer
from fulfillment.models import Fulfillment, State
from fulfillment.provisioning import would_give
from inventory.errors import NoInventory
from inventory.models import Claim, ClaimState, Delivery, Product, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep

pytestmark = pytest.mark.django_db


def nothing_changed() -> bool:
    return not (Fulfillment.objects.exists() or Claim.objects.exists() or Entry.objects.exists())


def faults(error: BadRequest) -> list[str]:
    return [one.field for one in error.errors]


def test_an_id_is_reserved_and_the_call_queued_together(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called, reference="req-1", metadata={"site": "Lisbon"})

    assert (one.state, one.claim.state, one.delivery) == (State.CLAIMED, ClaimState.RESERVED, Delivery.PORTAL)
    assert [(entry.kind, entry.key) for entry in Entry.objects.all()] == [("fulfillment.call", f"{one.oid}:1")]
    assert one.link_digest == links.digest_of(one.link_token)
    assert len(one.link_token) == 32
    verbs = AuditEntry.objects.filter(oid=one.oid).values_list("verb", flat=True)
    assert sorted(verbs) == ["claim.reserved", "fulfillment.claimed", "fulfillment.requested"]


def test_a_product_worked_by_hand_makes_no_call(academic: Product, give_test: Give) -> None:
    stock(academic, 1)
    one = give_test(academic)
    assert (one.state, one.reason, Entry.objects.count()) == (State.CLAIMED, "To do at iTEP, by hand.", 0)


def test_without_stock_it_waits_and_is_served_in_order(itep: PretendItep, called: Product, give_test: Give) -> None:
    first = give_test(called)
    second = give_test(called, Candidate("Ben Weiß", "ben@example.org"))
    assert [first.state, second.state] == [State.WAITING, State.WAITING]
    assert first.reason == "No test ID is available. Requests wait in order."

    stock(called, 1)
    Entry.objects.update(state="pending")
    work()
    assert [fresh(first).state, fresh(second).state] == [State.SENT, State.WAITING]


def test_whoever_will_not_wait_is_refused(called: Product, give_test: Give) -> None:
    with pytest.raises(NoInventory) as refused:
        give_test(called, wait=False)
    assert (refused.value.product, refused.value.available) == ("BUS-PLUS", 0)
    assert nothing_changed()


@pytest.mark.parametrize(
    ("candidate", "more", "wrong"),
    [
        (Candidate(" "), {}, ["candidate.name", "candidate.email"]),
        (Candidate("Ana", "not an address"), {}, ["candidate.email"]),
        (Candidate("Ana", ""), {"delivery": "itep"}, ["candidate.email"]),
        (Candidate("A" * 201, "ana@example.org"), {}, ["candidate.name"]),
        (Candidate("Ana\0", "ana@example.org"), {}, ["candidate.name"]),
        (Candidate("Ana", "ana@example.org", "", "english please"), {}, ["candidate.language", "candidate.language"]),
        (ANA, {"deadline": timezone.now().date() - timedelta(days=2)}, ["deadline"]),
        (ANA, {"delivery": "pigeon"}, ["delivery"]),
        (ANA, {"metadata": {"a": [1]}}, ["metadata.a"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(
    called: Product, give_test: Give, candidate: Candidate, more: dict[str, Any], wrong: list[str]
) -> None:
    stock(called, 1)
    with pytest.raises(BadRequest) as refused:
        give_test(called, candidate, **more)
    assert faults(refused.value) == wrong
    assert nothing_changed()


def test_no_email_is_needed_where_the_asker_hands_the_id_out(called: Product, give_test: Give) -> None:
    stock(called, 1)
    assert give_test(called, Candidate("Ana Silva"), delivery="none").state == State.CLAIMED


def test_the_deadline_may_be_today(called: Product, give_test: Give) -> None:
    assert give_test(called, deadline=timezone.now().date()).state == State.WAITING


@pytest.mark.parametrize(
    "same",
    [
        Candidate("Somebody Else", "else@example.org", "hr-77"),
        Candidate("  ANA   silva ", "Ana@Example.org", ""),
        Candidate("Ana Silva", "ana@example.org", "hr-77"),
    ],
)
def test_the_same_person_gets_no_second_one(called: Product, give_test: Give, same: Candidate) -> None:
    stock(called, 3)
    first = give_test(called)
    with pytest.raises(DuplicateCandidate) as refused:
        give_test(called, same)
    assert refused.value.oid == first.oid
    assert (Fulfillment.objects.count(), TestID.objects.available().count()) == (1, 2)
    assert give_test(called, same, allow_duplicate=True).state == State.CLAIMED


@pytest.mark.parametrize(
    "other",
    [
        Candidate("Ana Silva", "ana@example.org", "hr-78"),
        Candidate("Ana Silva", "other@example.org"),
        Candidate("Ana Souza", "ana@example.org"),
    ],
)
def test_another_person_gets_one(called: Product, give_test: Give, other: Candidate) -> None:
    give_test(called)
    assert give_test(called, other).state == State.WAITING


def test_without_an_email_two_of_one_name_are_two(called: Product, give_test: Give) -> None:
    give_test(called, Candidate("Ana Silva"), delivery="none")
    assert give_test(called, Candidate("Ana Silva"), delivery="none").state == State.WAITING


def test_one_number_at_two_payers_is_two_people(called: Product, give_test: Give, hr: Payer) -> None:
    school = Payer.objects.create(code="school", name="School")
    give_test(called, Candidate("Ana", "ana@example.org", "7"), payer=hr)
    other = Candidate("Ben", "ben@example.org", "7")
    assert give_test(called, other, payer=school).state == State.WAITING


def test_one_name_and_email_with_numbers_at_two_payers_is_one_person(
    called: Product, give_test: Give, hr: Payer
) -> None:
    school = Payer.objects.create(code="school", name="School")
    give_test(called, Candidate("Ana", "ana@example.org", "7"), payer=hr)
    with pytest.raises(DuplicateCandidate):
        give_test(called, Candidate("Ana", "ana@example.org", "8"), payer=school)


@pytest.mark.parametrize("status", ["Completed", "Invalidated"])
def test_whose_test_is_over_gets_another(called: Product, give_test: Give, status: str) -> None:
    first = give_test(called)
    progress.seen(oid=first.oid, status_raw=status, at=timezone.now(), by="webhook")
    assert give_test(called).state == State.WAITING


@pytest.mark.parametrize("state", [State.CANCELLED, State.FAILED])
def test_whose_test_came_to_nothing_gets_another(called: Product, give_test: Give, state: State) -> None:
    first = give_test(called)
    Fulfillment.objects.filter(pk=first.pk).update(state=state)
    assert give_test(called).state == State.WAITING


def test_for_a_limited_client_only_what_it_sees_counts(called: Product, give_test: Give, hr_client: ApiClient) -> None:
    school = Payer.objects.create(code="school", name="School")
    give_test(called, payer=school)
    one = give_test(called, client=hr_client)
    assert one.payer is not None
    assert (one.state, one.payer.code) == (State.WAITING, "hr")
    with pytest.raises(DuplicateCandidate):
        give_test(called, client=hr_client)


@pytest.mark.parametrize("code", ["nobody", "school"])
def test_a_payer_that_the_client_may_not_name_is_unknown(
    called: Product, give_test: Give, hr_client: ApiClient, code: str
) -> None:
    Payer.objects.create(code="school", name="School")
    with pytest.raises(UnknownPayer):
        give_test(called, client=hr_client, payer=code)
    assert nothing_changed()


def test_a_client_of_two_payers_has_to_name_one(called: Product, give_test: Give, hr_client: ApiClient) -> None:
    hr_client.payers.add(Payer.objects.create(code="school", name="School"))
    with pytest.raises(UnknownPayer):
        give_test(called, client=hr_client)
    assert nothing_changed()


def test_the_dry_run_does_nothing(called: Product, by_sam: Any) -> None:
    stock(called, 1)
    would_be = would_give(product=called, candidate=ANA, actor=by_sam, origin="staff")
    assert would_be.state == State.CLAIMED
    assert nothing_changed()
    assert TestID.objects.available().count() == 1


def test_a_text_too_long_for_itep_is_refused_before_an_id_is_spent(
    called: Product, give_test: Give, itep: PretendItep, settings: Any
) -> None:
    from dataclasses import replace

    keys = replace(settings.ITEP_DIALECT.assigned_to, max_bytes=60)
    settings.ITEP_DIALECT = replace(settings.ITEP_DIALECT, assigned_to=keys)
    stock(called, 1)
    with pytest.raises(BadRequest) as refused:
        give_test(called)
    assert faults(refused.value) == ["candidate.name"]
    assert nothing_changed()
