"""Who it is for, put right: what goes out from then on, what iTEP keeps, and whose test it must not become."""

from __future__ import annotations

import json

import pytest
from django.core import mail

from access.actors import Actor
from access.models import AuditEntry, Payer
from fulfillment import acts, assigned_to, correcting, settling
from fulfillment.candidates import Candidate
from fulfillment.correcting import Correction
from fulfillment.errors import BadRequest, DuplicateCandidate, NotNow
from fulfillment.models import Fulfillment, MailState
from inventory import claims
from inventory.models import AssignedToRecord, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep
from tests.inventory.test_reconciliation import applied

pytestmark = pytest.mark.django_db
ALL: Correction = {
    "name": " Ana  Sílva ",
    "email": "ana.silva@example.org",
    "external_id": "hr-78",
    "language": "es",
    "reference": "req 2",
    "note": "tall",
}


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    stock(called, 1)
    one = give_test(called)
    work()
    return fresh(one)


def test_all_of_it_is_corrected_and_the_trail_has_the_names_of_fields_alone(
    called: Product, give_test: Give, by_sam: Actor, hr: Payer
) -> None:
    one = give_test(called)
    correcting.correct(oid=one.oid, change=ALL | {"payer": hr}, actor=by_sam)
    now = fresh(one)
    assert (now.name, now.email, now.external_id) == ("Ana Sílva", "ana.silva@example.org", "hr-78")
    assert (now.language, now.reference, now.note, now.payer) == ("es", "req 2", "tall", hr)
    assert now.person_digest not in ("", one.person_digest)
    told = AuditEntry.objects.get(verb="fulfillment.corrected")
    assert told.detail == {"fields": ["email", "external_id", "language", "name", "note", "payer", "reference"]}
    assert (told.user, told.reason) == (by_sam.user, "")


