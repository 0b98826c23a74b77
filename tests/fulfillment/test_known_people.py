"""Known candidates are offered while somebody types: few, each once, and never in an address."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import User
from fulfillment import known_people
from fulfillment.candidates import Candidate
from inventory.models import Product
from tests.given import given

pytestmark = pytest.mark.django_db
URL = "/candidates/give/known/"


@pytest.fixture
def people(academic: Product) -> None:
    for name, email, number, language in [
        ("Ana Silva", "ana@example.org", "hr-77", ""),
        ("Mariana Costa", "mc@example.org", "", "es"),
        ("김민준", "min@example.org", "k-1", "ko"),
        ("ana  silva", "Ana@example.org", "hr-77", "pt"),  # the same person, later
    ]:
        given(academic, None, name=name, email=email, external_id=number, language=language)


@pytest.mark.parametrize(
    ("field", "typed", "names"),
    [
        ("name", "ana", ["ana  silva", "Mariana Costa"]),
        ("name", " ANA  sil", ["Ana Silva"]),
        ("name", "김민", ["김민준"]),
        ("name", "a", []),
        ("email", "mc@", ["Mariana Costa"]),
        ("email", "example", []),
        ("external_id", "HR-", ["ana  silva"]),
        ("external_id", "77", []),
        ("note", "ana", []),
    ],
)
def test_who_is_offered(people: None, field: str, typed: str, names: list[str]) -> None:
    assert [one.name for one in known_people.look(field=field, typed=typed).people] == names


def test_each_person_stands_there_once_as_they_were_named_last(people: None) -> None:
    found = known_people.look(field="email", typed="ana@")
    assert found.people == [Candidate("ana  silva", "Ana@example.org", "hr-77", "pt")]


def test_a_search_shows_few(academic: Product) -> None:
    for number in range(9):
        given(academic, None, name=f"Ana {number}")
    found = known_people.look(field="name", typed="ana")
    assert ([one.name for one in found.people], found.more) == ([f"Ana {number}" for number in range(8, 0, -1)], True)


def test_the_list_is_a_listbox_that_says_what_to_fill_in(sam_browser: Client, people: None) -> None:
    page = sam_browser.post(URL, {"external_id": "k-"}).content.decode()
    for words in ('role="listbox"', 'data-name="김민준"', 'data-email="min@example.org"', 'data-language="ko"'):
        assert words in page
    assert "1 known candidate." in page
    assert sam_browser.post(URL, {"name": "nobody"}).content.decode().strip() == ""


def test_staff_alone_and_nothing_in_an_address(sam_browser: Client, people: None, nobody: User) -> None:
    assert sam_browser.get(URL, {"name": "ana"}).status_code == 405
    without_role = Client()
    without_role.force_login(nobody)
    assert without_role.post(URL, {"name": "ana"}).status_code == 403
    assert Client().post(URL, {"name": "ana"}).status_code == 302
