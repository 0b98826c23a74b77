"""The stock statement to take along: a row for each product, and one for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from access.spreadsheets import Cell, Table
from inventory.models import Product
from inventory.queries import STATES
from inventory.statement import LINES, Period, Statement, of_all
from inventory.statement_words import WORDS, state_word


def table(found: Mapping[Product, Statement], period: Period) -> Table:
    """Every line of the page, in columns: what takes is negative, so that a row adds up."""
    header = [
        *(_("Product code"), _("From"), _("To")),
        _("Available at the beginning"),
        *(str(WORDS[line][0]) for line in LINES),
        _("Available at the end"),
    ]
    for state in STATES:
        word = state_word(state)
        header += [f"{word}: {column}" for column in (_("at the beginning"), _("in"), _("out"), _("at the end"))]
    return Table(_("Stock statement"), header, _rows(found, period))


def _rows(found: Mapping[Product, Statement], period: Period) -> Iterator[list[Cell]]:
    days: list[Cell] = [day.isoformat() if day else "" for day in (period.first, period.last)]
    for product, one in found.items():
        yield [product.code, *days, *_numbers(one)]
    if len(found) != 1:
        yield [_("All"), *days, *_numbers(of_all(found.values()))]


def _numbers(one: Statement) -> list[Cell]:
    states = [number for line in one.states for number in (line.opening, line.came, line.went, line.closing)]
    return [one.opening, *one.changes.values(), one.closing, *states]
