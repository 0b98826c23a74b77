"""From a kept post to its effect: matching, quarantine, order, replays."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError

from access.actors import Actor
from access.models import AuditEntry
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.models import Claim, ClaimState, Holding, Product, Standing, TestID, WordSource
from inventory.models.claims import WrittenBy
from outbox import leases
from outbox.models import Entry
from results.models import Result
from tests.conftest import stock
from tests.given import GIVEN_AT, given
from tests.webhooks.conftest import FORM, data
from webhooks import inbox, quarantine
from webhooks.judging import LEASE, judge_kept
from webhooks.models import Post, PostState, TrackingCode, Why

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(code: TrackingCode) -> Any:
    """Keeps a post with these fields, as if iTEP had sent it; says its number."""

    def keep(body: bytes | None = None, **fields: Any) -> int:
        raw = urlencode({"data": data(**fields)}).encode() if body is None else body
        inbox.keep(tracking_code_id=code.pk, content_type=FORM, body=raw)
        return Post.objects.latest("pk").pk

    return keep


def judged(pk: int) -> Post:
    judge_kept()
    return Post.objects.get(pk=pk)


def assert_set_apart(post: Post, why: Why) -> None:
    assert (post.state, post.why) == (PostState.QUARANTINED, why), post.reason
    assert post.reason
    assert not Result.objects.exists()
    assert AuditEntry.objects.filter(verb="webhook.quarantined", source=f"webhook {post.pk}").count() == 1


def test_our_oid_with_its_confirmed_id_is_recorded(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    post = judged(kept(OID=fulfillment.oid, TestID="id1 "))
    assert (post.state, post.effect, post.test_id, post.oid) == (PostState.JUDGED, "final", "ID1", fulfillment.oid)
    result = Result.objects.get()
    assert (result.fulfillment, result.test_id, result.source) == (fulfillment, "ID1", f"webhook {post.pk}")
    fulfillment.refresh_from_db()
    assert (fulfillment.itep_status, fulfillment.itep_status_by) == ("completed", "webhook")
    assert fulfillment.itep_status_at == post.received_at
    row = TestID.objects.get(test_id="ID1")
    assert (row.progress, row.progress_at, row.said_by) == ("completed", post.received_at, WordSource.ANSWER)


@pytest.mark.parametrize("state", [ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN])
def test_our_oid_confirms_a_claim_that_was_not(kept: Any, academic: Product, state: ClaimState) -> None:
    fulfillment = given(academic, "ID1", state=state)
    post = judged(kept(OID=fulfillment.oid, TestID="ID1"))
    assert post.effect == "final", post.reason
    assert Claim.objects.get().state == ClaimState.CONFIRMED
    assert Entry.objects.filter(kind="fulfillment.settle", oid=fulfillment.oid).count() == 1


def test_our_oid_waiting_takes_the_id_that_itep_names(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, None, state=ClaimState.WAITING)
    stock(academic, 1)
    post = judged(kept(OID=fulfillment.oid, TestID="ACADPLUS0001"))
    assert post.effect == "final", post.reason
    row = TestID.objects.get()
    assert (row.holder_id, row.holding) == (fulfillment.claim_id, Holding.CURRENT)


def test_our_oid_with_another_id_than_its_confirmed_one_is_set_apart(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    post = judged(kept(OID=fulfillment.oid, TestID="ID2"))
    assert_set_apart(post, Why.OTHER_ID)
    assert "ID1" in post.reason
    assert "ID2" in post.reason
    assert Fulfillment.objects.get().itep_status == ""


def test_that_other_id_is_in_use_and_given_to_nobody(kept: Any, academic: Product) -> None:
    """Neither where it was free, nor to the request that merely reserved it."""
    fulfillment = given(academic, "ID1")
    free, reserved = stock(academic, 2)
    claims.open_claim(oid=(waits := uuid4()), product=academic, outlive=None, actor=Actor.system("test"))
    assert TestID.objects.get(pk=free.pk).holder is not None  # the first one is reserved now

    for test_id in (reserved.test_id, free.test_id):
        assert_set_apart(judged(kept(OID=fulfillment.oid, TestID=test_id)), Why.OTHER_ID)

    assert TestID.objects.available().count() == 0
    assert Claim.objects.get(oid=waits).state == ClaimState.WAITING


@pytest.mark.parametrize("state", [ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED])
def test_our_oid_with_an_id_that_another_request_may_have_is_set_apart(
    kept: Any, academic: Product, state: ClaimState
) -> None:
    given(academic, "ID1", state=state)
    second = given(academic, "ID2", state=ClaimState.UNKNOWN, name="Ben Costa")
    assert_set_apart(judged(kept(OID=second.oid, TestID="ID1")), Why.CONFLICT)
    assert TestID.objects.get(test_id="ID1").holder_id != second.claim_id


def test_our_oid_cancelled_but_with_its_id_keeps_its_result(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1", state=ClaimState.ENDED)
    assert judged(kept(OID=fulfillment.oid, TestID="ID1")).effect == "final"


def test_our_oid_cancelled_and_another_id_is_set_apart(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1", state=ClaimState.ENDED)
    assert_set_apart(judged(kept(OID=fulfillment.oid, TestID="ID2")), Why.OTHER_ID)


@pytest.mark.parametrize("oid", ["", "their-own-7", "00000000-1111-4222-8333-444444444444"])
@pytest.mark.parametrize("written_by", [WrittenBy.ADOPTED, WrittenBy.PERSON])
def test_without_our_oid_an_id_joined_by_a_person_is_matched(
    kept: Any, academic: Product, oid: str, written_by: WrittenBy
) -> None:
    fulfillment = given(academic, "ID1", written_by=written_by)
    post = judged(kept(OID=oid, TestID="ID1"))
    assert (post.effect, post.oid) == ("final", fulfillment.oid), post.reason


@pytest.mark.parametrize("state", [ClaimState.RESERVED, ClaimState.UNKNOWN, ClaimState.CONFIRMED, ClaimState.ENDED])
def test_without_our_oid_an_id_held_otherwise_is_set_apart(kept: Any, academic: Product, state: ClaimState) -> None:
    given(academic, "ID1", state=state)
    assert_set_apart(judged(kept(OID="", TestID="ID1")), Why.HELD_OTHERWISE)
    assert Claim.objects.get().state == state


def test_an_available_id_leaves_the_stock_at_once(kept: Any, academic: Product) -> None:
    stock(academic, 2)
    post = judged(kept(OID="", TestID="ACADPLUS0001", Status="Started"))
    assert_set_apart(post, Why.IN_STOCK)
    row = TestID.objects.get(test_id="ACADPLUS0001")
    assert (row.standing, row.status, row.said_by, row.said_at) == (
        Standing.UNAVAILABLE,
        "started",
        WordSource.WEBHOOK,
        post.received_at,
    )
    assert TestID.objects.available().count() == 1
    assert AuditEntry.objects.filter(verb="test_id.left_stock", test_id="ACADPLUS0001").count() == 1
    assert_set_apart_again = judged(kept(OID="", TestID="ACADPLUS0001"))
    assert assert_set_apart_again.why == Why.NOT_HELD


def test_an_id_unknown_here_is_a_result_outside_the_portal(kept: Any) -> None:
    post = judged(kept(OID="theirs", TestID="NEW1"))
    assert (post.state, post.effect) == (PostState.JUDGED, "final")
    result = Result.objects.get()
    assert (result.subject, result.fulfillment, result.released_at) == ("id:NEW1", None, None)
    assert not TestID.objects.exists()


def test_an_id_assigned_outside_is_a_result_outside_the_portal(kept: Any, academic: Product) -> None:
    stock(academic, 1)
    TestID.objects.update(standing=Standing.OUTSIDE, assigned_to="Carl", assigned_to_digest="1")
    assert judged(kept(OID="", TestID="ACADPLUS0001")).effect == "final"
    assert Result.objects.get().subject == "id:ACADPLUS0001"
    assert TestID.objects.get().progress == "completed"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", Why.UNREADABLE),
        (b"data=%7Bbroken", Why.UNREADABLE),
        (b"data=%5B%5D", Why.UNREADABLE),
        (b"data=%7B%7D", Why.NO_TEST_ID),
        (b"other=1", Why.UNREADABLE),
    ],
)
def test_what_cannot_be_read_is_set_apart(kept: Any, body: bytes, why: Why) -> None:
    assert_set_apart(judged(kept(body)), why)


@pytest.mark.parametrize("fields", [{"Overall_Level": "6.1"}, {"Reading_Level": "-0.1"}, {"Overall_Level": "B2"}])
def test_a_level_out_of_range_is_set_apart(kept: Any, academic: Product, fields: dict[str, str]) -> None:
    fulfillment = given(academic, "ID1")
    post = judged(kept(OID=fulfillment.oid, TestID="ID1", **fields))
    assert_set_apart(post, Why.UNREADABLE)
    assert next(iter(fields)) in post.reason
    assert Fulfillment.objects.get().itep_status == ""


def test_a_post_without_test_id_is_set_apart_though_the_oid_is_ours(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    post = judged(kept(OID=fulfillment.oid, TestID=""))
    assert_set_apart(post, Why.NO_TEST_ID)
    assert post.oid == fulfillment.oid


def test_fifty_repeats_have_one_effect(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    for _ in range(50):
        kept(OID=fulfillment.oid, TestID="ID1")
    assert judge_kept() == 50
    assert sorted(Post.objects.values_list("effect", flat=True)) == ["final"] + ["no effect"] * 49
    assert Result.objects.count() == 1
    assert AuditEntry.objects.filter(verb="result.recorded").count() == 1


def test_finished_then_completed(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    first = kept(OID=fulfillment.oid, TestID="ID1", Status="Finished", Overall_Level="", Overall_cefr="")
    second = kept(OID=fulfillment.oid, TestID="ID1")
    judge_kept()
    assert [Post.objects.get(pk=pk).effect for pk in (first, second)] == ["provisional", "final"]
    assert [(one.state, one.current) for one in Result.objects.order_by("revision")] == [
        ("provisional", False),
        ("final", True),
    ]


def test_in_reversed_order_the_final_result_and_the_status_stay(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    first = kept(OID=fulfillment.oid, TestID="ID1")
    second = kept(OID=fulfillment.oid, TestID="ID1", Status="Finished", Overall_Level="", Overall_cefr="")
    judge_kept()
    assert [Post.objects.get(pk=pk).effect for pk in (first, second)] == ["final", "no effect"]
    assert Result.objects.get().state == "final"
    assert Fulfillment.objects.get().itep_status == "completed"


def test_a_bad_post_blocks_nobody(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    bad, good = kept(OID=fulfillment.oid, TestID="ID1", Status="Finished"), kept(OID=fulfillment.oid, TestID="ID1")
    from results import recording

    right = recording.record

    def fail_first(**about: Any) -> Any:
        if about["post"].status_raw == "Finished":
            right(**about)
            raise ZeroDivisionError
        return right(**about)

    with patch("webhooks.judging.recording.record", side_effect=fail_first):
        assert judge_kept() == 2
    post = Post.objects.get(pk=bad)
    assert (post.state, post.why) == (PostState.QUARANTINED, Why.FAULT)
    assert Post.objects.get(pk=good).effect == "final"
    assert Result.objects.count() == 1  # nothing is left of what failed half-way


def test_what_no_key_opens_is_set_apart_and_blocks_nobody(kept: Any) -> None:
    first, second = kept(TestID="A1"), kept(TestID="A2")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_post SET body = %s WHERE id = %s", [b"not a token", first])
    judge_kept()
    assert Post.objects.defer("body").get(pk=first).why == Why.FAULT
    assert Post.objects.get(pk=second).effect == "final"


def test_trouble_with_the_database_leaves_the_post_kept_and_in_order(kept: Any) -> None:
    first, second = kept(TestID="A1", Status="Finished"), kept(TestID="A1")
    with patch("webhooks.judging.place", side_effect=OperationalError("away")), pytest.raises(OperationalError):
        judge_kept()
    assert set(Post.objects.values_list("state", flat=True)) == {PostState.KEPT}
    assert judge_kept() == 2
    assert [Post.objects.get(pk=pk).effect for pk in (first, second)] == ["provisional", "final"]


def test_while_somebody_else_judges_nothing_is_done(kept: Any) -> None:
    kept(TestID="A1")
    with leases.hold(LEASE, 60) as ours:
        assert ours
        assert judge_kept() == 0
    assert judge_kept() == 1


def test_after_the_stretch_the_rest_waits_for_the_next_turn(kept: Any) -> None:
    for number in range(3):
        kept(TestID=f"A{number}")
    with patch("webhooks.judging.STRETCH", 0.0):
        assert judge_kept() == 0
    with patch("webhooks.judging.BATCH", 2):
        assert judge_kept() == 3


def test_the_last_post_of_a_tracking_code_is_noted(kept: Any, code: TrackingCode) -> None:
    post = judged(kept(TestID="A1"))
    code.refresh_from_db()
    assert code.last_post_at == post.received_at


def test_a_replay_judges_again_in_order_and_says_who(kept: Any, academic: Product, by_sam: Actor) -> None:
    oid = uuid4()
    given(academic, "ID1")
    first, second = kept(OID=oid, TestID="ID1", Status="Finished"), kept(OID=oid, TestID="ID1")
    judge_kept()
    assert quarantine.replay(actor=by_sam, post_ids=[first + 1000]) == 0
    from inventory.models import AssignedToRecord

    AssignedToRecord.objects.update(written_by=WrittenBy.ADOPTED)  # a person joined them meanwhile
    assert quarantine.replay(actor=by_sam) == 2
    assert set(Post.objects.values_list("state", "why", "reason")) == {(PostState.KEPT, "", "")}
    assert judge_kept() == 2
    assert [Post.objects.get(pk=pk).effect for pk in (first, second)] == ["provisional", "final"]
    entries = AuditEntry.objects.filter(verb="webhook.replayed")
    assert [(one.user, one.source) for one in entries] == [(by_sam.user, f"webhook {pk}") for pk in (first, second)]


def test_replay_webhooks(kept: Any, capsys: pytest.CaptureFixture[str]) -> None:
    first = kept(b"data=%7B%7D")
    kept(b"data=broken")
    judge_kept()
    call_command("replay_webhooks", str(first))
    call_command("replay_webhooks")
    assert capsys.readouterr().out.splitlines() == ["1 put back, 1 judged", "2 put back, 2 judged"]
    assert Post.objects.filter(state=PostState.QUARANTINED).count() == 2


def test_a_replayed_older_post_does_not_overwrite(kept: Any, academic: Product, by_sam: Actor) -> None:
    fulfillment = given(academic, "ID1")
    old = kept(OID="", TestID="ID1", Overall_Level="2.0")
    new = kept(OID=fulfillment.oid, TestID="ID1", Overall_Level="5.0")
    judge_kept()
    from inventory.models import AssignedToRecord

    AssignedToRecord.objects.update(written_by=WrittenBy.ADOPTED)
    quarantine.replay(actor=by_sam)
    judge_kept()
    assert [Post.objects.get(pk=pk).effect for pk in (old, new)] == ["asked", "final"]
    assert str(Result.objects.get(current=True).overall_level) == "5.00"


def test_the_mirror_hears_nothing_older(kept: Any, academic: Product) -> None:
    fulfillment = given(academic, "ID1")
    first = kept(OID=fulfillment.oid, TestID="ID1", Status="Finished")
    second = kept(OID=fulfillment.oid, TestID="ID1", Status="Started")
    Post.objects.filter(pk=second).update(received_at=GIVEN_AT)
    judge_kept()
    row = TestID.objects.get()
    assert (row.progress, row.progress_at) == ("finished", Post.objects.get(pk=first).received_at)
