"""Which letters there are in a language, and which of them are the administrators' own: for the list."""

from __future__ import annotations

from dataclasses import dataclass

from fulfillment import languages
from fulfillment.letters import shipped
from fulfillment.models import LanguageSwitch, Letter, LetterKind
from fulfillment.models.letters import WRITTEN


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of letter. `for_all`: the own text for all products, if one is on; `of_products`: of single ones."""

    kind: LetterKind
    for_all: Letter | None
    of_products: list[Letter]


@dataclass(frozen=True, slots=True)
class Language:
    """A language as administrators see it. `is_draft`: it was shipped as a draft, and nobody has read it yet;
    `changed`: a release has changed the texts since they were read."""

    tag: str
    name: str
    is_on: bool
    is_draft: bool
    changed: bool
    said: LanguageSwitch | None


def rows(language: str) -> list[Row]:
    """Every kind, with what is on in this language."""
    own: dict[str, list[Letter]] = {}
    found = Letter.objects.filter(language=language, is_on=True).select_related("product", "written_by")
    for letter in found.order_by("product__code"):
        own.setdefault(letter.kind, []).append(letter)
    return [
        Row(
            kind,
            next((one for one in own.get(kind, []) if one.product_id is None), None),
            [one for one in own.get(kind, []) if one.product_id],
        )
        for kind in WRITTEN
    ]


def all_languages() -> list[Language]:
    said, now = {one.tag: one for one in LanguageSwitch.objects.select_related("read_by")}, languages.on()
    return [_language(tag, said.get(tag), tag in now) for tag in languages.NAMES]


def language(tag: str) -> Language:
    return next(one for one in all_languages() if one.tag == tag)


def _language(tag: str, said: LanguageSwitch | None, is_on: bool) -> Language:
    was_read = said is not None and said.read_at is not None
    changed = said is not None and was_read and said.read_digest != shipped.digest(tag)
    return Language(tag, languages.NAMES[tag], is_on, tag not in languages.READY and not was_read, changed, said)
