"""Reading the audit trail, for its page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from access.days import midnight
from access.models import AuditEntry


def trail(wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
    """The trail, newest first. `wanted`: who, kind, verb, test_id, oid, since and until (days in the reader's zone)."""
    rows = AuditEntry.objects.select_related("user", "client").order_by("-id")
    if who := wanted.get("who"):
        rows = rows.filter(
            Q(user__email__icontains=who)
            | Q(user__name__icontains=who)
            | Q(client__name__icontains=who)
            | Q(by__icontains=who)
        )
    exact = {"kind": "actor_kind", "test_id": "test_id", "oid": "oid"}
    rows = rows.filter(**{field: wanted[name] for name, field in exact.items() if wanted.get(name)})
    if verb := wanted.get("verb"):
        rows = rows.filter(verb__icontains=verb)
    if since := wanted.get("since"):
        rows = rows.filter(at__gte=midnight(since))
    if until := wanted.get("until"):
        rows = rows.filter(at__lt=midnight(until + timedelta(days=1)))
    return rows
