"""Set-up: who is mailed about the stock."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import roles
from access.actors import Actor
from access.models import User
from access.users import addresses_of_administrators
from inventory import stock_mails as mails
from inventory.forms import StockMailsForm


@require_http_methods(["GET", "HEAD", "POST"])
@roles.administrator_required
def stock_mails(request: HttpRequest) -> HttpResponse:
    """To whom warnings and the digest go."""
    form = StockMailsForm(request.POST or None, instance=mails.ours())
    if request.method == "POST" and form.is_valid():
        mails.change(actor=Actor.person(cast("User", request.user)), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("inventory:stock_mails")
    context = {"form": form, "administrators": addresses_of_administrators()}
    return render(request, "inventory/stock_mails.html", context, status=422 if form.errors else 200)
