"""Sittings as others read them: what a candidate is told, which there are, and which still take people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment import deadlines, organization
from fulfillment.models import Fulfillment, Sitting


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """What a candidate at a centre is told in place of a deadline. Moments are in the organization's zone."""

    title: str
    day: date
    starts_at: datetime
    arrive_at: datetime | None
    place: str
    address: str

    @classmethod
    def of(cls, sitting: Sitting) -> SittingFacts | None:
        """None at home: there the deadline says it all."""
        if sitting.starts_at is None:
            return None
        zone, arrive = organization.zone(), sitting.arrive_by
        return cls(
            title=sitting.title,
            day=sitting.date,
            starts_at=datetime.combine(sitting.date, sitting.starts_at, tzinfo=zone),
            arrive_at=datetime.combine(sitting.date, arrive, tzinfo=zone) if arrive else None,
            place=sitting.place,
            address=sitting.address,
        )

    @property
    def when(self) -> str:
        """ "Friday 12 March 2027, 10:00", to which `zone` belongs."""
        return deadlines.joined(deadlines.weekday_in_words(self.day), f"{self.starts_at:%H:%M}")

    @property
    def zone(self) -> str:
        return deadlines.zone_name()

    @property
    def day_short(self) -> str:
        return deadlines.day_in_words(self.day)

    @property
    def arrive_by(self) -> str:
        """ "09:30"; "" where nothing is said."""
        return f"{self.arrive_at:%H:%M}" if self.arrive_at else ""

    @property
    def where(self) -> str:
        return deadlines.joined(self.place, self.address)

    @property
    def is_over(self) -> bool:
        return deadlines.is_over(self.day)


def of(one: Fulfillment) -> Sitting | None:
    """Where its candidate has a seat, at home or at a centre."""
    return one.seat.sitting if one.seat else None


def facts_of(one: Fulfillment) -> SittingFacts | None:
    """What its candidate is told in place of the deadline; None at home, and without a seat."""
    sitting = of(one)
    return SittingFacts.of(sitting) if sitting else None


def listed() -> QuerySet[Sitting]:
    """All, each with `taken` (people who have a seat) and `arrived`."""
    return Sitting.objects.annotate(
        taken=Count("rows", filter=Q(rows__fulfillment__isnull=False)),
        arrived=Count("rows", filter=Q(rows__fulfillment__attendance__arrived_at__isnull=False)),
    )


def coming() -> QuerySet[Sitting]:
    """Today's and later ones, the next in front."""
    return listed().filter(date__gte=deadlines.today(), cancelled_at=None).order_by("date", "starts_at", "id")


def past() -> QuerySet[Sitting]:
    """Over or cancelled, the latest in front."""
    return listed().filter(Q(date__lt=deadlines.today()) | Q(cancelled_at__isnull=False)).order_by("-date", "-id")


def with_room() -> QuerySet[Sitting]:
    """Those to which somebody may still be added."""
    return coming().filter(closed_at=None).filter(Q(seats__isnull=True) | Q(taken__lt=F("seats")))


def in_words(sitting: Sitting) -> str:
    """One line to choose it by: "Spring, room 3: Friday 12 March 2027, 10:00, 8 seats left". From `listed`."""
    hour = f", {time_format(sitting.starts_at, 'H:i')}" if sitting.starts_at else f", {_('at home')}"
    left = None if sitting.seats is None else sitting.seats - int(getattr(sitting, "taken", 0))
    room = "" if left is None else f", {ngettext('%d seat left', '%d seats left', left) % left}"
    return f"{sitting.title}: {date_format(sitting.date, 'l j F Y')}{hour}{room}"
