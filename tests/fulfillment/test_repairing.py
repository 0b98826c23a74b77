"""A repair reaches the candidate: the same ID without a second mail, another ID with a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment.models import Fulfillment, MailState, State
from fulfillment.repairing import repair
from inventory import mirror as heard
from inventory import reconciliation, unexplained, uploads
from inventory.models import Claim, ClaimState, Product, TestID, Upload
from inventory.repairs import Repair, Then
from itep.statuses import Status
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply
from tests.inventory import exports

pytestmark = pytest.mark.django_db
FIRST, SECOND = "BUSPLUS0001", "BUSPLUS0002"


def export(by: Actor, *rows: tuple[str, str, str]) -> None:
    """An export of an hour later is applied: (ID, product, Assigned-to)."""
    content = exports.as_csv(
        [[test_id, product, "Ready", text] for test_id, product, text in rows],
        header=["Test ID", "Product", "Status", "Assigned-to"],
    )
    upload = uploads.keep(content=content, file_name="x.csv", actor=by)
    Upload.objects.filter(pk=upload.pk).update(exported_at=timezone.now() + timedelta(hours=1))
    reconciliation.plan(upload_id=upload.pk)
    reconciliation.apply(upload_id=upload.pk, actor=by, accept_mass_change=True)
    work()


@pytest.fixture
def sent(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    """Ana was sent FIRST."""
    stock(called, 2)
    one = give_test(called)
    work()
    assert (fresh(one).state, len(mail.outbox), fresh(one).sent_test_id) == (State.SENT, 1, FIRST)
    return one


@pytest.fixture
def lost(sent: Fulfillment, by_sam: Actor) -> Fulfillment:
    """And iTEP shows it free."""
    export(by_sam, (FIRST, "BUS-PLUS", ""), (SECOND, "BUS-PLUS", ""))
    assert unexplained.number() == 1
    return sent


def test_written_again_the_candidate_keeps_the_id_and_gets_no_second_mail(
    lost: Fulfillment, itep: PretendItep, by_sam: Actor
) -> None:
    repair(kind=Repair.WRITE_AGAIN, test_id=FIRST, actor=by_sam, reason="")
    assert fresh(lost).state == State.CLAIMED
    work()

    one = fresh(lost)
    assert (one.state, one.claim.current and one.claim.current.test_id) == (State.SENT, FIRST)
    assert ([asked["test_id"] for asked in itep.asked], len(mail.outbox)) == ([FIRST, FIRST], 1)


def test_where_itep_sent_it_the_text_is_written_again_without_its_mail(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    one = give_test(called, delivery="itep")
    work()
    export(by_sam, (FIRST, "BUS-PLUS", ""), (SECOND, "BUS-PLUS", ""))
    repair(kind=Repair.WRITE_AGAIN, test_id=FIRST, actor=by_sam, reason="")
    work()

    assert [asked["path"] for asked in itep.asked] == ["/api/assign-and-send", "/api/assign"]
    assert (fresh(one).state, mail.outbox) == (State.SENT, [])


def test_written_again_and_refused_a_person_is_needed(lost: Fulfillment, itep: PretendItep, by_sam: Actor) -> None:
    itep.replies.append(Reply(409))
    repair(kind=Repair.WRITE_AGAIN, test_id=FIRST, actor=by_sam, reason="")
    work()

    one = fresh(lost)
    assert (one.state, one.claim.current and one.claim.current.test_id) == (State.FAILED, FIRST)
    assert TestID.objects.get(test_id=SECOND).is_available


def test_the_next_id_is_told_anew(lost: Fulfillment, by_sam: Actor) -> None:
    repair(kind=Repair.ACCEPT, test_id=FIRST, actor=by_sam, reason="They gave it to Ben")
    work()

    one = fresh(lost)
    assert (one.state, one.sent_test_id) == (State.SENT, SECOND)
    assert [(written.test_id, written.state) for written in one.mails.all()] == [
        (FIRST, MailState.ACCEPTED),
        (SECOND, MailState.ACCEPTED),
    ]
    assert SECOND in str(mail.outbox[1].body)


def test_given_up_for_good_it_is_cancelled_at_once(lost: Fulfillment, by_sam: Actor) -> None:
    repair(kind=Repair.ACCEPT, test_id=FIRST, actor=by_sam, reason="no", then=Then.CANCEL)
    assert fresh(lost).state == State.CANCELLED


def test_a_mail_of_an_id_that_was_taken_away_meanwhile_stays_here(
    itep: PretendItep, called: Product, give_test: Give, by_sam: Actor
) -> None:
    stock(called, 2)
    one = give_test(called)
    work()
    one.mails.update(state=MailState.QUEUED, test_id="OLDONE1")
    from fulfillment import sending
    from outbox.models import Entry

    entry = Entry.objects.get(kind="fulfillment.mail")
    assert sending.prepare(entry, timezone.now()) is None
    assert one.mails.filter(test_id="OLDONE1").get().state == MailState.WITHHELD


def test_a_test_in_doubt_is_ready_again_for_its_candidate(sent: Fulfillment, by_sam: Actor) -> None:
    text = fresh(sent).claim.assigned_to_records.get().text
    at = timezone.now()
    heard.heard_by_webhook(test_id=FIRST, status=Status.STARTED, status_raw="Started", at=at, source="webhook 1")
    Fulfillment.objects.update(itep_status="started", itep_status_raw="Started", itep_status_at=at)
    export(by_sam, (FIRST, "BUS-PLUS", text), (SECOND, "BUS-PLUS", ""))

    repair(kind=Repair.ACCEPT, test_id=FIRST, actor=by_sam, reason="iTEP reset it")

    one = fresh(sent)
    assert (one.itep_status, one.itep_status_by, one.state) == ("ready", "person", State.SENT)
    assert unexplained.number() == 0


def test_the_candidates_test_follows_a_product_that_was_accepted(sent: Fulfillment, by_sam: Actor) -> None:
    text = fresh(sent).claim.assigned_to_records.get().text
    other = Product.objects.create(code="HOSP", name="Hospitality")
    export(by_sam, (FIRST, "HOSP", text), (SECOND, "BUS-PLUS", ""))
    assert unexplained.number() == 1

    repair(kind=Repair.ACCEPT, test_id=FIRST, actor=by_sam, reason="iTEP moved it")

    assert (fresh(sent).product, fresh(sent).claim.product) == (other, other)
    assert AuditEntry.objects.filter(verb="difference.accepted", oid=sent.oid).count() == 1
    assert unexplained.number() == 0


def test_the_repair_and_its_consequence_are_one(
    lost: Fulfillment, by_sam: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_asked: object) -> None:
        raise RuntimeError("killed here")

    monkeypatch.setattr("fulfillment.repairing.settling.settle", broken)
    with pytest.raises(RuntimeError):
        repair(kind=Repair.FREE, test_id=FIRST, actor=by_sam, reason="free")
    assert (Claim.objects.get().state, unexplained.number()) == (ClaimState.CONFIRMED, 1)
