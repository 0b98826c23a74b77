"""Which score reports are linked: those on hosts that the operator listed (ITEP.md section 6)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from access import audit
from access.actors import Actor
from results.models import ReportHost

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class BadHost(ValueError):
    """No name of a host. Its message is for the person who typed it."""


@transaction.atomic
def allow(*, host: str, actor: Actor) -> ReportHost:
    """Report links to `host` are shown from now on. Raises BadHost."""
    name = host.strip().lower().removeprefix("https://").rstrip("/")
    if not _HOST.fullmatch(name):
        raise BadHost("A host reads like reports.itepexam.example, without path or port.")
    found, is_new = ReportHost.objects.get_or_create(host=name, defaults={"user": actor.user})
    if is_new:
        audit.record(actor=actor, verb="report_host.allowed", subject=name)
    return found


@transaction.atomic
def forbid(*, pk: int, actor: Actor) -> None:
    """Report links to the host are no longer shown."""
    for found in ReportHost.objects.filter(pk=pk):
        audit.record(actor=actor, verb="report_host.removed", subject=found.host)
        found.delete()


def shown(url: str) -> str:
    """The address if it may be linked, else ""."""
    return url if is_allowed(url, hosts=set(ReportHost.objects.values_list("host", flat=True))) else ""


def is_allowed(url: str, *, hosts: set[str]) -> bool:
    """https on a listed host; while practising, also the practice iTEP itself."""
    try:
        there = urlsplit(url)
        host, port = there.hostname, there.port
    except ValueError:
        return False
    if not host or there.username is not None or not url.isprintable() or " " in url or "\\" in url:
        return False
    if settings.PRACTICE and settings.ITEP_BASE_URL:
        itep = urlsplit(settings.ITEP_BASE_URL)
        if (there.scheme, host, port) == (itep.scheme, itep.hostname, itep.port):
            return True
    return there.scheme == "https" and port in (None, 443) and host in hosts
