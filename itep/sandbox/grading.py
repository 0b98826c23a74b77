"""Plausible grades. iTEP's own rules are not public; this only makes pages and webhooks look real."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from itep.sandbox.records import Exam, Product

_CEFR = ((Decimal("5.5"), "C2"), (Decimal(5), "C1"), (Decimal(4), "B2"), (Decimal(3), "B1"), (Decimal(2), "A2"))


def cefr_of(level: Decimal) -> str:
    return next((name for least, name in _CEFR if level >= least), "A1")


def graded(
    exam: Exam, product: Product, chance: random.Random, *, day: date, levels: Mapping[str, str] | None = None
) -> Exam:
    """The exam, Completed. `levels` may type the level of "Overall" and of each section; the rest is made up."""
    typed = {name.casefold(): Decimal(text) for name, text in (levels or {}).items() if text}
    about = typed.get("overall", Decimal(chance.randrange(15, 56)) / 10)
    sections = {}
    for name in product.sections:
        level = typed.get(name.casefold(), _near(about, chance))
        score = min(100, max(0, int(level / 6 * 100) + chance.randrange(-4, 5)))
        sections[name] = {"level": f"{level:.1f}", "score": str(score), "cefr": cefr_of(level)}
    mean = sum((Decimal(part["level"]) for part in sections.values()), Decimal(0)) / len(sections)
    overall = typed.get("overall", mean.quantize(Decimal("0.1")))
    return replace(
        exam,
        status="Completed",
        test_date=exam.test_date or day.isoformat(),
        minutes=exam.minutes if exam.minutes is not None else len(sections) * 17 + chance.randrange(-6, 7),
        overall_level=f"{overall:.1f}",
        overall_cefr=cefr_of(overall),
        sections=sections,
    )


def _near(level: Decimal, chance: random.Random) -> Decimal:
    return min(Decimal(6), max(Decimal(0), level + Decimal(chance.randrange(-8, 9)) / 10))
