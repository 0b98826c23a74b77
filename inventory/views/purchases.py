"""Purchases: what was ordered, of whom, and what came of it. Staff read; administrators enter."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import roles
from access.actors import Actor
from access.models import User
from inventory import purchase_words
from inventory import purchases as orders
from inventory.errors import NotPossible
from inventory.models import Product, Purchase
from inventory.purchase_forms import ArrivedForm, CancelForm, CorrectForm, NewOrderForm, ProductFilterForm
from inventory.purchase_words import Row

PAGE = 50  # closed ones


@require_safe
@roles.staff_required
def purchases(request: HttpRequest) -> HttpResponse:
    """What is still to come, the most overdue first; below it what is closed, the newest first."""
    form = ProductFilterForm(request.GET)
    context: dict[str, object] = {"form": form, "may_enter": roles.is_administrator(request.user)}
    if not form.is_valid():
        return render(request, "inventory/purchases/list.html", context)
    product: Product | None = form.cleaned_data["product"]
    coming = [Row.of(one) for one in orders.coming(product)]
    page = Paginator(orders.closed(product), PAGE).get_page(request.GET.get("page"))
    context |= {
        "product": product,
        "coming": coming,
        "outstanding": sum(row.one.outstanding for row in coming),
        "closed": [Row.of(one) for one in page],
        "page": page,
    }
    return render(request, "inventory/purchases/list.html", context)


@roles.administrator_required
def purchase_new(request: HttpRequest) -> HttpResponse:
    """An order is entered."""
    named = Product.objects.filter(code=request.GET.get("product", "")).first()
    form = NewOrderForm(request.POST or None, initial=NewOrderForm.prefilled(named))
    if request.method == "POST" and form.is_valid():
        product: Product = form.cleaned_data["product"]
        try:
            one = orders.order(product=product, actor=_actor(request), what=form.what)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, f"{product}: {purchase_words.sentence(one)}.")
            return redirect("inventory:purchases")
    return render(request, "inventory/purchases/new.html", {"form": form}, status=422 if form.is_bound else 200)


@roles.staff_required
def purchase(request: HttpRequest, purchase_id: int) -> HttpResponse:
    """One order with its story; what an administrator decides comes here by POST, in the field `act`."""
    one = get_object_or_404(orders.listed(), pk=purchase_id)
    if request.method != "POST":
        return _shown(request, one)
    if not roles.is_administrator(request.user):
        raise PermissionDenied(_("Administrators enter and change orders."))
    asked = {"correct": CorrectForm(one, request.POST), "arrived": ArrivedForm(one, request.POST)}
    form = ({**asked, "cancel": CancelForm(request.POST)}).get(request.POST.get("act", ""))
    if form is None:
        raise Http404
    if form.is_valid() and _done(one, form, _actor(request)):
        messages.success(request, _("Saved."))
        return redirect("inventory:purchase", purchase_id=one.pk)
    return _shown(request, one, refused=form)


def _done(one: Purchase, form: forms.Form, actor: Actor) -> bool:
    """Whether the room took it; else the form says why not."""
    try:
        if isinstance(form, CorrectForm):
            orders.correct(purchase_id=one.pk, actor=actor, what=form.what)
        elif isinstance(form, ArrivedForm):
            asked = form.cleaned_data
            orders.state_arrived(purchase_id=one.pk, actor=actor, arrived=asked["arrived"], reason=asked["reason"])
        else:
            orders.cancel(purchase_id=one.pk, actor=actor, reason=form.cleaned_data["reason"])
    except ValidationError as refused:
        form.add_error(None, refused.messages)
    except NotPossible as refused:
        form.add_error(None, refused.why)
    return form.is_valid()


def _shown(request: HttpRequest, one: Purchase, refused: forms.Form | None = None) -> HttpResponse:
    context = {
        "row": Row.of(one),
        "events": purchase_words.story(one),
        "may_enter": roles.is_administrator(request.user),
        "price": purchase_words.price(one.price, one.currency),
        "correct": refused if isinstance(refused, CorrectForm) else CorrectForm(one),
        "arrived": refused if isinstance(refused, ArrivedForm) else ArrivedForm(one),
        "cancel": refused if isinstance(refused, CancelForm) else CancelForm(),
    }
    return render(request, "inventory/purchases/one.html", context, status=422 if refused else 200)


def _actor(request: HttpRequest) -> Actor:
    return Actor.person(cast("User", request.user))
