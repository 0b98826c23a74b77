"""Pages that join several rooms."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """What can be given now, what is under way, what needs a person."""
    return render(request, "portal/today.html")
