"""The candidate's mail, written in the transaction that made it due, and kept as sent. `sending` brings it out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from access import audit
from access.actors import Actor
from fulfillment import deadlines, links, news, organization, sittings
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


def first_kind(fulfillment: Fulfillment) -> str:
    """What the candidate is told first of the ID that it has now: one that was told before may no longer count."""
    return news.REPLACED if void_test_id(fulfillment) else "instructions"


def void_test_id(fulfillment: Fulfillment) -> str:
    """The ID that the candidate knows and that is theirs no longer; "" where there is none."""
    held = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    before = fulfillment.forget_test_id or fulfillment.sent_test_id
    return "" if held and held.test_id == before else before


def withdraw(queued: Iterable[Mail], *, why: str) -> str:
    """Mails that no server has taken do not go out. Returns the kind of the latest, "" where there was none.

    Whoever withdraws one writes another. `queued` as `locks.queued_mails` gives them.
    """
    kind = ""
    for one in queued:
        one.state, one.note, kind = MailState.WITHHELD, why, one.kind
        one.save(update_fields=["state", "note"])
        audit.record(
            actor=Actor.system("worker"),
            verb="mail.withheld",
            oid=one.fulfillment.oid,
            subject=f"mail {one.pk}",
            detail={"kind": one.kind, "why": why},
        )
    return kind


def is_on_its_way(oid: uuid.UUID) -> bool:
    """Whether a mail waits for the mail server."""
    return Mail.objects.filter(fulfillment__oid=oid, state=MailState.QUEUED).exists()


def render(fulfillment: Fulfillment, *, kind: str) -> tuple[str, str]:
    """Subject and body. What is not set drops its line; nothing is guessed."""
    test_id = TestID.objects.filter(holder=fulfillment.claim_id, holding="current").first()
    words = _words(fulfillment, test_id) | {"news": news.of(fulfillment, kind, void=void_test_id(fulfillment))}
    template = kind if kind in ("reminder", "trouble", "reset") else "instructions"
    return letters.render(f"candidate/{template}", words, language=LANGUAGE)


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
        "page_code": links.code_of(fulfillment.link_token),
        "code_url": links.code_url(),
        "start_url": product.start_url or ours.start_url,
        "result_time": deadlines.days_in_words(product.result_days),
        "result_receivers": str(fulfillment.payer) if fulfillment.payer else ours.result_receivers,
        "practice": settings.PRACTICE,
    }


def _password_for_mail(product: Product, test_id: TestID | None) -> str:
    """It stays on the page, unless an administrator decided otherwise for the product."""
    return test_id.password if test_id and product.password_in_mail else ""
