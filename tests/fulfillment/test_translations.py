"""The candidate's page is whole in every language: each text, with the same gaps, and nothing that nobody shows."""

from __future__ import annotations

import calendar
import re
from datetime import date

import pytest
from django.utils import translation

from access import catalogues
from fulfillment import deadlines, languages
from portal.environment import BASE_DIR
from tests.candidate_words import Key, all_words

OTHERS = [tag for tag in languages.NAMES if tag != "en"]
GAP = re.compile(r"%\(\w+\)s")
NAMES_OF_DAYS = {*calendar.month_name, *calendar.day_name}  # Django's own, where they are written otherwise today
every_language = pytest.mark.parametrize("language", OTHERS)


def messages(language: str) -> dict[Key, list[str]]:
    file = BASE_DIR / "locale" / translation.to_locale(language) / "LC_MESSAGES" / "django.po"
    found = {(one.context, one.text, one.plural): one.strings for one in catalogues.read(file.read_text("utf-8"))}
    return {key: strings for key, strings in found.items() if key[1]}


def test_there_is_a_catalogue_for_each_language() -> None:
    folders = {one.name for one in (BASE_DIR / "locale").iterdir() if one.is_dir()}
    assert folders == {translation.to_locale(tag) for tag in OTHERS}


@every_language
def test_every_text_is_there_and_no_other(language: str) -> None:
    found = messages(language)
    assert {key for key in found if key[1] not in NAMES_OF_DAYS} == all_words()
    assert [key for key, strings in found.items() if not all(strings)] == []


@every_language
def test_each_has_the_gaps_of_the_english_one(language: str) -> None:
    wrong = [
        (key[1], one)
        for key, strings in messages(language).items()
        for one in strings
        if set(GAP.findall(one)) != set(GAP.findall(key[1])) and not (key[2] and not GAP.findall(one))
    ]
    assert wrong == []
    # A rare plural says its number in a word. A percent sign alone would break the page.
    assert [one for strings in messages(language).values() for one in strings if "%" in GAP.sub("", one)] == []


@pytest.mark.parametrize(
    ("language", "words", "short"),
    [
        ("en", "Monday 12 March 2035, 23:59", "12 March"),
        ("es", "lunes 12 de marzo de 2035, 23:59", "12 de marzo"),
        ("pt", "segunda-feira, 12 de março de 2035, 23:59", "12 de março"),
        ("fr", "lundi 12 mars 2035, 23:59", "12 mars"),
        ("ko", "2035년 3월 12일 월요일, 23:59", "3월 12일"),
        ("zh-hans", "2035年3月12日 星期一，23:59", "3月12日"),
        ("ar", "الاثنين 12 مارس 2035، 23:59", "12 مارس"),
    ],
)
@pytest.mark.django_db
def test_days_are_written_as_one_writes_them_there(language: str, words: str, short: str) -> None:
    with translation.override(language):
        day = date(2035, 3, 12)
        assert (deadlines.in_words(day), deadlines.day_in_words(day)) == (words, short)


def test_days_are_counted_as_one_counts_there() -> None:
    with translation.override("ar"):
        said = [deadlines.days_in_words(n) for n in (1, 2, 3, 11)]
    assert said == [
        "خلال يوم واحد بعد الاختبار",
        "خلال يومين بعد الاختبار",
        "خلال 3 أيام بعد الاختبار",
        "خلال 11 يومًا بعد الاختبار",
    ]
