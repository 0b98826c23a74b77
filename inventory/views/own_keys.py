"""What a product's own keys make of Assigned-to, while an administrator types them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from access import roles
from inventory import own_keys


@require_POST
@roles.administrator_required
def preview(request: HttpRequest) -> HttpResponse:
    """Changes nothing; a POST, since what is typed may be long."""
    typed, product = request.POST.get("assigned_to_keys", ""), request.POST.get("product", "")
    shown = own_keys.preview(typed[:20_000], product=product)
    return render(request, "inventory/_own_keys_preview.html", {"preview": shown})
