"""Who may see what."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from access.models import User
from access.roles import administrator_required, is_administrator, is_staff, role_of, staff_required

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@staff_required
def staff(request: HttpRequest) -> HttpResponse:
    return HttpResponse("staff")


@administrator_required
def administrator(request: HttpRequest) -> HttpResponse:
    return HttpResponse("administrator")


urlpatterns = [
    path("staff", staff),
    path("administrator", administrator),
    path("today", staff, name="today"),
    path("accounts/", include("allauth.urls")),
]


def statuses(client: Client) -> tuple[int, int]:
    return client.get("/staff").status_code, client.get("/administrator").status_code


def test_the_migration_makes_the_roles() -> None:
    Group.objects.all().delete()
    import_module("access.migrations.0002_roles_and_append_only_trail").make_roles(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == {"Staff", "Administrator"}


def test_each_sees_their_own(sam_browser: Client, ada_browser: Client, nobody: User) -> None:
    norah, stranger = Client(), Client()
    norah.force_login(nobody)
    assert statuses(sam_browser) == (200, 403)
    assert statuses(ada_browser) == (200, 200)
    assert statuses(norah) == (403, 403)
    assert statuses(stranger) == (302, 302)
    assert stranger.get("/staff")["Location"] == "/accounts/login/?next=/staff"


def test_a_change_counts_at_once(sam_browser: Client, sam: User) -> None:
    sam.groups.clear()
    assert statuses(sam_browser) == (403, 403)


def test_roles_in_words(sam: User, ada: User, nobody: User) -> None:
    assert [role_of(user) for user in (sam, ada, nobody)] == ["Staff", "Administrator", ""]
    root = User.objects.create_superuser("root@example.org", "x")
    assert (is_administrator(root), is_staff(AnonymousUser())) == (True, False)
    assert is_staff(User(is_active=False, is_superuser=True)) is False
