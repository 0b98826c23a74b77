"""The call to iTEP: each outcome, and what it makes of the fulfillment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, settling
from fulfillment.models import MailState, State
from inventory import claims, products
from inventory.models import AssignedToRecord, ClaimState, Delivery, Product, Source, Standing, TestID
from outbox.models import Attempt, Entry, EntryState, Outcome, Pace
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


def _entry() -> Entry:
    return Entry.objects.filter(kind="fulfillment.call").latest("pk")


def test_the_id_is_assigned_and_the_candidate_mailed(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 2)
    one = give_test(called)
    assert (one.state, itep.asked) == (State.CLAIMED, [])

    work()

    one = fresh(one)
    assert (one.state, one.reason) == (State.SENT, "")
    asked = itep.asked[0]
    assert (asked["path"], asked["test_id"], asked["key"]) == ("/api/assign", "BUSPLUS0001", "key-of-business")
    assert asked["assigned_to"] == {
        "name": "Ana Silva",
        "email": "ana@example.org",
        "oid": str(one.oid),
        "external_id": "hr-77",
    }
    assert len(itep.asked) == 1
    assert AssignedToRecord.objects.get().confirmed_at is not None
    assert [(letter.to, "BUSPLUS0001" in letter.body) for letter in mail.outbox] == [(["ana@example.org"], True)]
    assert [(one.kind, one.state) for one in one.mails.all()] == [("instructions", MailState.ACCEPTED)]
    assert one.claim.told_at is not None


def test_the_attempt_is_kept_without_key_and_password(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    itep.replies.append(Reply(body={"test_id": "BUSPLUS0001", "password": "open-sesame"}))
    give_test(called)
    work()

    attempt = Attempt.objects.get(entry=_entry())
    assert (attempt.outcome, attempt.status) == (Outcome.DONE, 200)
    assert "key-of-business" not in attempt.request + attempt.answer
    assert "open-sesame" not in attempt.request + attempt.answer
    assert "BUSPLUS0001" in attempt.request
    assert TestID.objects.get().password == "open-sesame"


def test_until_it_is_settled_the_candidate_is_told_nothing(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 5)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()

    one = fresh(one)
    assert (one.state, one.claim.state) == (State.UNKNOWN, ClaimState.UNKNOWN)
    assert _entry().state == EntryState.UNKNOWN
    assert (len(itep.asked), len(mail.outbox), one.mails.count()) == (1, 0, 0)
    settling.settle(oid=one.oid)
    assert work() == 0
    assert len(itep.asked) == 1


def test_a_person_says_that_it_is_assigned(itep: PretendItep, called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 5)
    itep.replies.append(Reply(status=500))
    one = give_test(called)
    work()
    acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    work()

    one = fresh(one)
    assert (one.state, len(itep.asked), len(mail.outbox)) == (State.SENT, 1, 1)
    assert _entry().state == EntryState.DONE


def test_a_person_says_that_it_is_not(itep: PretendItep, called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 5)
    itep.replies.append(Reply(status=500))
    one = give_test(called)
    work()
    acts.say_not_done_at_itep(oid=one.oid, actor=by_sam)
    work()

    assert fresh(one).state == State.SENT
    assert [asked["test_id"] for asked in itep.asked] == ["BUSPLUS0001", "BUSPLUS0001"]


def test_an_id_that_is_not_to_be_had_gives_way_to_the_next(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 3)
    itep.replies.extend([Reply(status=409), Reply(status=409)])
    one = give_test(called)
    work()

    assert fresh(one).state == State.SENT
    assert [asked["test_id"] for asked in itep.asked] == ["BUSPLUS0001", "BUSPLUS0002", "BUSPLUS0003"]
    assert TestID.objects.filter(standing=Standing.REFUSED).count() == 2


def test_after_five_refused_ids_a_person_is_asked(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 6)
    itep.replies.extend([Reply(status=409)] * 5)
    one = give_test(called)
    work()

    one = fresh(one)
    assert (one.state, len(itep.asked), _entry().state) == (State.FAILED, 5, EntryState.DEAD)
    assert "one test ID after another" in one.reason
    assert mail.outbox == []

    acts.call_again(oid=one.oid, actor=by_sam)
    work()
    assert (fresh(one).state, len(itep.asked)) == (State.SENT, 6)


def test_what_itep_refuses_waits_for_a_person(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    itep.replies.append(Reply(status=422, body={"error": {"message": "No tracking code."}}))
    one = give_test(called)
    work()

    one = fresh(one)
    assert (one.state, _entry().state) == (State.FAILED, EntryState.DEAD)
    assert (one.reason, Attempt.objects.get().said) == ("iTEP refused the call (HTTP 422).", "No tracking code.")
    settling.settle(oid=one.oid)
    assert work() == 0
    assert (fresh(one).state, len(itep.asked)) == (State.FAILED, 1)

    acts.call_again(oid=one.oid, actor=by_sam)
    work()
    assert (fresh(one).state, [asked["test_id"] for asked in itep.asked]) == (State.SENT, ["BUSPLUS0001"] * 2)


def test_a_bad_key_pauses_the_product_and_resuming_goes_on(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    itep.replies.append(Reply(status=401))
    one = give_test(called)
    work()

    called.refresh_from_db()
    one = fresh(one)
    assert called.paused_at is not None
    assert one.state == State.CLAIMED
    assert one.reason.startswith("No calls are made now")

    products.resume(product=called, actor=by_sam)
    work()
    assert (fresh(one).state, len(itep.asked)) == (State.SENT, 2)


def test_itep_away_is_tried_again_later_with_the_same_id(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 2)
    itep.replies.append(Reply(status=503, headers={"Retry-After": "90"}))
    one = give_test(called)
    work()

    entry = _entry()
    assert (fresh(one).state, entry.state, entry.tries) == (State.CLAIMED, EntryState.PENDING, 0)
    assert entry.pace == Pace.objects.get().name
    assert Pace.objects.get().next_at > timezone.now() + timedelta(seconds=80)
    assert work() == 0
    Pace.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    work()
    assert (fresh(one).state, [asked["test_id"] for asked in itep.asked]) == (State.SENT, ["BUSPLUS0001"] * 2)


def test_an_answer_with_another_id_wins(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 2)
    itep.replies.append(Reply(body={"test_id": "other123"}))
    one = give_test(called)
    work()

    held = settling.held_by(fresh(one))
    assert held is not None
    assert (fresh(one).state, held.test_id) == (State.SENT, "OTHER123")
    assert "OTHER123" in str(mail.outbox[0].body)


def test_an_id_that_is_somebody_elses_is_told_to_nobody(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 3)
    give_test(called)
    work()
    itep.replies.append(Reply(body={"test_id": "BUSPLUS0001"}))
    second = give_test(called, allow_duplicate=True)
    work()

    second = fresh(second)
    assert (second.state, second.mails.count(), len(mail.outbox)) == (State.UNKNOWN, 0, 1)
    assert second.reason.startswith("Another request")


def test_a_sale_gets_its_id_with_the_answer(itep: PretendItep, called: Product, give_test: Give) -> None:
    called.source = Source.SALE
    called.save()
    itep.replies.append(Reply(body={"test_id": "SOLD1"}))
    one = give_test(called)
    work()

    held = settling.held_by(fresh(one))
    assert held is not None
    assert (held.test_id, fresh(one).state) == ("SOLD1", State.SENT)
    assert ("test_id" in itep.asked[0], itep.asked[0]["source"]) == (False, "sale")


def test_where_itep_sends_the_second_call_is_made_and_no_mail(
    itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.ITEP)
    work()

    assert (itep.asked[0]["path"], fresh(one).state) == ("/api/assign-and-send", State.SENT)
    assert (fresh(one).mails.count(), mail.outbox) == (0, [])
    assert fresh(one).claim.told_at is not None


def test_cancelled_in_mid_call_is_carried_out_when_the_answer_is_known(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    itep.replies.append(Reply(status=500))
    one = give_test(called)
    work()
    acts.cancel(oid=one.oid, actor=by_sam, reason="Not needed")
    assert (fresh(one).state, "cancelled as soon as" in fresh(one).reason) == (State.UNKNOWN, True)

    acts.say_done_at_itep(oid=one.oid, actor=by_sam)
    work()
    assert (fresh(one).state, mail.outbox) == (State.CANCELLED, [])
    assert TestID.objects.get().to_clear_since is not None


def test_a_paused_product_makes_no_call_that_was_queued_before(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called)
    products.pause(product=called, because="The key is being changed.", actor=by_sam)
    work()
    assert (itep.asked, _entry().state) == ([], EntryState.DROPPED)
    assert fresh(one).reason == "No calls are made now: The key is being changed."

    products.resume(product=called, actor=by_sam)
    work()
    assert (fresh(one).state, len(itep.asked)) == (State.SENT, 1)


def test_a_webhook_settles_what_is_unknown(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    claims.confirm_by_webhook(oid=one.oid, test_id="BUSPLUS0001", at=timezone.now(), source="webhook 1")
    work()
    assert (fresh(one).state, len(mail.outbox), len(itep.asked)) == (State.SENT, 1, 1)


def test_an_idempotent_dialect_sends_the_same_call_again(
    itep: PretendItep, called: Product, give_test: Give, settings: Settings
) -> None:
    settings.ITEP_DIALECT = replace(
        settings.ITEP_DIALECT, behavior=replace(settings.ITEP_DIALECT.behavior, idempotent=True)
    )
    stock(called, 2)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    assert (fresh(one).state, _entry().state) == (State.UNKNOWN, EntryState.PENDING)
    Entry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    work()
    assert (fresh(one).state, [asked["test_id"] for asked in itep.asked]) == (State.SENT, ["BUSPLUS0001"] * 2)


@pytest.mark.parametrize("source", ["sale", "itep picks"])
def test_where_there_is_no_same_id_an_unknown_call_is_never_repeated_by_itself(
    itep: PretendItep, called: Product, give_test: Give, settings: Settings, source: str
) -> None:
    dialect = settings.ITEP_DIALECT
    settings.ITEP_DIALECT = replace(
        dialect,
        behavior=replace(dialect.behavior, idempotent=True),
        request=replace(dialect.request, test_id="test_id" if source == "sale" else ""),
    )
    if source == "sale":
        Product.objects.filter(pk=called.pk).update(source=Source.SALE)
        called.refresh_from_db()
    stock(called, 3)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    assert (fresh(one).state, _entry().state) == (State.UNKNOWN, EntryState.UNKNOWN)

    settling.settle(oid=one.oid)
    Entry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    work()
    assert (fresh(one).state, len(itep.asked)) == (State.UNKNOWN, 1)


def test_what_itep_says_of_a_person_stands_in_no_note_and_in_no_history(
    itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 1)
    message = "ANA SILVA <ana@example.org> (hr-77) has a test of Jane Roe already"
    itep.replies.append(Reply(422, {"error": {"message": message}}))
    one = give_test(called)
    work()

    one, entry = fresh(one), _entry()
    attempt = Attempt.objects.get(entry=entry)
    assert (one.state, attempt.said) == (State.FAILED, message)
    in_clear = [one.reason, entry.note, attempt.note, *AuditEntry.objects.values_list("detail", "reason")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT said, answer, request FROM outbox_attempt")
        in_clear += cursor.fetchone()
    for text in map(str, in_clear):
        assert not any(word in text.lower() for word in ("silva", "ana@", "hr-77", "jane", "roe", "has a test"))


def test_a_password_in_an_answer_that_confirms_nothing_is_masked_too(
    itep: PretendItep, called: Product, give_test: Give
) -> None:
    stock(called, 1)
    body = {"test_id": "BUSPLUS0001", "password": "open-sesame", "error": {"message": "half done"}}
    itep.replies.append(Reply(200, body))
    give_test(called)
    work()

    attempt = Attempt.objects.get(entry=_entry())
    assert (attempt.outcome, "open-sesame" in attempt.answer) == (Outcome.UNKNOWN, False)


def test_done_that_was_wrong_tells_the_candidate_nothing(academic: Product, give_test: Give, by_sam: Actor) -> None:
    """The mail was written already, and waits to go: it is held back, and another goes once it is really done."""
    stock(academic, 1)
    one = give_test(academic)
    claims.done_at_itep(oid=one.oid, actor=by_sam)
    settling.settle(oid=one.oid)
    assert fresh(one).state == State.ASSIGNED
    claims.done_was_wrong(oid=one.oid, actor=by_sam, reason="the wrong line")
    work()
    assert (fresh(one).state, len(mail.outbox), fresh(one).claim.told_at) == (State.CLAIMED, 0, None)

    claims.done_at_itep(oid=one.oid, actor=by_sam)
    work()
    assert (fresh(one).state, len(mail.outbox)) == (State.SENT, 1)
