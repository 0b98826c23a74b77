"""Who gets a test: as asked for, made tidy, checked, and told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from access.encryption import keyed_digest
from fulfillment.errors import FieldError

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LONGEST = {"name": 200, "email": 254, "external_id": 200, "language": 12}


@dataclass(frozen=True, slots=True)
class Candidate:
    """`external_id` is the person's number in the customer's own system; `language` a tag as "pt" or "zh-hans"."""

    name: str
    email: str = ""
    external_id: str = ""
    language: str = ""


def tidy(candidate: Candidate) -> Candidate:
    """Composed characters, single spaces, none at the ends: as sheets and forms bring them, they often differ."""
    return Candidate(**{one.name: tidy_text(getattr(candidate, one.name)) for one in fields(candidate)})


def tidy_text(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def faults(candidate: Candidate, *, needs_email: bool) -> Iterator[FieldError]:
    """What is wrong with a tidy candidate."""
    if not candidate.name:
        yield FieldError("candidate.name", "A name is needed.")
    for field, longest in LONGEST.items():
        yield from text_faults(f"candidate.{field}", getattr(candidate, field), longest)
    if needs_email and not candidate.email:
        yield FieldError("candidate.email", "An email address is needed, since the test ID is sent by mail.")
    if candidate.email and not _is_email(candidate.email):
        yield FieldError("candidate.email", "This is not an email address.")
    if candidate.language and not _LANGUAGE.fullmatch(candidate.language):
        yield FieldError("candidate.language", 'This is not a language tag, as "en" or "pt-br".')


def text_faults(field: str, text: str, longest: int) -> Iterator[FieldError]:
    """Too long, or with characters that no name has and that a database or a mail's head would choke on."""
    if len(text) > longest:
        yield FieldError(field, f"At most {longest} characters; these are {len(text)}.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        yield FieldError(field, "It has characters that cannot be printed.")


def person_digest(candidate: Candidate) -> str:
    """Equal for the same name and email, however written; "" where either is blank (DESIGN.md section 6)."""
    if not (candidate.name and candidate.email):
        return ""
    return keyed_digest(f"{folded(candidate.name)}\n{folded(candidate.email)}", purpose="person")


def folded(text: str) -> str:
    """Equal for texts that a person would call the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
