"""A call is begun, answered or lost: each outcome, each refusal."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from access.models import AuditEntry
from inventory import claims, products
from inventory.claims import Recorded
from inventory.errors import ClaimMoved
from inventory.models import AssignedToRecord, Calls, ClaimState, Holding, Product, Source, Standing, TestID
from itep.client import Answer, Outcome
from tests.conftest import stock
from tests.inventory.conftest import TEXT, Desk, claim_of, held, row_of, told_to_serve, told_to_settle


def test_a_call_is_begun_with_its_text(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    claim = claim_of(oid)
    assert (claim.state, claim.revision, claim.told_at, claim.call_ended_at) == ("calling", 1, None, None)
    assert claim.call_until is not None
    record = AssignedToRecord.objects.get()
    assert (record.claim, record.test_id, record.text) == (claim, "BUSPLUS0001", TEXT % oid)
    assert (record.written_by, record.source, record.confirmed_at) == ("call", "call 1", None)


def test_a_begun_second_call_counts_as_told(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid, tells=True)
    assert claim_of(oid).told_at is not None


def _paused(desk: Desk, oid: UUID) -> None:
    products.pause(product=desk.product, because="why not", actor=desk.actor)


def _by_hand(desk: Desk, oid: UUID) -> None:
    claims.text_taken(oid=oid, text="x", actor=desk.actor)


def _manual(desk: Desk, oid: UUID) -> None:
    Product.objects.filter(pk=desk.product.pk).update(calls=Calls.MANUAL)


def _without_id(desk: Desk, oid: UUID) -> None:
    TestID.objects.update(holder=None, holding="")


def _begun(desk: Desk, oid: UUID) -> None:
    desk.begin(oid)


def _cancelled(desk: Desk, oid: UUID) -> None:
    claims.cancel(oid=oid, actor=desk.actor, reason="no")


@pytest.mark.parametrize("spoil", [_paused, _by_hand, _manual, _without_id, _begun, _cancelled])
def test_a_call_that_may_not_be_made_changes_nothing(desk: Desk, spoil: object) -> None:
    assert callable(spoil)
    stock(desk.product, 1)
    oid = desk.open()
    spoil(desk, oid)
    before, texts = claim_of(oid), AssignedToRecord.objects.count()
    with pytest.raises(ClaimMoved) as refused:
        desk.begin(oid)
    assert refused.value.why
    after = claim_of(oid)
    assert (after.state, after.revision) == (before.state, before.revision)
    assert AssignedToRecord.objects.count() == texts


def test_confirmed(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    Product.objects.update(refusals_in_a_row=9)
    assert desk.answer(oid, Outcome.CONFIRMED, password="s3cret") == Recorded(ClaimState.CONFIRMED)
    claim, row = claim_of(oid), row_of("BUSPLUS0001")
    assert (claim.state, claim.revision) == ("confirmed", 2)
    assert claim.call_ended_at is not None
    assert claim.confirmed_at is not None
    assert (row.standing, row.said_by, row.assigned_to, row.password) == ("ours", "answer", TEXT % oid, "s3cret")
    assert (row.holder_id, row.holding) == (claim.pk, "current")
    record = AssignedToRecord.objects.get()
    assert record.confirmed_by == "call 1"
    assert record.confirmed_at is not None
    assert Product.objects.get(code="BUS-PLUS").refusals_in_a_row == 0
    assert told_to_settle(oid) == 1
    story = AuditEntry.objects.filter(test_id="BUSPLUS0001").values_list("verb", flat=True)
    assert list(story) == ["claim.reserved", "call.begun", "claim.confirmed"]


def test_an_answer_with_another_id_wins(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0002") == Recorded(ClaimState.CONFIRMED)
    assert held(oid) == "BUSPLUS0002"
    asked = row_of("BUSPLUS0001")
    assert (asked.holder_id, asked.holding) == (claim_of(oid).pk, Holding.EARLIER)
    assert asked.is_available is False
    assert told_to_serve() == 0


def test_an_answer_with_an_id_that_the_mirror_does_not_know_adds_it(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="ELSEWHERE1")
    row = row_of("ELSEWHERE1")
    assert (row.product, row.standing, row.said_by, row.status) == (desk.product, "ours", "answer", "")
    assert held(oid) == "ELSEWHERE1"


def test_an_answer_with_an_id_that_another_merely_reserves_moves_that_one_on(desk: Desk) -> None:
    stock(desk.product, 3)
    oid, other = desk.open(), desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0002")
    assert (held(oid), held(other)) == ("BUSPLUS0002", "BUSPLUS0003")
    assert claim_of(other).state == ClaimState.RESERVED
    assert told_to_settle(other) == 1


def test_or_makes_it_wait(desk: Desk) -> None:
    stock(desk.product, 2)
    oid, other = desk.open(), desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0002")
    assert (held(other), claim_of(other).state) == ("", ClaimState.WAITING)


@pytest.mark.parametrize("state", [ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
def test_an_answer_with_an_id_that_another_may_have_is_a_conflict(desk: Desk, state: ClaimState) -> None:
    stock(desk.product, 2)
    other = desk.at(state)
    oid = desk.open()
    desk.begin(oid)
    before = claim_of(other)
    recorded = desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0001")
    assert recorded == Recorded(ClaimState.UNKNOWN, conflict=True)
    claim = claim_of(oid)
    assert (claim.state, claim.was_unknown, held(oid)) == ("unknown", True, "BUSPLUS0002")
    assert claim.conflict_at is not None
    assert held(other) == "BUSPLUS0001"
    assert claim_of(other).revision == before.revision
    assert AuditEntry.objects.filter(verb="claim.contradicted").count() == 1


def test_an_id_of_an_ended_request_that_nobody_released_is_a_conflict(desk: Desk) -> None:
    stock(desk.product, 2)
    other = desk.at(ClaimState.CONFIRMED)
    claims.cancel(oid=other, actor=desk.actor, reason="ill")
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.CONFIRMED, test_id="BUSPLUS0001").conflict is True
    assert held(other) == "BUSPLUS0001"


def test_a_sale_gets_its_id_with_the_answer(desk: Desk) -> None:
    desk.product.source = Source.SALE
    desk.product.save()
    oid = desk.open()
    desk.begin(oid)
    desk.answer(oid, Outcome.CONFIRMED, test_id="SOLD1")
    assert (held(oid), row_of("SOLD1").assigned_to) == ("SOLD1", TEXT % oid)
    assert AssignedToRecord.objects.get().test_id == "SOLD1"


def test_unavailable_takes_the_next(desk: Desk) -> None:
    stock(desk.product, 2)
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.UNAVAILABLE) == Recorded(ClaimState.RESERVED, took_next=True)
    refused = row_of("BUSPLUS0001")
    assert (refused.standing, refused.said_by, refused.holder) == (Standing.REFUSED, "answer", None)
    assert held(oid) == "BUSPLUS0002"
    assert claim_of(oid).refused_ids == 1


def test_unavailable_without_another_waits(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.UNAVAILABLE) == Recorded(ClaimState.WAITING)
    assert told_to_serve() == 1


def test_after_five_ids_a_person_is_needed(desk: Desk) -> None:
    stock(desk.product, 6)
    oid = desk.open()
    for _ in range(4):
        desk.begin(oid)
        assert desk.answer(oid, Outcome.UNAVAILABLE).took_next is True
    desk.begin(oid)
    assert desk.answer(oid, Outcome.UNAVAILABLE) == Recorded(ClaimState.RESERVED, gave_up=True)
    assert held(oid) == ""
    assert TestID.objects.filter(standing=Standing.REFUSED).count() == 5
    with pytest.raises(ClaimMoved):
        desk.begin(oid)
    claims.try_again(oid=oid, actor=desk.actor)
    assert (held(oid), claim_of(oid).refused_ids) == ("BUSPLUS0006", 0)


def test_ten_refusals_in_a_row_pause_the_product_once(desk: Desk) -> None:
    stock(desk.product, 20)
    for _ in range(3):
        oid = desk.open()
        for _ in range(4):
            if Product.objects.get(pk=desk.product.pk).paused_at:
                break
            desk.begin(oid)
            desk.answer(oid, Outcome.UNAVAILABLE)
    product = Product.objects.get(pk=desk.product.pk)
    assert product.refusals_in_a_row == 10
    assert product.paused_at is not None
    assert AuditEntry.objects.filter(verb="product.paused").count() == 1
    assert TestID.objects.filter(standing=Standing.REFUSED).count() == 10


def test_a_bad_key_pauses_all_products_that_share_it(desk: Desk, academic: Product) -> None:
    stock(desk.product, 1)
    sister = Product(code="BUS-CORE", calls=Calls.API)
    sister.set_api_key("key-of-business")
    sister.save()
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.BAD_KEY) == Recorded(ClaimState.RESERVED)
    paused = Product.objects.filter(paused_at__isnull=False).values_list("code", flat=True)
    assert list(paused) == ["BUS-CORE", "BUS-PLUS"]
    assert held(oid) == "BUSPLUS0001"


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.RETRY])
def test_what_itep_surely_did_not_do_can_be_tried_again(desk: Desk, outcome: Outcome) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, outcome) == Recorded(ClaimState.RESERVED)
    assert held(oid) == "BUSPLUS0001"
    desk.begin(oid)
    assert claim_of(oid).state == ClaimState.CALLING


@pytest.mark.parametrize("outcome", list(Outcome))
def test_after_an_unknown_attempt_only_a_confirmation_settles(desk: Desk, outcome: Outcome) -> None:
    stock(desk.product, 2)
    oid = desk.at(ClaimState.UNKNOWN)
    until = timezone.now() + timedelta(seconds=60)
    claims.begin_call(oid=oid, text="again", until=until, source="call 2", repeat=True)
    recorded = desk.answer(oid, outcome)
    settled = outcome == Outcome.CONFIRMED
    assert recorded == Recorded(ClaimState.CONFIRMED if settled else ClaimState.UNKNOWN)
    assert held(oid) == "BUSPLUS0001"
    assert row_of("BUSPLUS0002").is_available is True
    assert Product.objects.filter(paused_at__isnull=False).count() == 0


def test_an_unknown_call_is_not_repeated_unless_the_dialect_allows(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.at(ClaimState.UNKNOWN)
    with pytest.raises(ClaimMoved):
        desk.begin(oid)


def test_success_without_an_id_for_a_sale_is_unknown(desk: Desk) -> None:
    desk.product.source = Source.SALE
    desk.product.save()
    oid = desk.open()
    desk.begin(oid)
    assert desk.answer(oid, Outcome.CONFIRMED) == Recorded(ClaimState.UNKNOWN)


def test_a_lost_call_is_unknown_and_has_no_end(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    revision = desk.begin(oid)
    assert claims.call_lost(oid=oid, revision=revision, source="call 1") is True
    claim = claim_of(oid)
    assert (claim.state, claim.was_unknown, claim.call_ended_at) == ("unknown", True, None)
    assert claims.call_lost(oid=oid, revision=revision, source="call 1") is False
    assert claim_of(oid).revision == claim.revision


def test_a_late_confirmation_settles_an_unknown(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    revision = desk.begin(oid)
    claims.call_lost(oid=oid, revision=revision, source="call 1")
    late = Answer(Outcome.CONFIRMED, test_id="BUSPLUS0001")
    recorded = claims.record_answer(oid=oid, revision=revision, answer=late, source="call 1")
    assert recorded == Recorded(ClaimState.CONFIRMED, moved=True)


@pytest.mark.parametrize("outcome", [Outcome.UNAVAILABLE, Outcome.REFUSED, Outcome.RETRY, Outcome.BAD_KEY])
def test_any_other_late_answer_changes_nothing(desk: Desk, outcome: Outcome) -> None:
    stock(desk.product, 2)
    oid = desk.open()
    revision = desk.begin(oid)
    claims.call_lost(oid=oid, revision=revision, source="call 1")
    recorded = claims.record_answer(oid=oid, revision=revision, answer=Answer(outcome), source="call 1")
    assert recorded == Recorded(ClaimState.UNKNOWN, moved=True)
    assert claim_of(oid).revision == revision + 1
    assert held(oid) == "BUSPLUS0001"


def test_an_answer_after_an_export_confirmed_keeps_its_password_only(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    revision = desk.begin(oid)
    claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0001", at=timezone.now(), source="post 1")
    answer = Answer(Outcome.CONFIRMED, test_id="BUSPLUS0001", password="s3cret")
    recorded = claims.record_answer(oid=oid, revision=revision, answer=answer, source="call 1")
    assert recorded == Recorded(ClaimState.CONFIRMED, moved=True)
    assert row_of("BUSPLUS0001").password == "s3cret"
    assert claim_of(oid).revision == revision + 1


def test_a_password_that_comes_later_has_an_author_and_one_effect(desk: Desk) -> None:
    """Found by the state machine: kept without a trace, and again by each repeat."""
    stock(desk.product, 1)
    oid = desk.open()
    revision = desk.begin(oid)
    claims.confirm_by_webhook(oid=oid, test_id="BUSPLUS0001", at=timezone.now(), source="post 1")
    answer = Answer(Outcome.CONFIRMED, test_id="BUSPLUS0001", password="s3cret")
    claims.record_answer(oid=oid, revision=revision, answer=answer, source="call 1")
    once = row_of("BUSPLUS0001").revision

    claims.record_answer(oid=oid, revision=revision, answer=answer, source="call 1")

    assert row_of("BUSPLUS0001").revision == once
    assert AuditEntry.objects.filter(verb="test_id.password_kept", oid=oid).count() == 1


def test_an_older_word_does_not_overwrite_a_newer_one(desk: Desk) -> None:
    stock(desk.product, 1)
    oid = desk.open()
    desk.begin(oid)
    later = timezone.now() + timedelta(hours=1)
    TestID.objects.update(said_at=later, standing=Standing.OUTSIDE, assigned_to="somebody", said_by="export")
    desk.answer(oid, Outcome.CONFIRMED)
    row = row_of("BUSPLUS0001")
    assert (row.standing, row.assigned_to, row.said_by, row.said_at) == ("outside", "somebody", "export", later)
    assert claim_of(oid).state == ClaimState.CONFIRMED
