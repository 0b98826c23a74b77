"""*Send me a test mail*: whether mail works at all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.models import User
from access.roles import administrator_required
from outbox import trying


@administrator_required
@require_http_methods(["GET", "POST"])
def test_mail(request: HttpRequest) -> HttpResponse:
    """A page with one button; POST sends a mail to whoever pressed it."""
    assert isinstance(request.user, User)
    if request.method == "GET":
        return render(request, "portal/test_mail.html", {"to": request.user.email})
    trying.send_me(
        request,
        subject=_("Test mail of the iTEP fulfillment portal"),
        body=_("You asked for this mail under Set-up. Mail works."),
    )
    return redirect("test_mail")
