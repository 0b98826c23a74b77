"""The stock statement: a product, or all, over a period; on the page, on paper, and as xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import roles
from access.spreadsheets import download
from inventory import statement as reckoning
from inventory import statement_chart, statement_sheet, statement_words
from inventory.models import Product
from inventory.statement import Period, Statement
from inventory.statement_form import StatementForm, presets


@dataclass(frozen=True, slots=True)
class StateRow:
    """A line of the second table, in words."""

    word: str
    line: reckoning.StateLine


@require_safe
@roles.staff_required
def statement(request: HttpRequest) -> HttpResponse:
    """Opening, what changed it and why, closing; each state; what could be given day by day."""
    form = StatementForm(request.GET)
    context: dict[str, object] = {"form": form, "presets": presets(form), "has_products": Product.objects.exists()}
    if not form.is_valid():
        return render(request, "inventory/statement.html", context)
    context |= {"product": form.product_chosen, "first": form.period.first, "last": _last(form.period)}
    if unknown_until := _ended_before_the_ledger(form.period):
        return render(request, "inventory/statement.html", context | {"unknown_until": unknown_until})
    found = _found(form)
    context |= _drawn(reckoning.of_all(found.values()), form) | {"query": form.query}
    context["by_product"] = found.items() if len(found) > 1 else ()
    return render(request, "inventory/statement.html", context)


@require_safe
@roles.staff_required
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The same numbers as xlsx. What cannot be asked for is said on the page."""
    form = StatementForm(request.GET)
    if not form.is_valid() or _ended_before_the_ledger(form.period):
        return redirect(f"{reverse('inventory:statement')}?{form.query}")
    name = f"stock-statement-{form.period.first or 'all'}-{_last(form.period)}"
    return download(statement_sheet.table(_found(form), form.period), name=name, kind="xlsx")


def _found(form: StatementForm) -> dict[Product, Statement]:
    """Of the product that was asked for, or of each, by code."""
    by_product = reckoning.statements(form.period)
    chosen = form.product_chosen
    products = [chosen] if chosen else list(Product.objects.order_by("code"))
    return {one: by_product[one.pk] for one in products}


def _drawn(one: Statement, form: StatementForm) -> dict[str, object]:
    period, changed = form.period, reckoning.available_by_day(form.period, form.product_chosen)
    began_on = _began_on()
    first, last = statement_chart.first_day(period, began_on, changed), _last(period)
    return {
        "one": one,
        "zone": timezone.get_current_timezone_name(),
        "lines": statement_words.lines(one),
        "states": [StateRow(statement_words.state_word(line.state), line) for line in one.states],
        "chart": statement_chart.chart(one.opening, changed, first, last) if first else None,
        "began_on": began_on if began_on and (period.first is None or began_on > period.first) else None,
    }


def _last(period: Period) -> date:
    """The last day that can be told of."""
    today = timezone.localdate()
    return min(period.last or today, today)


def _began_on() -> date | None:
    """Since when the ledger counts; None where it has from the first ID on."""
    began = reckoning.began_at()
    return timezone.localdate(began) if began else None


def _ended_before_the_ledger(period: Period) -> date | None:
    """The day on which the ledger began, where that is after the period: of it nothing is known, not even zeros."""
    began_on = _began_on()
    return began_on if began_on and began_on > _last(period) else None
