"""Who was mailed of a sitting, and who was mailed something that is no longer so: they can be told anew."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet

from access.actors import Actor
from fulfillment import acts, arranging
from fulfillment.errors import NotResendable
from fulfillment.models import Fulfillment, LetterKind, MailState, Sitting
from fulfillment.seating import Refused
from itep.statuses import Status

_SAYS_NO_DAY = ["cancelled", "reset"]  # kinds of mails that name neither day nor place
_WENT_OUT = Q(mails__state__in=[MailState.QUEUED, MailState.ACCEPTED]) & ~Q(mails__kind__in=_SAYS_NO_DAY)


@dataclass(frozen=True, slots=True)
class Told:
    """To how many a mail goes out, and to whom it cannot."""

    count: int
    refused: list[Refused]


def told(sitting: Sitting) -> QuerySet[Fulfillment]:
    """Who has a seat there and was mailed, whatever the mail said."""
    return (
        arranging.people(sitting).annotate(mailed_at=Max("mails__created_at", filter=_WENT_OUT)).exclude(mailed_at=None)
    )


def told_otherwise(sitting: Sitting) -> QuerySet[Fulfillment]:
    """Of them those whose latest mail is from before they got this seat, or before its day or place was changed."""
    still = told(sitting).filter(itep_status__in=["", Status.READY])
    return still.filter(Q(mailed_at__lt=F("attendance__seated_at")) | Q(mailed_at__lt=sitting.changed_at))


def tell_anew(*, sitting: Sitting, actor: Actor) -> Told:
    """The candidate's mail once more to each of them, with the day and place as they are now."""
    found = list(told_otherwise(sitting).order_by("id"))
    refused = [Refused(one, why) for one in found if (why := _tell(one, actor))]
    return Told(len(found) - len(refused), refused)


def _tell(one: Fulfillment, actor: Actor) -> str:
    try:
        why = "Day or place of the sitting changed."
        acts.resend(oid=one.oid, actor=actor, reason=why, about=LetterKind.SITTING_MOVED)
    except NotResendable as error:
        return str(error)
    return ""
