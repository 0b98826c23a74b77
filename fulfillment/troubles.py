"""iTEP set a test back, or met a problem with it: staff are alarmed at once, and tell the candidate when ready.

Nothing is ever sent to the candidate by itself: what to do now only a person can say.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from access import audit
from access.actors import Actor
from access.roles import is_staff
from fulfillment.models import Fulfillment, State, Trouble
from itep.statuses import Status
from outbox import alarms, staff_mails

_KINDS = {
    Status.PROBLEM: Trouble.Kind.PROBLEM,
    Status.INVALIDATED: Trouble.Kind.INVALIDATED,
    Status.DISABLED: Trouble.Kind.DISABLED,
}
_BEFORE_A_RESET = (Status.FINISHED, Status.REVIEW, Status.COMPLETED, Status.INVALIDATED, Status.DISABLED)


def kind_of(*, before: str, after: str) -> Trouble.Kind | None:
    """What it means that iTEP says `after`, having said `before` ("" for nothing). None where all is well.

    A webhook says Ready only of a test that was set back (ITEP.md, section 5); Started after a problem goes on.
    """
    if before == after:
        return None
    if after == Status.READY or (after == Status.STARTED and before in _BEFORE_A_RESET):
        return Trouble.Kind.RESET
    return _KINDS[Status(after)] if after in _KINDS else None


def follow(one: Fulfillment, *, before: str) -> Trouble | None:
    """iTEP's status of the locked `one` has just changed: alarms staff where something happened, once per event.

    What was open is over once the test is graded.
    """
    if one.itep_status == Status.COMPLETED:
        _passed(one)
    kind = kind_of(before=before, after=one.itep_status) if one.itep_status_by == "webhook" else None
    if kind is None or one.state == State.CANCELLED:
        return None
    assert one.itep_status_at is not None
    trouble, is_new = Trouble.objects.get_or_create(
        fulfillment=one, kind=kind, seen_at=one.itep_status_at, defaults={"status_raw": one.itep_status_raw}
    )
    if is_new:
        _alarm(trouble, one)
    return trouble


def latest_open(one: Fulfillment) -> Trouble | None:
    """What nobody has seen to yet; of several the latest, with which the others are seen to as well."""
    return one.troubles.filter(handled_at=None).order_by("-pk").first()


def was_reset(one: Fulfillment) -> bool:
    """Whether iTEP set it back, and nobody has seen to that yet."""
    return one.troubles.filter(handled_at=None, kind=Trouble.Kind.RESET).exists()


@transaction.atomic
def handled(one: Fulfillment, *, actor: Actor, reason: str = "") -> int:
    """A person has seen to it without a mail of ours. How many events that were."""
    number = close(one, actor=actor)
    if number:
        audit.record(actor=actor, verb="trouble.handled", oid=one.oid, product=one.product.code, reason=reason)
    return number


def close(one: Fulfillment, *, actor: Actor, mail_id: int | None = None) -> int:
    """All that is open, in the caller's transaction. The mail stands at the latest."""
    latest = latest_open(one)
    if latest is not None and mail_id is not None:
        Trouble.objects.filter(pk=latest.pk).update(mail_id=mail_id)
    return one.troubles.filter(handled_at=None).update(handled_at=timezone.now(), handled_by=actor.user)


def _passed(one: Fulfillment) -> None:
    if close(one, actor=Actor.itep("webhook")):
        audit.record(actor=Actor.itep("webhook"), verb="trouble.passed", oid=one.oid, product=one.product.code)


def _alarm(trouble: Trouble, one: Fulfillment) -> None:
    """To administrators, and to whoever gave the test. Without the candidate's name: the link leads to it."""
    starter = one.started_by
    also = [starter.email] if starter is not None and is_staff(starter) and starter.email else []
    words = {
        "kind": trouble.kind,
        "product": one.product,
        "own_number": one.external_id,
        "page_url": staff_mails.address(reverse("candidate", args=[one.oid])),
    }
    alarms.sound(template="trouble", words=words, key=f"trouble-{trouble.pk}", also=also)
    audit.record(
        actor=Actor.itep("webhook"),
        verb=f"trouble.{trouble.kind}",
        oid=one.oid,
        product=one.product.code,
        detail={"status": trouble.status_raw},
    )
