"""The candidate's mail, written in the transaction that made it due, and kept as sent. `sending` brings it out."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings

from access import audit
from access.actors import Actor
from fulfillment import deadlines, links, organization, sittings
from fulfillment.models import Fulfillment, Mail, MailState
from inventory.models import Product, TestID
from outbox import entries, letters

KIND = "fulfillment.mail"
LANGUAGE = "en"


def states(fulfillment: Fulfillment, test_id: str) -> tuple[MailState, ...]:
    """The states of its mails that tell this ID, oldest first."""
    return tuple(MailState(one) for one in fulfillment.mails.filter(test_id=test_id).values_list("state", flat=True))


def write(fulfillment: Fulfillment, *, kind: str) -> Mail:
    """The mail and the entry that sends it, in the transaction that made it necessary."""
    subject, body = render(fulfillment, kind=kind)
    held = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    written = Mail.objects.create(
        fulfillment=fulfillment,
        test_id=held.test_id if held else "",
        kind=kind,
        message_id=f"<{uuid.uuid4()}@{letters.domain()}>",
        to=fulfillment.email,
        subject=subject,
        body=body,
        language=LANGUAGE,
    )
    entries.write(kind=KIND, key=str(written.pk), payload={"mail": written.pk}, oid=fulfillment.oid)
    audit.record(
        actor=Actor.system("worker"),
        verb="mail.written",
        oid=fulfillment.oid,
        product=fulfillment.product.code,
        subject=f"mail {written.pk}",
        detail={"kind": kind},
    )
    return written


def render(fulfillment: Fulfillment, *, kind: str) -> tuple[str, str]:
    """Subject and body. What is not set drops its line; nothing is guessed."""
    test_id = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    words = _words(fulfillment, test_id)
    return letters.render(f"candidate/{kind}", words, language=LANGUAGE)


def _words(fulfillment: Fulfillment, test_id: TestID | None) -> dict[str, Any]:
    product, ours = fulfillment.product, organization.ours()
    return {
        "name": fulfillment.name,
        "organization": ours,
        "product": product,
        "product_name": str(product),
        "deadline": deadlines.in_words(fulfillment.deadline),
        "deadline_short": deadlines.day_in_words(fulfillment.deadline),
        "time_zone": deadlines.zone_name(),
        "sitting": sittings.facts_of(fulfillment),  # at a centre: instead of the deadline
        "test_id": test_id.test_id if test_id else "",
        "password": _password_for_mail(product, test_id),
        "page_url": links.page_url(fulfillment),
        "start_url": product.start_url or ours.start_url,
        "result_time": deadlines.days_in_words(product.result_days),
        "result_receivers": str(fulfillment.payer) if fulfillment.payer else ours.result_receivers,
        "practice": settings.PRACTICE,
    }


def _password_for_mail(product: Product, test_id: TestID | None) -> str:
    """It stays on the page, unless an administrator decided otherwise for the product."""
    return test_id.password if test_id and product.password_in_mail else ""
