"""Deadlines in words: a day, which ends at 23:59 where the organization is."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from fulfillment import organization


def ends_at(day: date, *, zone: ZoneInfo | None = None) -> datetime:
    """The last minute of the day, where the organization is. `zone`: of whoever asks for many, and knows it already."""
    return datetime.combine(day, time(23, 59), tzinfo=zone or organization.zone())


def begins_at(day: date) -> datetime:
    """The day's first moment, where the organization is."""
    return datetime.combine(day, time(0), tzinfo=organization.zone())


def today() -> date:
    return timezone.now().astimezone(organization.zone()).date()


def is_over(day: date | None) -> bool:
    return day is not None and day < today()


def in_words(day: date | None) -> str:
    """ "Monday 12 March 2035, 23:59", as the active language writes it; "" for None."""
    return joined(weekday_in_words(day), "23:59") if day else ""


def weekday_in_words(day: date) -> str:
    """ "Monday 12 March 2035"."""
    return date_format(day, pgettext("date with its weekday", "l j F Y"))


def day_in_words(day: date | None) -> str:
    """ "12 March"."""
    return date_format(day, pgettext("day and month", "j F")) if day else ""


def moment_in_words(moment: datetime) -> str:
    """ "25 November 2026, 14:10", where the organization is."""
    here = moment.astimezone(organization.zone())
    return joined(day_with_year(here), f"{here:%H:%M}")


def day_with_year(day: date) -> str:
    return date_format(day, pgettext("date", "j F Y"))


def joined(*texts: str) -> str:
    """Those that are not blank, with the comma of the language."""
    return pgettext("between the items of a list", ", ").join(text for text in texts if text)


def zone_name() -> str:
    """As a person says it: "Lisbon time"."""
    key = organization.zone().key
    return key if key == "UTC" else _("%(city)s time") % {"city": key.rsplit("/", 1)[-1].replace("_", " ")}


def days_in_words(days: int | None) -> str:
    """ "" where it is not known."""
    if days is None:
        return ""
    if days == 0:
        return _("on the day of the test")
    return ngettext("within %(n)s day after the test", "within %(n)s days after the test", days) % {"n": days}
