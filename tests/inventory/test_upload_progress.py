"""How far the worker is, how fast, and the honest word where nobody works on it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.actors import Actor
from inventory import upload_progress, upload_work, uploads
from inventory.models import Upload
from inventory.models.uploads import UploadState
from inventory.uploads import CannotApply
from outbox import entries
from outbox.models import Entry, EntryState
from tests.inventory.plans import planned_rows

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)  # so that a sample is exact


@pytest.fixture
def upload(by_sam: Actor) -> Upload:
    """One that the worker has been asked to plan just now."""
    kept = uploads.keep(content=b"x", file_name="export.csv", actor=by_sam)
    with transaction.atomic():
        entries.write(kind=upload_work.PLAN, key=f"{kept.pk}:1", payload={"upload": kept.pk})
    return at(kept, state=UploadState.PLANNING)


def at(upload: Upload, **state: object) -> Upload:
    Upload.objects.filter(pk=upload.pk).update(**state)
    upload.refresh_from_db()
    return upload


def seen(upload: Upload, query: str = "", *, later: float = 0) -> upload_progress.Progress:
    return upload_progress.of(upload, QueryDict(query), now=NOW + timedelta(seconds=later))


def entry(**changes: object) -> None:
    Entry.objects.update(**changes)


def test_while_the_file_is_read_there_is_no_end_known(upload: Upload, sam_browser: Client) -> None:
    found = seen(upload)
    assert (found.total, found.percent, found.rate, found.left, found.stalled) == (0, 0, None, None, None)
    page = sam_browser.get(reverse("inventory:upload", args=[upload.pk])).content.decode()
    assert "Reading the file" in page
    assert "max=" not in page


def test_rate_and_time_left_are_of_what_the_page_saw_itself(upload: Upload) -> None:
    first = seen(at(upload, rows_total=10_000, rows_done=1_000))
    assert (first.percent, first.rate, first.left) == (10, None, None)
    then = seen(at(upload, rows_done=3_000), first.first.query, later=4)
    assert (then.percent, then.rate) == (30, 500)
    assert then.left == 14
    assert then.first.query == first.first.query


def test_another_stretch_of_work_is_measured_from_anew(upload: Upload) -> None:
    reading = seen(upload)
    comparing = seen(at(upload, rows_total=10_000, rows_done=1_000), reading.first.query, later=2)
    assert (comparing.rate, comparing.first.done, comparing.first.total) == (None, 1_000, 10_000)


@pytest.mark.parametrize("query", ["since=x&from=1&of=10", "since=inf&from=0&of=100", "since=1&from=99&of=100", "of=1"])
def test_a_question_that_makes_no_sense_counts_from_now(upload: Upload, query: str) -> None:
    found = seen(at(upload, rows_total=100, rows_done=10), query)
    assert (found.rate, found.first.done) == (None, 10)


def test_it_never_says_more_than_all(upload: Upload) -> None:
    assert seen(at(upload, rows_total=10, rows_done=99)).percent == 100


def test_nobody_works_on_it(upload: Upload, sam_browser: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=2)
    entry(created_at=long_ago, due_at=long_ago)
    stalled = seen(upload).stalled
    assert stalled is not None
    assert (stalled.since, stalled.given_up, stalled.again_at) == (long_ago, False, None)
    page = sam_browser.get(reverse("inventory:upload", args=[upload.pk])).content.decode()
    assert "Nobody has been working on it for 2\xa0minutes" in page
    assert "hx-get" in page  # it looks again: the worker may come back


def test_a_worker_that_was_killed_is_missed_once_its_lease_is_over(upload: Upload) -> None:
    now = timezone.now()
    entry(created_at=now - timedelta(hours=1), due_at=now - timedelta(hours=1))
    for ago, is_missed in ((-30, False), (30, False), (90, True)):
        entry(lease_token=uuid4(), lease_until=now - timedelta(seconds=ago))
        assert (seen(upload).stalled is not None) == is_missed


def test_between_two_chunks_nobody_is_missed(upload: Upload) -> None:
    entry(created_at=timezone.now() - timedelta(hours=1), due_at=timezone.now())
    assert seen(upload).stalled is None


def test_what_failed_says_when_it_is_tried_again(upload: Upload, ada_browser: Client) -> None:
    again_at = timezone.now() + timedelta(minutes=5)
    entry(created_at=timezone.now() - timedelta(hours=1), due_at=again_at, note="OperationalError")
    stalled = seen(upload).stalled
    assert stalled is not None
    assert (stalled.again_at, stalled.why) == (again_at, "OperationalError")
    page = ada_browser.get(reverse("inventory:upload", args=[upload.pk])).content.decode()
    assert reverse("outbox:one", args=[Entry.objects.get().pk]) in page


def test_what_was_given_up_says_so_and_may_be_discarded(upload: Upload, by_sam: Actor) -> None:
    with pytest.raises(CannotApply):
        upload_work.discard(upload_id=upload.pk, actor=by_sam)
    upload.refresh_from_db()
    assert upload.state == UploadState.PLANNING

    entry(state=EntryState.DEAD, ended_at=timezone.now())
    stalled = seen(upload).stalled
    assert stalled is not None
    assert stalled.given_up
    upload_work.discard(upload_id=upload.pk, actor=by_sam)
    upload.refresh_from_db()
    assert upload.state == UploadState.DISCARDED


def test_applying_is_asked_of_its_own_entry(upload: Upload) -> None:
    planned_rows(upload, 3)
    entry(state=EntryState.DONE, ended_at=timezone.now())
    at(upload, state=UploadState.APPLYING, rows_total=3)
    assert seen(upload).stalled is not None
    with transaction.atomic():
        entries.write(kind=upload_work.APPLY, key=str(upload.pk), payload={"upload": upload.pk})
    assert seen(upload).stalled is None
