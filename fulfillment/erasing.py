"""What was sent is kept until its retention date: then address, subject and text go, and the row that says so stays."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import deadlines, organization, over
from fulfillment.models import Mail, MailState

KEEPER = Actor.system("retention")
CHUNK = 500


def erase_due() -> int:
    """Dates every mail by its test's end, then erases those whose day has passed, chunk by chunk: how many."""
    date_all()
    erased = 0
    while number := _erase_chunk():
        erased += number
    return erased


def date_all() -> int:
    """Sets the retention date of each mail that is still there, as it follows from what is known today: how many moved.

    It moves with the setting, with the deadline, and with a test that was reset and so is not over.
    """
    keep, zone = timedelta(days=organization.ours().keep_mails_days), organization.zone()
    rows = Mail.objects.filter(erased_at=None).exclude(state=MailState.QUEUED).select_related("fulfillment")
    rows = rows.only("keep_until", *(f"fulfillment__{name}" for name in over.ASKED))  # no secret is decrypted for it
    moved, last = 0, 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last, changed = chunk[-1].pk, []
        for one in chunk:
            until = (over.at(one.fulfillment, zone=zone).astimezone(zone) + keep).date()
            if one.keep_until != until:
                one.keep_until = until
                changed.append(one)
        moved += Mail.objects.bulk_update(changed, ["keep_until"])
    return moved


@transaction.atomic
def _erase_chunk() -> int:
    """Marked with the author in the same transaction; a mail that is on its way stays."""
    due = Mail.objects.select_for_update(of=("self",)).filter(erased_at=None, keep_until__lt=deadlines.today())
    rows = due.exclude(state=MailState.QUEUED).select_related("fulfillment").order_by("pk")
    found = list(rows.only("kind", "keep_until", "fulfillment__oid")[:CHUNK])
    Mail.objects.filter(pk__in=[one.pk for one in found]).update(
        to="", subject="", body="", note="", erased_at=timezone.now()
    )
    audit.record_many(
        audit.entry(
            actor=KEEPER,
            verb="mail.erased",
            oid=one.fulfillment.oid,
            subject=f"mail {one.pk}",
            detail={"kind": one.kind, "kept_until": one.keep_until.isoformat() if one.keep_until else ""},
        )
        for one in found
    )
    return len(found)
