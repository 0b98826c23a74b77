"""Set-up pages of this room: payers, people, the audit trail. API clients: `api_client_views`."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access import payers as room_payers
from access import queries, users
from access.actors import Actor
from access.audit import who
from access.errors import Refused
from access.forms import PayerChangeForm, PayerForm, PersonChangeForm, PersonForm, TrailFilterForm
from access.models import Payer, User
from access.roles import administrator_required, role_of

PER_PAGE = 50


def author(request: HttpRequest) -> Actor:
    """The person who is logged in, as the author of a change."""
    assert isinstance(request.user, User)
    return Actor.person(request.user)


@administrator_required
def payers(request: HttpRequest) -> HttpResponse:
    """All payers."""
    return render(request, "access/payers.html", {"payers": Payer.objects.all()})


@administrator_required
def add_payer(request: HttpRequest) -> HttpResponse:
    """A new payer."""
    form = PayerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        room_payers.create_or_change(actor=author(request), **form.cleaned_data)
        messages.success(request, _("The payer was added."))
        return redirect("access:payers")
    return render(request, "access/payer.html", {"form": form}, status=422 if form.errors else 200)


@administrator_required
def change_payer(request: HttpRequest, code: str) -> HttpResponse:
    """A payer's name, contact, and whether tests can be given for it."""
    payer = get_object_or_404(Payer, code=code)
    now = {"name": payer.name, "contact": payer.contact, "is_active": payer.is_active}
    form = PayerChangeForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        room_payers.create_or_change(code=code, actor=author(request), **form.cleaned_data)
        messages.success(request, _("The payer was changed."))
        return redirect("access:payers")
    return render(request, "access/payer.html", {"form": form, "payer": payer}, status=422 if form.errors else 200)


@administrator_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, with their role."""
    everybody = User.objects.prefetch_related("groups").order_by("-is_active", "email")
    return render(request, "access/people.html", {"people": [(user, role_of(user)) for user in everybody]})


@administrator_required
@never_cache
def add_person(request: HttpRequest) -> HttpResponse:
    """A new person; the password to start with is shown once, in the answer itself."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = secrets.token_urlsafe(12)
        user = users.create_user(actor=author(request), password=password, **form.cleaned_data)
        return render(request, "access/person_added.html", {"person": user, "password": password})
    return render(request, "access/person.html", {"form": form}, status=422 if form.errors else 200)


@administrator_required
def change_person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's name and role, and whether they can log in."""
    user = get_object_or_404(User, pk=pk)
    now = {"name": user.name, "role": role_of(user), "is_active": user.is_active}
    form = PersonChangeForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            users.change_user(user=user, actor=author(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.why)
        else:
            messages.success(request, _("The person was changed."))
            return redirect("access:people")
    return render(request, "access/person.html", {"form": form, "person": user}, status=422 if form.errors else 200)


@administrator_required
def trail(request: HttpRequest) -> HttpResponse:
    """Every change, with its author, newest first."""
    form = TrailFilterForm(request.GET)
    rows = queries.trail(form.cleaned_data if form.is_valid() else {})
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    told = [(row, who(row)) for row in page.object_list]
    return render(request, "access/trail.html", {"form": form, "page_obj": page, "told": told})
