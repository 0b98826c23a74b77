"""Administrators' own texts and languages: who may overwrite whom, what stays, and which text a mail has."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry, User
from fulfillment import languages, organization
from fulfillment.letters import choosing, editing, shipped, writing
from fulfillment.letters.choosing import Place
from fulfillment.letters.editing import BadLetter, LetterMoved, StaysOn
from fulfillment.models import LanguageSwitch, Letter, LetterKind
from inventory.models import Product

pytestmark = pytest.mark.django_db
KIND = LetterKind.REMINDER


@pytest.fixture
def by_ada(ada: User) -> Actor:
    return Actor.person(ada)


def save(place: Place, actor: Actor, body: str = "Hello {name}, {page_url}", revision: int = 0) -> Letter:
    return editing.save(place=place, subject="Your test", body=body, revision=revision, actor=actor)


def rows() -> list[tuple[object, ...]]:
    return list(Letter.objects.order_by("pk").values_list("revision", "is_on", "product__code", "body"))


def test_a_products_own_text_goes_before_the_one_for_all_and_that_before_the_shipped(
    academic: Product, called: Product, by_ada: Actor
) -> None:
    mine, others, everybody = (Place(KIND, "es", one) for one in (academic, called, None))
    assert choosing.text_for(mine) == choosing.shipped_for(mine)
    for_all = save(everybody, by_ada)
    assert [choosing.text_for(one).own for one in (mine, others, everybody)] == [for_all] * 3
    own = save(mine, by_ada, "Hola {name}, {page_url}")
    assert [choosing.text_for(one).own for one in (mine, others, everybody)] == [own, for_all, for_all]
    assert choosing.text_for(Place(KIND, "pt", academic)).own is None
    assert choosing.text_for(Place(LetterKind.RESET, "es", academic)).own is None


def test_each_version_stays_and_one_is_on(academic: Product, by_ada: Actor, ada: User) -> None:
    place = Place(KIND, "en", academic)
    save(place, by_ada, "One {page_url}")
    second = save(place, by_ada, "Two\r\n\r\n{page_url}  \n\n", revision=1)
    assert rows() == [(1, False, "ACAD-PLUS", "One {page_url}\n"), (2, True, "ACAD-PLUS", "Two\n\n{page_url}\n")]
    assert second.written_by == ada
    assert editing.back_to_shipped(place=place, revision=2, actor=by_ada) is True
    assert editing.back_to_shipped(place=place, revision=2, actor=by_ada) is False
    assert choosing.text_for(place).own is None
    assert [row[:2] for row in rows()] == [(1, False), (2, False)]
    assert save(place, by_ada, revision=2).revision == 3
    told = AuditEntry.objects.filter(subject="letter reminder en").values_list("verb", "product", "detail")
    assert list(told) == [
        ("letter.changed", "ACAD-PLUS", {"revision": 1}),
        ("letter.changed", "ACAD-PLUS", {"revision": 2}),
        ("letter.put_away", "ACAD-PLUS", {"revision": 2}),
        ("letter.changed", "ACAD-PLUS", {"revision": 3}),
    ]


@pytest.mark.parametrize("revision", [0, 2])
def test_nobody_overwrites_what_they_have_not_seen(academic: Product, by_ada: Actor, revision: int) -> None:
    place = Place(KIND, "en")
    save(place, by_ada)
    before = rows()
    with pytest.raises(LetterMoved):
        save(place, by_ada, "Mine {page_url}", revision=revision)
    with pytest.raises(LetterMoved):
        editing.back_to_shipped(place=place, revision=revision, actor=by_ada)
    assert (rows(), AuditEntry.objects.filter(verb__startswith="letter.").count()) == (before, 1)


def test_a_bad_text_changes_nothing_and_says_all_that_is_wrong(by_ada: Actor) -> None:
    with pytest.raises(BadLetter) as refused:
        editing.save(place=Place(KIND, "en"), subject="{nobody}", body="{x} {y}", revision=0, actor=by_ada)
    assert (len(refused.value.subject), len(refused.value.body)) == (1, 3)
    assert (rows(), AuditEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize("for_all", [True, False])
def test_the_database_knows_one_text_that_is_on(academic: Product, by_ada: Actor, for_all: bool) -> None:
    product = None if for_all else academic
    save(Place(KIND, "en", product), by_ada)
    same = {"kind": KIND, "language": "en", "product": product, "subject": "s", "body": "b"}
    for more in ({"revision": 2, "is_on": True}, {"revision": 1, "is_on": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.create(**same, **more)
    assert len(rows()) == 1


def test_an_own_text_of_which_nothing_would_be_left_gives_way(academic: Product, by_ada: Actor) -> None:
    place = Place(LetterKind.CANCELLED, "en", academic)
    save(place, by_ada, "Dear {name},")
    assert writing.write(place, {"name": "Ana"}).body == "Dear Ana,\n"
    assert writing.write(place, {"product_name": "P"}).body.startswith("Your English test was cancelled: P.")


def test_drafts_are_off_until_somebody_has_read_them(by_ada: Actor, ada: User) -> None:
    assert languages.on() == ("en", "es", "pt")
    assert languages.chosen("ar-EG") == "en"
    editing.switch_on(tag="ar", actor=by_ada)
    assert languages.on() == ("en", "es", "pt", "ar")
    assert languages.chosen("ar-EG") == "ar"
    said = LanguageSwitch.objects.get()
    assert (said.read_by, said.read_at is not None, said.read_digest) == (ada, True, shipped.digest("ar"))
    editing.switch_off(tag="ar", actor=by_ada)
    assert (languages.on(), LanguageSwitch.objects.get().read_by) == (("en", "es", "pt"), ada)
    verbs = AuditEntry.objects.filter(subject="language ar").values_list("verb", flat=True)
    assert list(verbs) == ["language.switched_on", "language.switched_off"]


def test_what_others_fall_back_to_stays_on(by_ada: Actor) -> None:
    organization.change(actor=by_ada, language="pt")
    for tag in ("en", "pt"):
        with pytest.raises(StaysOn):
            editing.switch_off(tag=tag, actor=by_ada)
    assert LanguageSwitch.objects.count() == 0
    editing.switch_off(tag="es", actor=by_ada)
    assert languages.choices() == [("en", "English"), ("pt", "Português")]


def test_whose_language_is_not_on_gets_the_organizations(by_ada: Actor) -> None:
    assert [languages.chosen(tag) for tag in ("pt-BR", "fr", "de", "")] == ["pt", "en", "en", "en"]
    organization.change(actor=by_ada, language="es")
    assert [languages.chosen(tag) for tag in ("pt-BR", "fr", "de", "")] == ["pt", "es", "es", "es"]
    organization.change(actor=by_ada, language="fr")  # a draft that is off: it stands in for nothing
    assert [languages.chosen(tag) for tag in ("pt-BR", "de")] == ["pt", "en"]


def test_practice_is_said_in_every_letter(settings: Settings) -> None:
    settings.PRACTICE = True
    written = writing.write(Place(LetterKind.CANCELLED, "en"), {"name": "Ana", "product_name": "P"})
    assert (written.subject.startswith("PRACTICE: "), written.body.startswith("PRACTICE. ")) == (True, True)
