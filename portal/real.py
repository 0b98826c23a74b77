"""*Start for real*: what practice made, and the button that removes it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.actors import Actor
from access.roles import administrator_required
from portal import starting_clean


@administrator_required
@require_http_methods(["GET", "POST"])
def start_for_real(request: HttpRequest) -> HttpResponse:
    """Shows what would go; on POST with the word *remove*, removes it and leaves the mark."""
    problem = ""
    try:
        starting_clean.refuse_if_real()
        if request.method == "POST" and request.POST.get("word", "").strip().lower() == "remove":
            starting_clean.start_clean(actor=Actor.person(request.user))  # type: ignore[arg-type]
            messages.success(
                request, _("The played data is gone. Stop the portal and start it again: it will not play any more.")
            )
            return redirect("setup")
        if request.method == "POST":
            problem = _("Type the word remove, so that this does not happen by a slip.")
    except starting_clean.NotOnlyPractice as real:
        problem = str(real)
    return render(request, "portal/start_for_real.html", {"made": starting_clean.made(), "problem": problem})
