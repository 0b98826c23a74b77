"""The way out for mail: one message to one person. The same Message-ID makes a repeat harmless."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from outbox.models import Outcome
from outbox.registry import Answer

TIMEOUT = 20  # seconds, for each exchange with the mail server
LEASE_SECONDS = 300  # for whoever registers a kind that ends in `send`: a mail is some eight exchanges
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,120}@[A-Za-z0-9.-]{1,120}>")


def send(
    *,
    message_id: str,
    to: str,
    subject: str,
    body: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    reply_to: str = "",
    from_email: str | None = None,
) -> Answer:
    """Hands one mail to the mail server. `message_id` is fixed by the caller, as `<oid.1@portal.example.org>`.

    DONE: the mail server took it (nobody knows more). REFUSED: it will never take it. RETRY: anything else; a mail
    that went nevertheless goes twice under one Message-ID. Raises ValueError for a malformed Message-ID.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a Message-ID reads <left@right>")
    request = f"{message_id} to {mask(to)}"
    try:
        validate_email(to)
        message = EmailMultiAlternatives(
            subject,
            body,
            from_email,
            [to],
            reply_to=[reply_to] if reply_to else None,
            headers={"Auto-Submitted": "auto-generated", **(headers or {}), "Message-ID": message_id},
            connection=get_connection(timeout=TIMEOUT),
        )
        if html is not None:
            message.attach_alternative(html, "text/html")
        message.send()
    except Exception as error:
        return _failed(error, to, request)
    return Answer(Outcome.DONE, note="Accepted by the mail server.", request=request)


def mask(address: str) -> str:
    """`a***@example.org`."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}***{at}{host}"


def _failed(error: Exception, to: str, request: str) -> Answer:
    status, text = _reply(error)
    outcome, note = _meaning(error, status)
    return Answer(outcome, status=status, note=note, request=request, answer=text.replace(to, mask(to))[:500])


def _reply(error: Exception) -> tuple[int | None, str]:
    """The mail server's code and text, where it gave any."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return None, type(error).__name__
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return (code if code in range(100, 600) else None), words


def _meaning(error: Exception, status: int | None) -> tuple[Outcome, str]:
    for_ever = status is not None and 500 <= status < 600
    if isinstance(error, (ValidationError, BadHeaderError)):
        return Outcome.REFUSED, "The address or the subject cannot stand in a mail."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome.REFUSED, "The mail server cannot write to such an address."
    if isinstance(error, smtplib.SMTPRecipientsRefused) and for_ever:
        return Outcome.REFUSED, f"The mail server refused the recipient ({status})."
    if isinstance(error, smtplib.SMTPDataError) and for_ever:
        return Outcome.REFUSED, f"The mail server refused the mail ({status})."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome.RETRY, "The mail server refused our password."
    if status is not None:
        return Outcome.RETRY, f"The mail server took nothing now ({status})."
    return Outcome.RETRY, f"The mail server could not be reached, or fell silent ({type(error).__name__})."
