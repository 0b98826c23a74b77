"""*Send me a test mail*: goes the way of every mail, at once, and says what the mail server answered."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from access.models import User
from outbox import mail
from outbox.letters import new_message_id
from outbox.models import Outcome


def send_me(request: HttpRequest, *, subject: str, body: str, headers: Mapping[str, str] | None = None) -> None:
    """One mail to the reader, and a message on their next page."""
    assert isinstance(request.user, User)
    to = request.user.email
    answer = mail.send(message_id=new_message_id(), to=to, subject=subject, body=body, headers=headers)
    if answer.outcome == Outcome.DONE:
        messages.success(request, _("The mail server took it. Look into %(to)s.") % {"to": to})
    else:
        messages.error(request, _("The mail server did not take it: %(why)s") % {"why": answer.note})
