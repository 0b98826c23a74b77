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
    found = _found(form)
    context |= _drawn(reckoning.of_all(found.values()), form)
    context |= {"product": form.product_chosen, "query": form.query}
    context["by_product"] = found.items() if len(found) > 1 else ()
    return render(request, "inventory/statement.html", context)


@require_safe
@roles.staff_required
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The same numbers as xlsx. What cannot be asked for is said on the page."""
    form = StatementForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('inventory:statement')}?{form.query}")
    first, last = form.period.first or "all", form.period.last or timezone.localdate()
    return download(
        statement_sheet.table(_found(form), form.period), name=f"stock-statement-{first}-{last}", kind="xlsx"
    )


def _found(form: StatementForm) -> dict[Product, Statement]:
    """Of the product that was asked for, or of each, by code."""
    by_product = reckoning.statements(form.period)
    chosen = form.product_chosen
    products = [chosen] if chosen else list(Product.objects.order_by("code"))
    return {one: by_product[one.pk] for one in products}


def _drawn(one: Statement, form: StatementForm) -> dict[str, object]:
    period = form.period
    began = reckoning.began_at()
    began_on = timezone.localdate(began) if began else None
    changed = reckoning.available_by_day(period, form.product_chosen)
    last = min(period.last or timezone.localdate(), timezone.localdate())
    first = max(filter(None, (period.first or (changed[0][0] if changed else last), began_on)))
    return {
        "one": one,
        "zone": timezone.get_current_timezone_name(),
        "first": period.first,
        "last": last,
        "lines": statement_words.lines(one),
        "states": [StateRow(statement_words.state_word(line.state), line) for line in one.states],
        "chart": statement_chart.chart(one.opening, changed, min(first, last), last),
        "began_on": began_on if began_on and _is_later(began_on, period) else None,
    }


def _is_later(began_on: date, period: Period) -> bool:
    """Whether the ledger began after the period did: what moved before is not known."""
    return period.first is None or began_on > period.first
