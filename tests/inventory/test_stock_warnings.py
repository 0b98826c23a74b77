"""The watch: each thing is said once, by mail and on the product's page; again only after it was left."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditEntry, User
from inventory import stock_mails, stock_warnings, tasks
from inventory.models import ClaimState, MailsTo, Product, Said, SaidExpiry, StockMails, StockWarning, TestID
from outbox.models import Entry
from tests.conftest import stock
from tests.inventory import past
from tests.inventory.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails(ada: User) -> None:
    """Ada is told; the digest has tests of its own."""
    StockMails.objects.create(pk=1, digest_on=None)


def mails() -> list[dict[str, str]]:
    return [entry.payload for entry in Entry.objects.filter(kind=stock_mails.KIND).order_by("id")]


def said() -> list[str]:
    return list(StockWarning.objects.order_by("id").values_list("said", flat=True))


def left(product: Product, count: int) -> None:
    """So many available, and no more."""
    TestID.objects.filter(product=product).update(set_aside_at=timezone.now())
    chosen = TestID.objects.filter(product=product).order_by("id")[:count].values("pk")
    TestID.objects.filter(pk__in=list(chosen.values_list("pk", flat=True))).update(set_aside_at=None)


def test_a_full_stock_is_no_news(academic: Product) -> None:
    stock(academic, 11)
    assert (stock_warnings.watch(), said(), mails()) == (0, [], [])


def test_each_level_is_said_once_on_the_way_down(academic: Product) -> None:
    stock(academic, 11)
    seen = []
    for count in (11, 10, 9, 4, 3, 2, 0, 0):
        left(academic, count)
        stock_warnings.watch()
        seen.append(len(mails()))
    assert seen == [0, 1, 1, 1, 2, 2, 3, 3]
    assert said() == [Said.NOTICE, Said.LOW, Said.OUT]
    assert [mail["subject"] for mail in mails()] == [
        "iTEP Academic-Plus is getting low: 10 available",
        "iTEP Academic-Plus runs low: 3 available",
        "iTEP Academic-Plus is used up: 0 available",
    ]


def test_a_level_is_said_again_only_after_it_was_left_upward(academic: Product) -> None:
    stock(academic, 20)
    for count, total in ((3, 1), (4, 1), (3, 1), (5, 1), (3, 2), (20, 2), (3, 3)):
        left(academic, count)
        stock_warnings.watch()
        assert len(mails()) == total, (count, total)
    assert StockWarning.objects.filter(left_at=None).count() == 2
    assert StockWarning.objects.filter(said=Said.LOW).count() == 3
    assert StockWarning.objects.filter(said=Said.NOTICE).count() == 2


def test_levels_reached_at_once_are_one_mail_and_one_line(academic: Product) -> None:
    stock(academic, 3)
    left(academic, 0)
    assert stock_warnings.watch() == 1
    assert sorted(said()) == ["low", "notice", "out"]
    assert [mail["subject"] for mail in mails()] == ["iTEP Academic-Plus is used up: 0 available"]
    assert [words for _row, words in stock_warnings.history(academic)] == ["iTEP Academic-Plus is used up: 0 available"]
    left(academic, 3)
    assert (stock_warnings.watch(), len(mails())) == (0, 1)  # better, and still low: that was said


def test_what_is_new_of_several_products_is_one_mail(academic: Product, called: Product) -> None:
    stock(academic, 2)
    stock(called, 9)
    assert stock_warnings.watch() == 2
    [mail] = mails()
    assert mail["subject"] == "iTEP Academic-Plus runs low: 2 available, and more (2 in all)"
    assert mail["to"] == "ada@example.org"
    assert "iTEP Business-Plus is getting low: 9 available" in mail["body"]
    assert "/inventory/products/ACAD-PLUS/" in mail["body"]


def test_requests_that_wait_say_that_none_is_left(hand: Desk) -> None:
    hand.open()
    assert stock_warnings.watch() == 1
    assert mails()[0]["subject"] == "iTEP Academic-Plus is used up: 0 available, 1 waiting"


def test_old_knowledge_is_said_once_until_it_was_seen_anew(academic: Product) -> None:
    stock(academic, 50)
    first = past.seen(academic, days_ago=31)
    assert [stock_warnings.watch() for _ in range(3)] == [1, 0, 0]
    assert mails()[0]["subject"].startswith("iTEP Academic-Plus: look at iTEP again. It was last seen on ")
    past.seen(academic)
    assert stock_warnings.watch() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert [stock_warnings.watch() for _ in range(2)] == [1, 0]
    assert StockWarning.objects.filter(said=Said.OVERDUE).count() == 2
    assert first.exported_at.isoformat() in StockWarning.objects.values_list("about", flat=True)


def test_nothing_is_missed_when_nothing_ran_for_a_week(academic: Product) -> None:
    stock(academic, 50)
    past.stock_until(academic, 4, timezone.localdate() + timedelta(days=35), first=51)
    past.seen(academic, days_ago=26)
    assert stock_warnings.watch() == 0
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        left(academic, 2)
        TestID.objects.filter(valid_until__isnull=False).update(set_aside_at=None)
        assert stock_warnings.watch() == 3  # a level, what expires, and the knowledge
        assert stock_warnings.watch() == 0
    assert len(mails()) == 1


def test_what_expires_is_said_at_thirty_days_and_at_seven(academic: Product) -> None:
    today = timezone.localdate()
    stock(academic, 50)
    past.seen(academic)
    past.stock_until(academic, 3, today + timedelta(days=40), first=51)
    totals = []
    for days in (0, 9, 10, 11, 32, 33, 34, 41):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            past.seen(academic)
            stock_warnings.watch()
            totals.append(StockWarning.objects.filter(said=Said.EXPIRING).count())
    assert totals == [0, 0, 1, 1, 1, 2, 2, 2]
    assert list(SaidExpiry.objects.order_by("days", "test_id").values_list("days", flat=True)) == [7] * 3 + [30] * 3
    assert "3 test IDs expire" in mails()[0]["subject"]
    assert "(3 not given)" in mails()[0]["subject"]


def test_what_comes_within_seven_days_at_once_is_said_once(academic: Product) -> None:
    stock(academic, 50)
    past.stock_until(academic, 2, timezone.localdate() + timedelta(days=5), first=51)
    assert stock_warnings.watch() == 1
    assert set(SaidExpiry.objects.values_list("days", flat=True)) == {7}
    past.stock_until(academic, 1, timezone.localdate() + timedelta(days=5), first=53)
    assert stock_warnings.watch() == 1  # the new one alone
    assert StockWarning.objects.first().numbers["free"] == 1  # type: ignore[union-attr]


def test_a_last_day_that_moved_is_said_anew(academic: Product) -> None:
    stock(academic, 50)
    past.stock_until(academic, 1, timezone.localdate() + timedelta(days=5), first=51)
    stock_warnings.watch()
    TestID.objects.filter(test_id="ACADPLUS0051").update(valid_until=timezone.localdate() + timedelta(days=6))
    assert [stock_warnings.watch(), stock_warnings.watch()] == [1, 0]


def test_those_with_candidates_stand_apart_and_who_started_not_at_all(desk: Desk) -> None:
    past.stock_until(desk.product, 4, timezone.localdate() + timedelta(days=5))
    stock(desk.product, 50, first=11)
    for state in (ClaimState.RESERVED, ClaimState.CONFIRMED, ClaimState.CONFIRMED):
        desk.at(state)
    started = TestID.objects.filter(holder__state="confirmed").order_by("id").first()
    assert started is not None
    TestID.objects.filter(pk=started.pk).update(progress="started")
    stock_warnings.watch()
    row = StockWarning.objects.get(said=Said.EXPIRING)
    assert (row.numbers["free"], row.numbers["given"]) == (1, 2)
    assert "(1 not given, 2 with candidates)" in mails()[0]["subject"]


def test_nobody_to_tell_is_no_mail_and_is_said_all_the_same(academic: Product, ada: User) -> None:
    stock(academic, 2)
    stock_mails.change(actor=stock_warnings.WATCH, to=MailsTo.NOBODY, addresses="", digest_on=None)
    assert (stock_warnings.watch(), mails(), stock_mails.nobody_is_told()) == (1, [], True)
    assert sorted(said()) == ["low", "notice"]


def test_the_scheduler_watches_and_its_turns_do_not_pile_up(academic: Product, settings: Settings) -> None:
    stock(academic, 2)
    assert [tasks.watch_stock(), tasks.watch_stock()] == [1, 0]
    entry = settings.CELERY_BEAT_SCHEDULE["inventory.watch_stock"]
    assert (entry["task"], entry["options"]["expires"] < entry["schedule"]) == (tasks.watch_stock.name, True)


def test_each_warning_has_an_author(academic: Product) -> None:
    stock(academic, 20)
    left(academic, 2)
    stock_warnings.watch()
    left(academic, 20)
    stock_warnings.watch()
    trail = AuditEntry.objects.filter(verb__startswith="stock.").order_by("id").values_list("verb", "subject", "by")
    assert list(trail) == [
        ("stock.warned", "low", "stock watch"),
        ("stock.warned", "notice", "stock watch"),
        ("stock.recovered", "low", "stock watch"),
        ("stock.recovered", "notice", "stock watch"),
    ]
