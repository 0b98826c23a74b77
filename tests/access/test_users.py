"""The people who work here."""

import pytest
from django.test import Client

from access.actors import Actor
from access.errors import Refused
from access.models import AuditEntry, User
from access.roles import ADMINISTRATOR, STAFF, role_of
from access.users import change_user, create_first_user, create_user

pytestmark = pytest.mark.django_db
BY = Actor.command("test")


def test_a_new_person_has_a_role_and_no_password() -> None:
    user = create_user(email=" New@Example.org ", name="New", actor=BY)
    assert (user.email, role_of(user), user.has_usable_password()) == ("new@example.org", STAFF, False)
    told = AuditEntry.objects.get()
    assert (told.verb, told.detail) == ("user.created", {"role": "Staff", "active": True})
    assert "new@" not in str(AuditEntry.objects.values().get())


def test_an_email_is_used_once(sam: User) -> None:
    with pytest.raises(Refused):
        create_user(email="SAM@example.org", actor=BY)
    assert (User.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_the_first_user_is_made_once() -> None:
    first = create_first_user(email="a@example.org", password="a-long-password", actor=BY)
    assert first is not None
    assert (role_of(first), first.check_password("a-long-password")) == (ADMINISTRATOR, True)
    assert create_first_user(email="b@example.org", password="x", actor=BY) is None
    assert User.objects.count() == 1


def test_a_role_is_one_at_a_time(ada: User, sam: User) -> None:
    assert role_of(change_user(user=sam, role=ADMINISTRATOR, actor=BY)) == ADMINISTRATOR
    assert [group.name for group in sam.groups.all()] == [ADMINISTRATOR]
    assert role_of(change_user(user=sam, role="", actor=BY)) == ""


def test_who_is_deactivated_is_logged_out_at_once(ada: User, sam: User, sam_browser: Client) -> None:
    session = sam_browser.session.session_key
    change_user(user=sam, is_active=False, actor=BY)
    assert not sam_browser.session.exists(str(session))


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": STAFF}])
def test_the_last_administrator_stays(change: dict[str, object], ada: User, sam: User) -> None:
    with pytest.raises(Refused, match="Somebody has to stay"):
        change_user(user=ada, actor=BY, **change)  # type: ignore[arg-type]
    ada = User.objects.get(pk=ada.pk)
    assert (ada.is_active, role_of(ada), AuditEntry.objects.count()) == (True, ADMINISTRATOR, 0)


def test_an_unknown_role_is_refused(ada: User, sam: User) -> None:
    with pytest.raises(Refused, match="no role"):
        change_user(user=sam, role="King", actor=BY)
    assert role_of(User.objects.get(pk=sam.pk)) == STAFF
