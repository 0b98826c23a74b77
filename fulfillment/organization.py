"""Who we are, as candidates read it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from access import audit
from access.actors import Actor
from fulfillment.models import Organization

FIELDS = (
    "name",
    "help_email",
    "help_phone",
    "itep_help",
    "start_url",
    "technical_check",
    "result_receivers",
    "time_zone",
    "language",
    "keep_mails_days",
    "reminders_unasked",
)


def ours() -> Organization:
    """The one row, or a blank one where nobody has set it up yet."""
    return Organization.objects.filter(pk=1).first() or Organization(pk=1)


def zone() -> ZoneInfo:
    """The zone in which deadlines end."""
    return ZoneInfo(ours().time_zone or settings.TIME_ZONE)


@transaction.atomic
def change(*, actor: Actor, **fields: str | int) -> Organization:
    """Sets the given fields; the trail names those that changed."""
    one = ours()
    changed = sorted(name for name in FIELDS if name in fields and getattr(one, name) != fields[name])
    for name in changed:
        setattr(one, name, fields[name])
    one.save()
    if changed:
        audit.record(actor=actor, verb="organization.changed", subject="organization", detail={"fields": changed})
    return one