def test_what_is_as_it_was_is_no_news(called: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(called)
    correcting.correct(oid=one.oid, change={"name": one.name, "email": one.email}, actor=by_sam)
    assert not AuditEntry.objects.filter(verb="fulfillment.corrected").exists()


def test_a_call_that_is_still_to_come_carries_the_new_text(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 1)
    one = give_test(called)
    correcting.correct(oid=one.oid, change={"name": "Ana Santos"}, actor=by_sam)
    work()
    assert itep.asked[0]["assigned_to"]["name"] == "Ana Santos"
    assert correcting.text_at_itep_differs(fresh(one)) is False


def test_itep_keeps_the_old_text_and_it_stays_ours(itep: PretendItep, sent: Fulfillment, by_sam: Actor) -> None:
    text = AssignedToRecord.objects.get().text
    one = correcting.correct(oid=sent.oid, change={"name": "Ana Santos"}, actor=by_sam)
    assert (correcting.text_at_itep_differs(one), one.rewrite_since, len(itep.asked)) == (True, None, 1)
    applied(by_sam, ("BUSPLUS0001", text))
    assert (TestID.objects.get().holder, fresh(one).claim.conflict_at) == (one.claim, None)
    assert AssignedToRecord.objects.get().text == text


def test_somebody_writes_the_corrected_text_at_itep(sent: Fulfillment, by_sam: Actor) -> None:
    one = correcting.correct(oid=sent.oid, change={"name": "Ana Santos"}, actor=by_sam, to_write=True)
    assert one.rewrite_since is not None
    correcting.wrote(oid=one.oid, actor=by_sam)
    one, row = fresh(one), TestID.objects.get()
    assert (one.rewrite_since, correcting.text_at_itep_differs(one)) == (None, False)
    assert (json.loads(row.assigned_to)["name"], row.said_by, one.claim.state) == ("Ana Santos", "person", "confirmed")
    old, new = AssignedToRecord.objects.all()
    assert (old.confirmed_by.split()[0], new.confirmed_by, new.written_by) == ("call", "seen at iTEP", "person")
    assert claims.why_done_stands(one.claim, new) != ""
    assert AuditEntry.objects.filter(verb="text.rewritten", user=by_sam.user).count() == 1
    applied(by_sam, ("BUSPLUS0001", assigned_to.text_of(one)))
    new.refresh_from_db()
    assert (new.confirmed_by.split()[0], fresh(one).claim.conflict_at) == ("upload", None)


def test_or_leaves_it_as_it_is(sent: Fulfillment, by_sam: Actor) -> None:
    correcting.correct(oid=sent.oid, change={"name": "Ana Santos"}, actor=by_sam, to_write=True)
    correcting.leave(oid=sent.oid, actor=by_sam)
    assert (fresh(sent).rewrite_since, AssignedToRecord.objects.count()) == (None, 1)


def test_before_anything_stands_at_itep_there_is_nothing_to_write_anew(
    called: Product, give_test: Give, by_sam: Actor
) -> None:
    one = give_test(called)
    one = correcting.correct(oid=one.oid, change={"name": "Ana Santos"}, actor=by_sam, to_write=True)
    assert one.rewrite_since is None
    with pytest.raises(NotNow):
        correcting.wrote(oid=one.oid, actor=by_sam)


def test_a_mail_that_has_not_gone_out_is_written_anew(called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 1)
    one = give_test(called)
    claims.done_at_itep(oid=one.oid, actor=by_sam)
    settling.settle(oid=one.oid)
    correcting.correct(oid=one.oid, change={"name": "Ana Santos", "email": "as@example.org"}, actor=by_sam)
    correcting.correct(oid=one.oid, change={"note": "in no mail"}, actor=by_sam)
    work()
    assert [(letter.to, "Dear Ana Santos," in letter.body) for letter in mail.outbox] == [(["as@example.org"], True)]
    assert list(one.mails.values_list("state", flat=True)) == [MailState.WITHHELD, MailState.ACCEPTED]


def test_one_that_went_out_is_not_sent_again_by_itself(sent: Fulfillment, by_sam: Actor) -> None:
    correcting.correct(oid=sent.oid, change=ALL, actor=by_sam)
    work()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "candidate.name"),
        ({"email": "nowhere"}, "candidate.email"),
        ({"email": ""}, "candidate.email"),
        ({"language": "Portuguese"}, "candidate.language"),
        ({"reference": "x" * 201}, "reference"),
        ({"external_id": "a\x07b"}, "candidate.external_id"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    called: Product, give_test: Give, by_sam: Actor, change: Correction, field: str
) -> None:
    one = give_test(called)
    with pytest.raises(BadRequest) as refused:
        correcting.correct(oid=one.oid, change={"note": "kept?", **change}, actor=by_sam)
    assert [fault.field for fault in refused.value.errors] == [field]
    now = fresh(one)
    assert (now.name, now.email, now.note) == (one.name, one.email, "")


def test_it_does_not_become_a_second_test_of_somebody_unasked(called: Product, give_test: Give, by_sam: Actor) -> None:
    first = give_test(called)
    other = give_test(called, Candidate("Bo Berg", "bo@example.org"))
    change: Correction = {"name": first.name, "email": first.email}
    with pytest.raises(DuplicateCandidate) as refused:
        correcting.correct(oid=other.oid, change=change, actor=by_sam)
    assert (refused.value.oid, fresh(other).name) == (first.oid, "Bo Berg")
    correcting.correct(oid=other.oid, change=change, actor=by_sam, allow_duplicate=True)
    assert fresh(other).name == first.name
    correcting.correct(oid=first.oid, change={"note": "asks nobody"}, actor=by_sam)


def test_a_cancelled_one_stays_as_it_is(called: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(called)
    acts.cancel(oid=one.oid, actor=by_sam, reason="x")
    with pytest.raises(NotNow):
        correcting.correct(oid=one.oid, change=ALL, actor=by_sam)
    assert fresh(one).name == one.name
