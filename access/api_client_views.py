"""Set-up pages of API clients: who may call, and with which keys. A key is shown once, in the answer that made it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from access import api_clients, api_keys
from access.forms import ApiClientChangeForm, ApiClientForm
from access.models import ApiClient, ApiKey
from access.roles import administrator_required
from access.views import author


@administrator_required
def clients(request: HttpRequest) -> HttpResponse:
    """All API clients."""
    found = ApiClient.objects.prefetch_related("payers", "keys").order_by("-is_active", "name")
    return render(request, "access/api_clients.html", {"clients": found})


@administrator_required
@never_cache
def add_client(request: HttpRequest) -> HttpResponse:
    """A new client, and its first key."""
    form = ApiClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client = api_clients.create_or_change(actor=author(request), **_cleaned(form))
        return _show_key(request, client)
    return render(request, "access/api_client.html", {"form": form}, status=422 if form.errors else 200)


@administrator_required
def change_client(request: HttpRequest, pk: int) -> HttpResponse:
    """What a client may do, and its keys."""
    client = get_object_or_404(ApiClient, pk=pk)
    now = {
        "scopes": client.scopes,
        "payers": [payer.code for payer in client.payers.all()],
        "is_active": client.is_active,
    }
    form = ApiClientChangeForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        api_clients.create_or_change(name=client.name, actor=author(request), **_cleaned(form))
        messages.success(request, _("The API client was changed."))
        return redirect("access:api_clients")
    context = {"form": form, "client": client, "keys": client.keys.order_by("-id")}
    return render(request, "access/api_client.html", context, status=422 if form.errors else 200)


@administrator_required
@require_POST
@never_cache
def add_key(request: HttpRequest, pk: int) -> HttpResponse:
    """A further key; the others stay valid, so that a system can change over."""
    return _show_key(request, get_object_or_404(ApiClient, pk=pk))


@administrator_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a key, at once."""
    key = get_object_or_404(ApiKey.objects.select_related("client"), pk=pk)
    api_keys.revoke_key(key=key, actor=author(request))
    messages.success(request, _("The key opens nothing from now on."))
    return redirect("access:change_api_client", pk=key.client_id)


def _show_key(request: HttpRequest, client: ApiClient) -> HttpResponse:
    key = api_keys.make_key(client, actor=author(request))
    return render(request, "access/api_key_made.html", {"client": client, "key": key})


def _cleaned(form: ApiClientChangeForm) -> dict[str, Any]:
    return {**form.cleaned_data, "payers": [payer.code for payer in form.cleaned_data["payers"]]}
