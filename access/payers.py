"""Payers: who paid for tests, and owns their results."""

from __future__ import annotations

from django.db import transaction

from access import audit
from access.actors import Actor
from access.models import Payer


@transaction.atomic
def create_or_change(
    *, code: str, actor: Actor, name: str | None = None, contact: str | None = None, is_active: bool | None = None
) -> Payer:
    """The payer of that code, made or changed; what is None stays as it is. A code never changes."""
    payer = Payer.objects.filter(code=code).first()
    made = payer is None
    payer = payer or Payer(code=code, name=name or code)
    wanted = {"name": name, "contact": contact, "is_active": is_active}
    changed = [field for field, value in wanted.items() if value is not None and getattr(payer, field) != value]
    for field in changed:
        setattr(payer, field, wanted[field])
    if made:
        payer.full_clean()
    if made or changed:
        payer.save()
        verb = "payer.created" if made else "payer.changed"
        audit.record(actor=actor, verb=verb, subject=code, detail={"fields": changed})
    return payer
