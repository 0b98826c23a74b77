"""The set-up pages of payers, people and the trail: administrators only, every change with its author."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.audit import record
from access.models import AuditEntry, Payer, User
from access.roles import ADMINISTRATOR, STAFF, role_of

pytestmark = pytest.mark.django_db
PAGES = ["payers/", "payers/add/", "people/", "people/add/", "api-clients/", "api-clients/add/", "audit/", "work/"]


@pytest.mark.parametrize("at", PAGES)
def test_administrators_only(at: str, sam_browser: Client, ada_browser: Client) -> None:
    assert sam_browser.get(f"/setup/{at}").status_code == 403
    assert Client().get(f"/setup/{at}").status_code == 302
    content = ada_browser.get(f"/setup/{at}")
    assert content.status_code == 200
    assert "<h1>" in content.content.decode()


def test_staff_change_nothing(sam_browser: Client, hr: Payer, sam: User) -> None:
    posts = {
        "payers/add/": {"code": "x", "name": "X"},
        "payers/hr/change/": {"name": "X"},
        "people/add/": {"email": "x@example.org", "name": "X", "role": ADMINISTRATOR},
        f"people/{sam.pk}/": {"name": "Sam", "role": ADMINISTRATOR, "is_active": "on"},
        "api-clients/add/": {"name": "x", "scopes": ["secrets"]},
    }
    assert [sam_browser.post(f"/setup/{page}", body).status_code for page, body in posts.items()] == [403] * 5
    assert (Payer.objects.count(), User.objects.count(), role_of(sam), AuditEntry.objects.count()) == (1, 1, STAFF, 0)


def test_a_payer_is_added_and_changed(ada_browser: Client, ada: User) -> None:
    answer = ada_browser.post("/setup/payers/add/", {"code": "hr", "name": "HR", "contact": "Eva", "is_active": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/setup/payers/")
    ada_browser.post("/setup/payers/hr/change/", {"name": "People", "contact": "Eva"})
    payer = Payer.objects.get()
    assert (payer.code, payer.name, payer.contact, payer.is_active) == ("hr", "People", "Eva", False)
    told = list(AuditEntry.objects.values_list("verb", "user", "subject", "detail"))
    assert told == [
        ("payer.created", ada.pk, "hr", {"fields": ["contact"]}),
        ("payer.changed", ada.pk, "hr", {"fields": ["name", "is_active"]}),
    ]
    assert "People" in ada_browser.get("/setup/payers/").content.decode()


@pytest.mark.parametrize(("code", "why"), [("hr", "a payer with this code"), ("h r", "Enter a valid")])
def test_a_payer_that_does_not_fit(code: str, why: str, ada_browser: Client, hr: Payer) -> None:
    answer = ada_browser.post("/setup/payers/add/", {"code": code, "name": "X"})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert (Payer.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_a_person_is_added_with_a_password_that_is_shown_once(ada_browser: Client) -> None:
    answer = ada_browser.post("/setup/people/add/", {"email": "new@example.org", "name": "New", "role": STAFF})
    user = User.objects.get(email="new@example.org")
    assert (role_of(user), user.has_usable_password()) == (STAFF, True)
    assert user.check_password(answer.context["password"])
    assert answer.context["password"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer.context["password"] not in ada_browser.get("/setup/people/").content.decode()


def test_a_person_gets_another_role_and_is_ended(ada_browser: Client, sam: User) -> None:
    ada_browser.post(f"/setup/people/{sam.pk}/", {"name": "Sam", "role": ADMINISTRATOR, "is_active": "on"})
    assert role_of(User.objects.get(pk=sam.pk)) == ADMINISTRATOR
    ada_browser.post(f"/setup/people/{sam.pk}/", {"name": "Sam", "role": ""})
    sam = User.objects.get(pk=sam.pk)
    assert (role_of(sam), sam.is_active) == ("", False)


def test_the_last_administrator_cannot_end_herself(ada_browser: Client, ada: User) -> None:
    answer = ada_browser.post(f"/setup/people/{ada.pk}/", {"name": "Ada", "role": STAFF, "is_active": "on"})
    assert answer.status_code == 422
    assert "Somebody has to stay" in answer.content.decode()
    assert role_of(User.objects.get(pk=ada.pk)) == ADMINISTRATOR


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ("", ["c.d", "a.b"]),
        ("who=sam", ["a.b"]),
        ("kind=itep", ["c.d"]),
        ("verb=c.", ["c.d"]),
        ("test_id=T1", ["a.b"]),
        ("oid=6f2b6f1e-58bb-4a44-8ee4-2b6e93b2a4b1", ["c.d"]),
        ("since=2100-01-01", []),
        ("until=2100-01-01", ["c.d", "a.b"]),
        ("until=2000-01-01", []),
        ("since=nonsense", ["c.d", "a.b"]),
    ],
)
def test_the_trail_is_filtered(query: str, verbs: list[str], ada_browser: Client, by_sam: Actor) -> None:
    from uuid import UUID

    record(actor=by_sam, verb="a.b", test_id="T1", reason="asked by phone")
    record(actor=Actor.itep("webhook"), verb="c.d", oid=UUID("6f2b6f1e-58bb-4a44-8ee4-2b6e93b2a4b1"))
    page = ada_browser.get(f"/setup/audit/?{query}")
    assert [row.verb for row, _who in page.context["told"]] == verbs
    assert ("asked by phone" in page.content.decode()) == ("a.b" in verbs)


def test_the_trail_has_pages(ada_browser: Client, by_sam: Actor) -> None:
    for _ in range(51):
        record(actor=by_sam, verb="a.b", oid=uuid4())
    assert len(ada_browser.get("/setup/audit/").context["told"]) == 50
    assert len(ada_browser.get("/setup/audit/?page=2").context["told"]) == 1


def test_words_of_people_are_escaped(ada_browser: Client, by_sam: Actor) -> None:
    record(actor=by_sam, verb="a.b", reason="<script>alert(1)</script>", detail={"x": "<b>"})
    page = ada_browser.get("/setup/audit/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert timezone.now() - AuditEntry.objects.get().at < timedelta(minutes=1)
