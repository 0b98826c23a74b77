"""What a cell of a list of candidates says, as people write it: a product, a payer, who tells, a language, a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from access.models import Payer
from inventory.columns import spelling
from inventory.export_cells import Unusable, day_in, text_in
from inventory.models import Delivery, Product
from inventory.sheets import Cell

_DELIVERIES: dict[str, str] = {
    Delivery.PORTAL: "portal, we, us, mail, email, by mail, we send it by mail, nosotros, correo, nos",
    Delivery.ITEP: "itep, itep sends it, itep sends",
    Delivery.NONE: "none, i hand it out myself, by hand, hand, self, ninguno, a mano, nenhum, a mao",
}
_LANGUAGES = {
    "en": "english, ingles",
    "es": "spanish, espanol, espanhol, castellano",
    "pt": "portuguese, portugues",
    "fr": "french, frances, francais",
    "ko": "korean, coreano",
    "zh-hans": "chinese, simplified chinese, chino, chines",
    "ar": "arabic, arabe",
}


def _by_spelling(words: Mapping[str, str]) -> dict[str, str]:
    return {spelling(name): str(value) for value, names in words.items() for name in names.split(",")}


DELIVERIES, LANGUAGES = _by_spelling(_DELIVERIES), _by_spelling(_LANGUAGES)


@dataclass(frozen=True, slots=True)
class Known:
    """The products and payers that a row may name, by code or by name, read once for a whole file."""

    products: Mapping[str, Product] = field(default_factory=dict)
    payers: Mapping[str, Payer] = field(default_factory=dict)

    @classmethod
    def now(cls) -> Known:
        products, payers = list(Product.objects.order_by("pk")), list(Payer.objects.filter(is_active=True))
        by_name = {one.name.casefold(): one for one in products if one.name}
        payers_by_name = {one.name.casefold(): one for one in payers if one.name}
        return cls(  # a code wins over another's name
            by_name | {one.code.casefold(): one for one in products},
            payers_by_name | {one.code.casefold(): one for one in payers},
        )

    def product(self, cell: Cell) -> Product:
        found = self.products.get(plain(cell).casefold())
        if found is None:
            raise Unusable(f"The code of a product, as {_some(one.code for one in self.products.values())}.")
        return found

    def payer(self, cell: Cell) -> Payer:
        found = self.payers.get(plain(cell).casefold())
        if found is None:
            raise Unusable(f"The code of a payer, as {_some(one.code for one in self.payers.values())}.")
        return found


def plain(cell: Cell) -> str:
    """Any text in one line; a whole number as it is written. Raises Unusable."""
    try:
        return " ".join(text_in(cell).split())
    except Unusable as unusable:
        raise Unusable(f"{str(unusable)[:1].upper()}{str(unusable)[1:]}.") from unusable


def delivery(cell: Cell) -> str:
    found = DELIVERIES.get(spelling(plain(cell)))
    if found is None:
        raise Unusable("One of: portal (we send it by mail), itep (iTEP sends it), none (you hand it out).")
    return found


def language(cell: Cell) -> str:
    """The tag; what is neither a name nor a tag comes back as it is, for `candidates.faults` to refuse."""
    text = plain(cell)
    return LANGUAGES.get(spelling(text), text)


def day(cell: Cell) -> date | None:
    try:
        return day_in(cell)
    except Unusable as unusable:
        raise Unusable("A date, as 2026-12-31 or 12/31/2026 (month first).") from unusable


def _some(codes: object) -> str:
    known = list(dict.fromkeys(codes))  # type: ignore[call-overload]
    return ", ".join(known[:5]) or "none is set up"
