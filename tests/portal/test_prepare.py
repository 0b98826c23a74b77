"""Who can log in after the first start, and what the closing lines may show."""

from pathlib import Path

import pytest
from django.test import override_settings

from access.models import User
from inventory.models import Product
from portal import prepare


@pytest.mark.django_db
def test_the_first_user_is_made_once_and_shown_while_unchanged(tmp_path: Path) -> None:
    made = prepare.first_user(tmp_path)

    assert made is not None
    assert (tmp_path / "first-user").stat().st_mode & 0o777 == 0o600
    assert prepare.first_user(tmp_path) == made
    user = User.objects.get()
    assert (user.email, user.check_password(made[1])) == ("admin@example.org", True)
    assert user.groups.filter(name="Administrator").exists()


@pytest.mark.django_db
def test_a_changed_password_is_shown_no_more(tmp_path: Path) -> None:
    prepare.first_user(tmp_path)
    user = User.objects.get()
    user.set_password("of their own")
    user.save()

    assert prepare.first_user(tmp_path) is None


def test_no_user_is_made_beside_others(tmp_path: Path, sam: User) -> None:
    assert prepare.first_user(tmp_path) is None
    assert list(User.objects.all()) == [sam]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_only_an_empty_practice_portal_is_played_into(monkeypatch: pytest.MonkeyPatch, academic: Product) -> None:
    monkeypatch.setattr(prepare, "get_commands", lambda: {"play_journey": "portal"})
    with override_settings(DEMO=True):
        assert prepare.journey_is_due() is False
        academic.delete()
        assert prepare.journey_is_due() is True
    with override_settings(DEMO=False):
        assert prepare.journey_is_due() is False
