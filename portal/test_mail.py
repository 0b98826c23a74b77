"""*Send me a test mail*: goes the way of every mail, at once, and says what the mail server answered."""

from email.utils import make_msgid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.models import User
from access.roles import administrator_required
from outbox import mail
from outbox.models import Outcome


@administrator_required
@require_http_methods(["GET", "POST"])
def test_mail(request: HttpRequest) -> HttpResponse:
    """A page with one button; POST sends a mail to whoever pressed it."""
    assert isinstance(request.user, User)
    to = request.user.email
    if request.method == "GET":
        return render(request, "portal/test_mail.html", {"to": to})
    answer = mail.send(
        message_id=make_msgid(domain="portal.test-mail"),
        to=to,
        subject=_("Test mail of the iTEP fulfillment portal"),
        body=_("You asked for this mail under Set-up. Mail works."),
    )
    if answer.outcome == Outcome.DONE:
        messages.success(request, _("The mail server took it. Look into %(to)s.") % {"to": to})
    else:
        messages.error(request, _("The mail server did not take it: %(why)s") % {"why": answer.note})
    return redirect("test_mail")
