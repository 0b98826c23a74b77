"""Who may do what: two roles, as Django groups that a migration makes.

Staff give tests, see candidates and results. An Administrator does that too, and sets products, keys, roles and payers.
A superuser may do everything; who has no role may log in, and sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from access.models import User

STAFF = "Staff"
ADMINISTRATOR = "Administrator"
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def is_staff(user: User | AnonymousUser) -> bool:
    """Whether the person gives tests; every administrator does."""
    return _has(user, STAFF, ADMINISTRATOR)


def is_administrator(user: User | AnonymousUser) -> bool:
    """Whether the person sets the portal up."""
    return _has(user, ADMINISTRATOR)


def role_of(user: User) -> str:
    """`Administrator`, `Staff`, or "" for none."""
    return ADMINISTRATOR if is_administrator(user) else STAFF if is_staff(user) else ""


def staff_required(view: View) -> View:
    """Asks to log in, or refuses with 403 whoever has no role."""
    return _required(view, is_staff, "Staff see this page. An administrator can give you that role.")


def administrator_required(view: View) -> View:
    """Asks to log in, or refuses with 403 whoever is no administrator."""
    return _required(view, is_administrator, "Administrators see this page. Another administrator can make you one.")


def _required(view: View, allowed: Callable[[Any], bool], why: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user):
            raise PermissionDenied(_(why))
        return view(request, *args, **kwargs)

    return login_required(guarded)  # type: ignore[return-value]


def _has(user: User | AnonymousUser, *names: str) -> bool:
    if not (user.is_authenticated and user.is_active):
        return False
    if user.is_superuser:
        return True
    # Kept on the person, who lives as long as the request: one question, not one per link on the page.
    held: set[str] = vars(user).setdefault("_role_names", None) or set(user.groups.values_list("name", flat=True))
    vars(user)["_role_names"] = held
    return not held.isdisjoint(names)
