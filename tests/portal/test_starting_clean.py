"""Leaving practice: what was played goes, users stay, and what may be real is never touched."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from access import audit
from access.actors import Actor
from access.models import AuditEntry, Payer, User
from inventory.models import Product, TestID
from outbox import entries
from outbox.models import Attempt, Entry
from portal import starting_clean
from tests.conftest import stock


@pytest.fixture
def played(settings: Settings, tmp_path: Path, academic: Product, hr: Payer, sam: User) -> Path:
    """A portal that was played with, and its data folder."""
    settings.DATA_DIR = tmp_path
    settings.CLEAN_MARK_FILE = tmp_path / "started-clean"
    (tmp_path / "mail").mkdir()
    stock(academic, 3)
    with transaction.atomic():
        entry = entries.write(kind="test.kind", key="1")
        audit.record(actor=Actor.person(sam), verb="payer.added", subject="payer:hr")
    Attempt.objects.create(entry=entry, number=1, lease_token="0" * 32, practice=True)
    return tmp_path


def test_all_that_was_played_goes_and_users_stay(played: Path, sam: User) -> None:
    gone = {one.what: one.count for one in starting_clean.start_clean(actor=Actor.person(sam))}
    assert gone["payers"] == 1
    for model in (Product, TestID, Payer, Entry, Attempt):
        assert model._base_manager.count() == 0
    assert [user.email for user in User.objects.all()] == ["sam@example.org"]
    assert [one.verb for one in AuditEntry.objects.all()] == ["portal.started_clean"]
    assert (played / "started-clean").exists()
    assert not (played / "mail").exists()


def test_the_trail_is_append_only_again_afterwards(played: Path, sam: User) -> None:
    starting_clean.start_clean(actor=Actor.person(sam))
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_where_a_call_went_to_the_real_itep_nothing_is_removed(played: Path, sam: User) -> None:
    Attempt.objects.update(practice=False)
    with pytest.raises(starting_clean.NotOnlyPractice):
        starting_clean.start_clean(actor=Actor.person(sam))
    with pytest.raises(CommandError, match="may be real"):
        call_command("start_clean", "--yes")
    assert TestID.objects.count() == 3
    assert not (played / "started-clean").exists()


def test_the_command_says_what_goes(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("start_clean", "--yes")
    said = capsys.readouterr().out
    assert "This will remove:" in said
    assert "3 test IDs" in said
