"""The letters that are shipped: whole in every language, with and without each value, and nothing that must not be."""

from __future__ import annotations

import re
from itertools import product

import pytest

from fulfillment import languages
from fulfillment.letters import checking, shipped
from fulfillment.letters.filling import fill_body, fill_subject
from fulfillment.letters.placeholders import PLACEHOLDERS
from fulfillment.letters.reading import slots
from fulfillment.models import LetterKind

EVERY = list(product(languages.NAMES, LetterKind))
WHOLE = {name: f"value-of-{name}" for name in PLACEHOLDERS}
LEAST = {name: WHOLE[name] for name in ("name", "product_name", "test_id", "page_url")}
LEFTOVERS = re.compile(r"[{}\[\]]|\(\)|:\s*$|,\s*$|：\s*$| ,|\(\s|\s\)", re.MULTILINE)
SCORES = re.compile(r"\b(?:score|level|CEFR|grade|puntuaci|nivel|nível|niveau|birth|OID)\b", re.IGNORECASE)
every_letter = pytest.mark.parametrize(("language", "kind"), EVERY)


def test_each_language_has_every_letter() -> None:
    assert all(set(shipped.texts(tag)) == set(LetterKind) for tag in languages.NAMES)


@every_letter
def test_it_can_be_used_and_nothing_in_it_is_warned_of(language: str, kind: LetterKind) -> None:
    text = shipped.texts(language)[kind]
    assert checking.subject_faults(text.subject) == []
    assert checking.body_faults(kind, text.body) == []
    assert checking.warnings(kind, text.subject, text.body) == []


@every_letter
def test_it_says_the_same_as_the_english_one(language: str, kind: LetterKind) -> None:
    """The same placeholders, in as many lines; names of organizations may stand elsewhere, or be said once."""
    english, text = shipped.texts("en")[kind], shipped.texts(language)[kind]
    assert _body_slots(text.body) == _body_slots(english.body)
    assert {slot.name for _n, slot, _d in slots(text.subject)} == {slot.name for _n, slot, _d in slots(english.subject)}
    assert len(text.body.splitlines()) == len(english.body.splitlines())


def _body_slots(body: str) -> list[tuple[int, str]]:
    return sorted((line, slot.name) for line, slot, _may_drop in slots(body) if slot.name != "organization")


@every_letter
@pytest.mark.parametrize("values", [WHOLE, LEAST], ids=["all known", "least known"])
def test_filled_it_leaves_no_gap(language: str, kind: LetterKind, values: dict[str, str]) -> None:
    text = shipped.texts(language)[kind]
    to_left = language in languages.RIGHT_TO_LEFT
    subject = fill_subject(text.subject, values, right_to_left=to_left)
    body = fill_body(text.body, values, right_to_left=to_left).text
    lines = [line for line in body.splitlines()[1:] if not line.endswith(("value-of-help", "value-of-name:"))]
    greeting = body.splitlines()[0]
    assert "value-of-name" in greeting
    assert (subject != "", LEFTOVERS.findall(subject), LEFTOVERS.findall("\n".join(lines))) == (True, [], [])
    for name in values:
        stands = any(slot.name == name for _n, slot, _d in slots(text.body))
        assert (values[name] in body) is stands


@every_letter
def test_never_what_a_mail_must_not_say(language: str, kind: LetterKind) -> None:
    text = shipped.texts(language)[kind]
    assert SCORES.findall(text.subject + text.body) == []
    assert "http" not in text.body


@every_letter
def test_it_is_written_in_its_own_script(language: str, kind: LetterKind) -> None:
    scripts = {"ko": r"[가-힣]", "zh-hans": r"[一-鿿]", "ar": r"[ء-ي]"}
    lines = [line for line in shipped.texts(language)[kind].body.splitlines() if line]
    foreign = [line for line in lines if not re.search(scripts.get(language, r"[A-Za-z]"), line)]
    assert foreign == []


def test_a_language_that_is_not_shipped_is_none() -> None:
    with pytest.raises(OSError, match=r"de\.txt"):
        shipped.texts("de")
