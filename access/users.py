"""The people who work here: an administrator makes the accounts, gives roles, and ends them."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.errors import Refused
from access.models import User
from access.roles import ADMINISTRATOR, STAFF, role_of

ROLES = (STAFF, ADMINISTRATOR)


@transaction.atomic
def create_user(*, email: str, actor: Actor, name: str = "", role: str = STAFF, password: str | None = None) -> User:
    """A new person. Without a password they log in once they have set one by the mail of *Forgot your password*.

    Raises `Refused` where the email is taken.
    """
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Refused("Somebody with this email works here already.")
    user = User.objects.create_user(email, password, name=name)
    _set_role(user, role)
    _record(user, actor, "user.created", role=role)
    return user


@transaction.atomic
def create_first_user(*, email: str, password: str, actor: Actor, name: str = "") -> User | None:
    """An administrator, if nobody works here yet; else None, and nothing changes."""
    if User.objects.exists():
        return None
    return create_user(email=email, actor=actor, name=name, role=ADMINISTRATOR, password=password)


@transaction.atomic
def change_user(
    *, user: User, actor: Actor, name: str | None = None, role: str | None = None, is_active: bool | None = None
) -> User:
    """Changes what is not None. Who is deactivated is logged out everywhere, at once.

    Raises `Refused` where nobody would be left to administer.
    """
    before = role_of(user)
    if name is not None:
        user.name = name
    if is_active is not None:
        user.is_active = is_active
    user.save(update_fields=["name", "is_active"])
    if role is not None:
        _set_role(user, role)
    _someone_administers()
    if is_active is False:
        _log_out(user)
    _record(user, actor, "user.changed", role=before if role is None else role)
    return user


def addresses_of_administrators() -> list[str]:
    """The mail addresses of those who administer and can log in, each once."""
    found = User.objects.filter(Q(groups__name=ADMINISTRATOR) | Q(is_superuser=True), is_active=True)
    return list(found.exclude(email="").order_by("email").values_list("email", flat=True).distinct())


def _set_role(user: User, role: str) -> None:
    """One role at a time; a superuser stays one."""
    if role not in (*ROLES, ""):
        raise Refused(f"There is no role {role!r}.")
    user.groups.remove(*Group.objects.filter(name__in=ROLES))
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    user.__dict__.pop("_role_names", None)


def _someone_administers() -> None:
    active = User.objects.filter(is_active=True)
    if not (active.filter(groups__name=ADMINISTRATOR).exists() or active.filter(is_superuser=True).exists()):
        raise Refused("Somebody has to stay who can set the portal up: make another person an administrator first.")


def _log_out(user: User) -> None:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _record(user: User, actor: Actor, verb: str, *, role: str) -> None:
    detail = {"role": role, "active": user.is_active}
    audit.record(actor=actor, verb=verb, subject=f"user {user.pk}", detail=detail)
