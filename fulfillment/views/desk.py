"""At the desk: a candidate's test ID and password on the screen, or on a slip. Only by POST: each look is kept."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.roles import staff_required
from access.views import author
from fulfillment import deadlines, desk, organization
from fulfillment.errors import NotNow


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@staff_required
def slip(request: HttpRequest, oid: UUID, *, on_paper: bool) -> HttpResponse:
    """What the candidate needs, in full; whoever comes by a link or goes back finds the candidate's page."""
    if request.method != "POST":
        return redirect("candidate", oid=oid)
    try:
        found = desk.show(oid=oid, actor=author(request), on_paper=on_paper)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except NotNow as refused:
        messages.error(request, str(refused))
        return redirect("candidate", oid=oid)
    one, ours = found.fulfillment, organization.ours()
    words = {
        "one": one,
        "slip": found,
        "on_paper": on_paper,
        "ours": ours,
        "start_url": one.product.start_url or ours.start_url,
        "deadline": deadlines.in_words(one.deadline),
        "time_zone": deadlines.zone_name(),
    }
    return render(request, "fulfillment/slip.html", words)
