"""Products: all with their stock, one with its settings, a new one."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access import roles
from access.actors import Actor
from access.models import User
from inventory import (
    expiring,
    forecast_chart,
    outlooks,
    products,
    purchase_words,
    purchases,
    queries,
    stock_warnings,
    unexplained,
    what_if,
)
from inventory import overview as stock_overview
from inventory.errors import ReasonNeeded
from inventory.forms import NewProductForm, ProductForm, WarningsForm, WhatIfForm
from inventory.models import Product
from inventory.outlook_words import ForecastWords


@roles.staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every product with its stock, and what is to do."""
    todo = queries.todo_at_itep()
    rows = stock_overview.rows()
    context = {
        "rows": rows,
        "sums": stock_overview.sums(rows),
        "todo_count": len(todo.assign) + len(todo.clear),
        "unexplained_count": unexplained.number(),
        "is_administrator": roles.is_administrator(request.user),
    }
    return render(request, "inventory/overview.html", context)


@roles.staff_required
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product: its numbers; its settings, which administrators change."""
    one = get_object_or_404(Product, code=code)
    may_change = roles.is_administrator(request.user)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied(_("An administrator sets products."))
        return _change(request, one)
    return render(request, "inventory/product.html", _context(request, one))


@roles.administrator_required
def product_new(request: HttpRequest) -> HttpResponse:
    """A product that no export has named yet."""
    form = NewProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        products.create_or_change(code=code, actor=_actor(request), change=form.change)
        messages.success(request, _("%(code)s is set up.") % {"code": code})
        return redirect("inventory:product", code=code)
    return render(request, "inventory/product_new.html", {"form": form})


def _change(request: HttpRequest, one: Product) -> HttpResponse:
    act, actor = request.POST.get("act"), _actor(request)
    if act == "pause":
        try:
            products.pause(product=one, because=request.POST.get("reason", ""), actor=actor)
        except ReasonNeeded:
            messages.error(request, _("Say why: everybody reads it while calls are paused."))
    elif act == "resume":
        products.resume(product=one, actor=actor)
    else:
        return _set(request, one, actor)
    return redirect("inventory:product", code=one.code)


def _set(request: HttpRequest, one: Product, actor: Actor) -> HttpResponse:
    """One of the two forms of the page; the other one stays as it was."""
    fresh = Product.objects.get(pk=one.pk)
    form: ProductForm | WarningsForm
    if request.POST.get("act") == "warn":
        form = WarningsForm(request.POST, instance=fresh)
    else:
        form = ProductForm(request.POST, instance=fresh)
    if not form.is_valid():
        return render(request, "inventory/product.html", _context(request, one, refused=form), status=422)
    products.create_or_change(code=one.code, actor=actor, change=form.change)
    messages.success(request, _("Saved."))
    return redirect("inventory:product", code=one.code)


def _context(request: HttpRequest, one: Product, refused: forms.BaseForm | None = None) -> dict[str, object]:
    """What the page shows; administrators get its two forms, staff read what is set."""
    found = outlooks.of(one)
    context: dict[str, object] = {
        "product": one,
        "card": found.card,
        "one": found,
        "words": ForecastWords.of(found),
        "chart": forecast_chart.chart(found),
        "what_if": _what_if(request, found),
        "expiring": expiring.by_day(one, found.supply.today),
        "warnings": stock_warnings.history(one),
        "by_hand": products.works_by_hand(one),
        "coming": [purchase_words.Row.of(order) for order in purchases.coming(one)],
        "form": None,
    }
    if roles.is_administrator(request.user):
        context["form"] = refused if isinstance(refused, ProductForm) else ProductForm(instance=one)
        context["warn_form"] = refused if isinstance(refused, WarningsForm) else WarningsForm(instance=one)
    return context


def _what_if(request: HttpRequest, found: outlooks.Outlook) -> tuple[int, str] | None:
    """So many more, and what would be then: only where it is asked for."""
    asked = WhatIfForm(request.GET if "more" in request.GET else None)
    if not asked.is_valid():
        return None
    more: int = asked.cleaned_data["more"]
    return more, what_if.answer(found, more)


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))
