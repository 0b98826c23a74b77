"""The words of an Assigned-to by which it is found: whole words, email addresses and identifiers. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from access.encryption import keyed_digest

MOST_ASKED = 8  # words of one question; more of them narrow nothing
MOST_KEPT = 400  # words of one text
_ENDS = re.compile(r"[\s,;|<>()\[\]{}\"“”«»]+")  # what no word, email address or identifier holds
_OID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRIM = ".:!?'/\\-_=*#&"
_SAME = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})


def words_of(text: str) -> set[str]:
    """Normalised: what a person may type to find this text. Of JSON the values count, not the keys."""
    found: set[str] = set()
    for value in _values(text):
        for token in tokens(value):
            found |= {token, *_parts(token)}
            if len(found) >= MOST_KEPT:
                return found | {folded(word) for word in found}
    return found | {folded(word) for word in found}


def tokens(text: str) -> list[str]:
    """What stands between spaces and brackets, whole: "ana@example.org", "hr-77", "silva"."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME).casefold()
    plain = unicodedata.normalize("NFKC", plain)
    stripped = (token.strip(_TRIM) for token in _ENDS.split(plain))
    return list(dict.fromkeys(token for token in stripped if token))


def folded(word: str) -> str:
    """Without accents: "jose" for "josé". Marks of scripts that have no accents stay."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(_without_accents(apart)))


def digest_of(word: str) -> str:
    """As the database keeps the word: 32 hex digits."""
    return keyed_digest(word, purpose="assigned-to-word")[:32]


def digests_of(text: str) -> set[str]:
    """What is kept of a text; {""} where it has no words."""
    return {digest_of(word) for word in words_of(text)} or {""}


def asked(text: str) -> list[set[str]]:
    """A question as digests: of each of its words one has to stand in the text, as typed or without accents."""
    return [{digest_of(token), digest_of(folded(token))} for token in tokens(text)[:MOST_ASKED]]


def _values(text: str) -> Iterator[str]:
    if text.lstrip().startswith(("{", "[")):
        try:
            yield from _leaves(json.loads(text))
            return
        except (ValueError, RecursionError):
            pass
    yield text


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield str(value)


def _parts(token: str) -> list[str]:
    """Split on all that is neither letter nor number; marks belong to the letter that they stand on. An oid has no
    parts that anybody would look for."""
    if _OID.fullmatch(token):
        return []
    plain = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in token)
    return plain.split()


def _without_accents(apart: str) -> Iterator[str]:
    base = ""
    for letter in apart:
        if unicodedata.category(letter) != "Mn":
            base = unicodedata.name(letter, "")
        elif base.startswith(("LATIN", "GREEK", "CYRILLIC")):
            continue
        yield letter
