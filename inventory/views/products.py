"""Products: all with their stock, one with its settings, a new one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from access import roles
from access.actors import Actor
from access.models import User
from inventory import products, queries
from inventory.forms import NewProductForm, ProductForm
from inventory.models import Product


@roles.staff_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every product with its stock, and what is to do."""
    todo = queries.todo_at_itep()
    cards = queries.stock_by_product()
    context = {
        "cards": cards,
        "available": sum(card.available for card in cards),
        "todo_count": len(todo.assign) + len(todo.clear),
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
    form = ProductForm(instance=one) if may_change else None
    return render(request, "inventory/product.html", _context(one, form))


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
        because = request.POST.get("reason", "").strip() or _("Paused by hand.")
        products.pause(product=one, because=because, actor=actor)
    elif act == "resume":
        products.resume(product=one, actor=actor)
    else:
        form = ProductForm(request.POST, instance=Product.objects.get(pk=one.pk))
        if not form.is_valid():
            return render(request, "inventory/product.html", _context(one, form), status=422)
        products.create_or_change(code=one.code, actor=actor, change=form.change)
        messages.success(request, _("Saved."))
    return redirect("inventory:product", code=one.code)


def _context(one: Product, form: ProductForm | None) -> dict[str, object]:
    return {
        "product": one,
        "card": queries.stock_of(one),
        "form": form,
        "by_hand": products.works_by_hand(one),
    }


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))
