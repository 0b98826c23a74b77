"""A feed by number never skips a row, whatever order transactions commit in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from access import sealing
from access.actors import Actor
from access.audit import entry, record, record_many
from access.models import AuditEntry
from tests.outbox.test_locks import in_threads

BY = Actor.system("test")


def numbers() -> list[tuple[str, int | None]]:
    return list(AuditEntry.objects.order_by("number", "id").values_list("subject", "number"))


@pytest.mark.django_db
def test_rows_get_numbers_in_order_and_keep_them() -> None:
    record_many(entry(actor=BY, verb="a.b", subject=str(place)) for place in range(3))
    assert (sealing.unsealed(), sealing.seal(), sealing.unsealed(), sealing.seal()) == (True, 3, False, 0)
    record(actor=BY, verb="a.b", subject="3")
    assert sealing.seal() == 1
    assert numbers() == [("0", 1), ("1", 2), ("2", 3), ("3", 4)]


@pytest.mark.django_db
def test_many_rows_go_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHUNK", 10)
    record_many(entry(actor=BY, verb="a.b") for _ in range(25))
    assert sealing.seal() == 25
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 26))


@pytest.mark.django_db
def test_the_feed_goes_on_behind_a_number() -> None:
    record_many(entry(actor=BY, verb="a.b", subject=str(place)) for place in range(5))
    sealing.seal()
    record(actor=BY, verb="a.b", subject="not sealed")
    assert [row.subject for row in sealing.after(1, 3)] == ["1", "2", "3"]
    assert [row.subject for row in sealing.after(3)] == ["3", "4"]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_behind_not_skipped() -> None:
    """On PostgreSQL a long transaction's row has a lower id than rows that were read already."""
    if connection.vendor != "postgresql":
        with transaction.atomic():
            record(actor=BY, verb="a.b", subject="late")
        assert sealing.seal() == 1
        return
    begun, go = Event(), Event()

    def late() -> None:
        with transaction.atomic():
            record(actor=BY, verb="a.b", subject="late")
            begun.set()
            go.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(late)
        begun.wait(10)
        with transaction.atomic():
            record(actor=BY, verb="a.b", subject="early")
        assert sealing.seal() == 1
        seen = [row.subject for row in sealing.after(0)]
        go.set()
        done.result()
    sealing.seal()
    assert (seen, [row.subject for row in sealing.after(1)]) == (["early"], ["late"])
    assert AuditEntry.objects.get(subject="late").pk < AuditEntry.objects.get(subject="early").pk


@pytest.mark.django_db(transaction=True)
def test_many_sealers_give_each_number_once() -> None:
    with transaction.atomic():
        record_many(entry(actor=BY, verb="a.b") for _ in range(300))
    assert sum(int(str(count)) for count in in_threads(4, sealing.seal)) == 300
    assert list(AuditEntry.objects.order_by("id").values_list("number", flat=True)) == list(range(1, 301))
