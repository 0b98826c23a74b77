"""Which words a text is found by, and which it is not."""

import json

import pytest

from inventory import search_words
from inventory.search_words import asked, digests_of, folded, tokens, words_of


def found(question: str, text: str) -> bool:
    """As the database asks: of each word of the question one digest stands in the text."""
    kept = digests_of(text)
    wanted = asked(question)
    return bool(wanted) and all(digests & kept for digests in wanted)


OURS = json.dumps(
    {"name": "José Álvarez-Müller", "email": "Jose.A@Example.org", "external_id": "HR-77/b", "n": {"x": 12}}
)


@pytest.mark.parametrize(
    "question",
    [
        "José",
        "Jose",
        "JOSE",
        "josé álvarez-müller",
        "alvarez",
        "Muller",
        "Álvarez Jose",
        "jose.a@example.org",
        "hr-77/B",
        "77",
        "12",
        "<jose.a@example.org>,",
    ],
)
def test_whole_words_emails_and_identifiers_find_it(question: str) -> None:
    assert found(question, OURS)


@pytest.mark.parametrize(
    "question", ["Jos", "a@example.org", "name", "external_id", "Jose Silva", "hr-77/c", " ", "...", ""]
)
def test_parts_of_words_keys_and_other_words_do_not(question: str) -> None:
    assert not found(question, OURS)


def test_a_plain_text_and_one_that_is_cut_off_are_split_as_well() -> None:
    assert words_of("Silva, Ana <ana@x.org>; hr_77") == {"silva", "ana", "ana@x.org", "x", "org", "hr_77", "hr", "77"}
    assert found("ana@x.org", '{"name": "Ana", "email": "ana@x.org')
    assert digests_of("--- ...") == {""}


def test_spellings_that_people_do_not_see_are_one() -> None:
    assert tokens("O’Brien Jean–Luc ＡＮＡ Straße") == ["o'brien", "jean-luc", "ana", "strasse"]
    assert found("obrien o'brien", "obrien O’Brien")
    assert [folded(word) for word in ("é", "김민수", "が", "हिंदी")] == ["e", "김민수", "が", "हिंदी"]


def test_a_long_text_keeps_no_more_than_a_limit() -> None:
    assert len(words_of(" ".join(f"w{n}" for n in range(5_000)))) == search_words.MOST_KEPT
    assert len(asked("a b c d e f g h i j k")) == search_words.MOST_ASKED


def test_the_digest_is_keyed_and_tells_nothing() -> None:
    digest = search_words.digest_of("silva")
    assert (len(digest), "silva" in digest, digest == search_words.digest_of("silve")) == (32, False, False)
