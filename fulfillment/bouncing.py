"""A mail came back. Only a person can know: the server took it, and what came later stands in somebody's mailbox."""

from __future__ import annotations

from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment import locks, settling
from fulfillment.errors import NotNow
from fulfillment.models import Mail, MailState


def why_not(one: Mail) -> str:
    """Why nobody can say of it that it bounced; "" where somebody can."""
    if one.state == MailState.BOUNCED:
        return "That was said already."
    if one.state != MailState.ACCEPTED:
        return "Only what the mail server took can come back."
    return ""


@transaction.atomic
def it_bounced(*, mail_id: int, actor: Actor, reason: str = "") -> Mail:
    """The candidate needs a person from now on, until a mail goes out again. Raises NotNow, `Mail.DoesNotExist`.

    `reason`: what the answer said. It may name an address, and so stands in the history, not on the mail.
    """
    one = locks.mail(mail_id)
    if why := why_not(one):
        raise NotNow(why)
    one.state, one.note = MailState.BOUNCED, "A person says that it came back."
    one.save(update_fields=["state", "note"])
    audit.record(
        actor=actor,
        verb="mail.bounced",
        oid=one.fulfillment.oid,
        subject=f"mail {one.pk}",
        detail={"kind": one.kind},
        reason=" ".join(reason.split())[:500],
    )
    settling.settle(oid=one.fulfillment.oid)
    return one
