"""Adoption: whose an ID is, read from iTEP's text; nobody twice; no call, no mail; nothing new for the next export."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry, Payer
from fulfillment import adopting, batches
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, DuplicateCandidate
from fulfillment.models import Batch, BatchRow, Fulfillment, RowState, State
from inventory import queries, unexplained
from inventory.claims import adopting as claims
from inventory.errors import NotPossible, ReasonNeeded
from inventory.models import Claim, ClaimState, Product, Standing, TestID, Upload
from outbox.models import Entry
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.test_repairing import export

pytestmark = pytest.mark.django_db
BEN = '{"name": "Ben Costa", "email": "ben@example.org", "external_id": "77", "site": "Lisbon"}'


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (BEN, Candidate("Ben Costa", "ben@example.org", "77")),
        ('{"NAME": "Ben", "E-Mail": "ben@example.org"}', Candidate("Ben", "ben@example.org")),
        ('{"candidate": "ben@example.org"}', Candidate("ben@example.org", "ben@example.org")),
        ('{"name": "Ben", "email": "none yet", "external_id": 12}', Candidate("Ben", "", "12")),
        ("Ben Costa <ben@example.org>", Candidate("Ben Costa", "ben@example.org")),
        ("ben@example.org", Candidate("ben@example.org", "ben@example.org")),
        ("Ben Costa, by phone", Candidate("Ben Costa, by phone")),
        ("[1, 2]", Candidate("[1, 2]")),
        ("Ben\x00\n Costa", Candidate("Ben Costa")),
        ("x" * 300, Candidate("x" * 200)),
    ],
)
def test_whom_a_text_names(text: str, person: Candidate) -> None:
    assert adopting.read(text) == person


@pytest.fixture
def outside(academic: Product, by_sam: Actor) -> Product:
    """Four IDs assigned at iTEP to people unknown here: two of them with one email, one without any; and a free one."""
    export(
        by_sam,
        ("OUT1", "ACAD-PLUS", BEN),
        ("OUT2", "ACAD-PLUS", "Cleo Dias, cleo@example.org"),
        ("OUT3", "ACAD-PLUS", "Cleo Dias, cleo@example.org"),
        ("OUT4", "ACAD-PLUS", "by phone"),
        ("FREE1", "ACAD-PLUS", ""),
    )
    assert [one.test_id for one in adopting.outside()] == ["OUT1", "OUT2", "OUT3", "OUT4"]
    return academic


def same_again(by: Actor) -> int:
    """The next export, as iTEP was: how many IDs are unexplained after it. Nothing may change by it."""
    rows = ("OUT2", "OUT3")
    before = list(Claim.objects.values_list("oid", "state", "revision"))
    export(
        by,
        ("OUT1", "ACAD-PLUS", BEN),
        *((one, "ACAD-PLUS", "Cleo Dias, cleo@example.org") for one in rows),
        ("OUT4", "ACAD-PLUS", "by phone"),
        ("FREE1", "ACAD-PLUS", ""),
    )
    counts = Upload.objects.first().counts  # type: ignore[union-attr]
    assert {cause for cause, number in counts.items() if number} == {"unchanged"}
    assert list(Claim.objects.values_list("oid", "state", "revision")) == before
    return unexplained.number()


def test_adopted_it_is_a_fulfillment_without_a_call_or_a_mail(outside: Product, by_sam: Actor, hr: Payer) -> None:
    one = adopting.adopt(test_id="OUT1", candidate=adopting.read(BEN), actor=by_sam, payer="hr")
    work()

    one = fresh(one)
    assert (one.state, one.origin, one.delivery, one.payer) == (State.ASSIGNED, "outside", "none", hr)
    assert (one.name, one.email, one.external_id) == ("Ben Costa", "ben@example.org", "77")
    claim = one.claim
    assert (claim.state, claim.told_at is not None, claim.call_began_at) == (ClaimState.CONFIRMED, True, None)
    record = claim.assigned_to_records.get()
    assert (record.text, record.written_by, record.test_id) == (BEN, "adopted", "OUT1")
    assert (mail.outbox, Entry.objects.filter(kind__in=["fulfillment.call", "fulfillment.mail"]).count()) == ([], 0)
    assert queries.matched_by_id("OUT1") == one.oid
    assert AuditEntry.objects.filter(oid=one.oid, verb="claim.adopted", user=by_sam.user).count() == 1
    assert same_again(by_sam) == 0


def test_two_ids_with_one_text_may_both_be_adopted_or_one(outside: Product, by_sam: Actor) -> None:
    cleo = adopting.read("Cleo Dias, cleo@example.org")
    adopting.adopt(test_id="OUT2", candidate=cleo, actor=by_sam)
    assert same_again(by_sam) == 0
    with pytest.raises(DuplicateCandidate):
        adopting.adopt(test_id="OUT3", candidate=cleo, actor=by_sam)
    assert TestID.objects.get(test_id="OUT3").holder is None
    adopting.adopt(test_id="OUT3", candidate=cleo, actor=by_sam, allow_duplicate=True)
    assert same_again(by_sam) == 0


def test_when_its_text_changes_at_itep_somebody_is_asked(outside: Product, by_sam: Actor) -> None:
    for test_id in ("OUT2", "OUT3"):
        cleo = adopting.read("Cleo Dias, cleo@example.org")
        adopting.adopt(test_id=test_id, candidate=cleo, actor=by_sam, allow_duplicate=True)
    export(by_sam, ("OUT2", "ACAD-PLUS", "Dan"), ("OUT3", "ACAD-PLUS", ""), ("OUT1", "ACAD-PLUS", BEN))
    assert {unexplained.one(one).rule for one in unexplained.test_ids()} == {  # type: ignore[union-attr]
        "e.confirmed",
        "f.confirmed",
    }


@pytest.mark.parametrize("test_id", ["FREE1", "GONE1", "HELD1"])
def test_what_nobody_has_outside_is_not_adopted(outside: Product, by_sam: Actor, give_test: Give, test_id: str) -> None:
    stock(outside, 1)
    given = give_test(outside)
    TestID.objects.filter(holder=given.claim).update(test_id="HELD1")
    before = Claim.objects.count(), Fulfillment.objects.count()
    with pytest.raises(NotPossible):
        adopting.adopt(test_id=test_id, candidate=Candidate("Dan"), actor=by_sam)
    assert (Claim.objects.count(), Fulfillment.objects.count()) == before


def test_a_name_is_needed(outside: Product, by_sam: Actor) -> None:
    with pytest.raises(BadRequest):
        adopting.adopt(test_id="OUT4", candidate=Candidate(" "), actor=by_sam)
    assert Claim.objects.count() == 0


def test_an_id_that_only_a_result_names_is_adopted_with_its_product(outside: Product, by_sam: Actor) -> None:
    one = adopting.adopt(test_id="RESULT1", candidate=Candidate("Dan"), actor=by_sam, product=outside)
    row = TestID.objects.get(test_id="RESULT1")
    assert (row.holder_id, row.standing, one.product) == (one.claim_id, Standing.UNAVAILABLE, outside)
    assert queries.matched_by_id("RESULT1") == one.oid


# A request that waits may be the same person's.


def test_a_match_is_offered_and_joined_and_gives_back_what_it_reserved(
    outside: Product, by_sam: Actor, give_test: Give
) -> None:
    given = give_test(outside, Candidate("Benjamin Costa", "BEN@example.org"), delivery="none")
    assert TestID.objects.get(test_id="FREE1").holder_id == given.claim_id
    found = {one.row.test_id: one for one in adopting.look(adopting.outside())}
    assert [other.oid for other in found["OUT1"].waits] == [given.oid]
    assert found["OUT2"].waits == []

    one = adopting.join(test_id="OUT1", oid=given.oid, actor=by_sam)

    assert (one.state, Fulfillment.objects.count()) == (State.ASSIGNED, 1)
    assert fresh(one).claim.current.test_id == "OUT1"  # type: ignore[union-attr]
    assert TestID.objects.get(test_id="FREE1").is_available
    assert same_again(by_sam) == 0


def test_a_request_that_has_its_id_is_no_match_but_a_double(outside: Product, by_sam: Actor) -> None:
    first = adopting.adopt(test_id="OUT2", candidate=Candidate("Cleo", "cleo@example.org"), actor=by_sam)
    found = {one.row.test_id: one for one in adopting.look(adopting.outside())}
    assert ([one.oid for one in found["OUT3"].known], found["OUT3"].waits) == ([first.oid], [])
    with pytest.raises(Exception, match="does not wait"):
        adopting.join(test_id="OUT3", oid=first.oid, actor=by_sam)


# Many.


def many(by: Actor, product: Product, count: int) -> Batch:
    export(by, *((f"MANY{number:04}", product.code, f"P{number} Q, p{number}@example.org") for number in range(count)))
    ready = [one for one in adopting.look(adopting.outside()) if one.is_ready]
    return batches.draft_adoption(found=ready, actor=by)


def test_many_are_adopted_by_the_worker_and_none_twice_after_a_crash(
    academic: Product, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = many(by_sam, academic, 60)
    assert (Fulfillment.objects.count(), batch.rows.count()) == (0, 60)
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    adopt = adopting.adopt
    done: list[str] = []

    def killed(**asked: object) -> Fulfillment:
        if len(done) == 40:
            done.append("killed")
            raise RuntimeError
        done.append(str(asked["test_id"]))
        return adopt(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(adopting, "adopt", killed)
    work()
    assert Fulfillment.objects.count() == 25  # whole chunks alone
    Entry.objects.filter(kind="fulfillment.batch").update(due_at=timezone.now() - timedelta(minutes=1))
    for _ in range(5):
        work()

    assert set(batch.rows.values_list("state", flat=True)) == {RowState.GIVEN}
    assert (Fulfillment.objects.count(), Claim.objects.count()) == (60, 60)
    assert adopting.outside().count() == 0


def test_doubles_are_shown_before_and_skipped_unless_asked_for(outside: Product, by_sam: Actor) -> None:
    ready = [one for one in adopting.look(adopting.outside()) if one.is_ready]
    batch = batches.draft_adoption(found=ready, actor=by_sam)
    assert [row.asked["test_id"] for row in batch.rows.all() if row.pk in batches.known_before(batch)] == ["OUT3"]
    batches.confirm(batch_id=batch.pk, actor=by_sam)
    work()
    assert dict(BatchRow.objects.values_list("number", "state")) == {1: "given", 2: "given", 3: "skipped"}
    assert same_again(by_sam) == 0


# Left outside.


def test_what_a_person_left_outside_is_asked_about_no_more_until_they_take_it_back(
    outside: Product, by_sam: Actor
) -> None:
    with pytest.raises(ReasonNeeded):
        claims.leave(test_ids=["OUT4"], actor=by_sam, reason="")
    assert claims.leave(test_ids=["OUT4", "FREE1"], actor=by_sam, reason="The school's own") == 1
    assert ["OUT4" in [one.test_id for one in adopting.outside(left=left)] for left in (False, True)] == [False, True]
    assert AuditEntry.objects.get(verb="test_id.left_outside").reason == "The school's own"
    assert claims.leave(test_ids=["OUT4"], actor=by_sam, reason="again") == 0
    assert same_again(by_sam) == 0
    assert claims.ask_again(test_ids=["OUT4"], actor=by_sam) == 1
    assert "OUT4" in [one.test_id for one in adopting.outside()]
