"""What was sent is kept until its retention date, and then only that it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, erasing, organization, over
from fulfillment.models import Fulfillment, Mail, MailState
from inventory.models import Product
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work

pytestmark = pytest.mark.django_db
GIVEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def one(academic: Product, give_test: Give, by_sam: Actor) -> Fulfillment:
    with time_machine.travel(GIVEN, tick=False):
        stock(academic, 1)
        given = give_test(academic, deadline=date(2026, 3, 31))
        acts.say_done_at_itep(oid=given.oid, actor=by_sam)
        work()
    return fresh(given)


def erase_on(day: str) -> int:
    with time_machine.travel(datetime.fromisoformat(f"{day}T03:00+00:00"), tick=False):
        return erasing.erase_due()


def test_it_goes_on_its_day_and_what_became_of_it_stays(one: Fulfillment, sam_browser: Client) -> None:
    before = Mail.objects.get()
    assert erase_on("2026-09-27") == 0
    assert Mail.objects.get().keep_until == date(2026, 9, 27)  # 180 days after 31 March
    assert "kept until" in sam_browser.get(f"/candidates/mails/{before.pk}/").content.decode()
    assert [erase_on("2026-09-28"), erase_on("2026-09-29")] == [1, 0]
    after = Mail.objects.get()
    assert (after.to, after.subject, after.body) == ("", "", "")
    assert (after.kind, after.state, after.created_at, after.accepted_at) == (
        before.kind,
        MailState.ACCEPTED,
        before.created_at,
        before.accepted_at,
    )
    assert AuditEntry.objects.get(verb="mail.erased").detail == {"kind": "instructions", "kept_until": "2026-09-27"}
    shown = sam_browser.get(f"/candidates/mails/{before.pk}/").content.decode()
    assert "were erased on their day, as set" in shown
    assert "ana@example.org" not in shown
    assert "Erased, as set" in sam_browser.get(f"/candidates/{one.oid}/").content.decode()


def test_the_setting_counts_from_the_end_of_the_test(one: Fulfillment, by_sam: Actor) -> None:
    organization.change(actor=by_sam, keep_mails_days=10)
    Fulfillment.objects.update(itep_status="completed", itep_status_at=GIVEN + timedelta(days=1))
    assert [erase_on("2026-03-13"), erase_on("2026-03-14")] == [0, 1]


def test_a_test_that_was_reset_is_not_over(one: Fulfillment, by_sam: Actor) -> None:
    organization.change(actor=by_sam, keep_mails_days=10)
    Fulfillment.objects.update(itep_status="completed", itep_status_at=GIVEN)
    assert erase_on("2026-03-05") == 0
    Fulfillment.objects.update(itep_status="ready", itep_status_at=GIVEN + timedelta(days=1))
    assert [erase_on("2026-03-30"), erase_on("2026-04-10"), erase_on("2026-04-11")] == [0, 0, 1]


def test_without_a_deadline_a_test_counts_as_over_after_a_year(one: Fulfillment) -> None:
    Fulfillment.objects.update(deadline=None)
    assert over.at(fresh(one)) == GIVEN + timedelta(days=365)


def test_a_cancelled_one_ends_with_the_cancel(one: Fulfillment, by_sam: Actor) -> None:
    with time_machine.travel(GIVEN + timedelta(days=2), tick=False):
        acts.cancel(oid=one.oid, actor=by_sam, reason="x")
    assert over.at(fresh(one)) == GIVEN + timedelta(days=2)


def test_what_is_on_its_way_is_not_erased(one: Fulfillment) -> None:
    Mail.objects.update(state=MailState.QUEUED)
    assert erase_on("2027-09-28") == 0


def test_many_go_in_chunks(one: Fulfillment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "CHUNK", 2)
    Mail.objects.bulk_create(
        Mail(fulfillment=one, kind="reminder", message_id=f"<{number}@x>", to="a", state=MailState.ACCEPTED)
        for number in range(4)
    )
    assert erase_on("2027-01-01") == 5
    assert AuditEntry.objects.filter(verb="mail.erased").count() == 5


def test_a_second_run_writes_nothing(one: Fulfillment) -> None:
    erase_on("2026-04-01")
    with time_machine.travel(datetime(2026, 4, 2, tzinfo=UTC), tick=False):
        assert erasing.date_all() == 0


def test_the_database_holds_no_half_erased_mail(one: Fulfillment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.update(erased_at=GIVEN)


def test_an_administrator_sets_how_long(ada_browser: Client, by_sam: Actor) -> None:
    for days, status in (("0", 200), ("4000", 200), ("30", 302), ("", 302)):
        assert ada_browser.post("/candidates/organization/", {"keep_mails_days": days}).status_code == status
    assert organization.ours().keep_mails_days == 30
