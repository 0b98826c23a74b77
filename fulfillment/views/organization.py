"""Who we are, as candidates read it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.roles import administrator_required
from access.views import author
from fulfillment import organization
from fulfillment.forms.organization import OrganizationForm


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def the_organization(request: HttpRequest) -> HttpResponse:
    """Who we are, as candidates read it."""
    form = OrganizationForm(request.POST or None, instance=organization.ours())
    if request.method == "POST" and form.is_valid():
        organization.change(actor=author(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("fulfillment:organization")
    return render(request, "fulfillment/organization.html", {"form": form})
