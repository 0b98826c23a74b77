"""The columns of a file as a person set them, kept for the next file with the same header."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from inventory.models import RememberedColumns

if TYPE_CHECKING:
    from inventory.headers import Header


def of(signatures: Collection[str]) -> dict[str, RememberedColumns]:
    """Signature -> what is remembered of it."""
    found = RememberedColumns.objects.filter(signature__in=signatures).select_related("user") if signatures else ()
    return {one.signature: one for one in found}


@transaction.atomic
def remember(
    *, header: Header, mapping: Mapping[str, str], default_product: str, ready_only: bool, actor: Actor
) -> None:
    """Keeps the columns of this header; what would be recognized anyway is forgotten. A command sets none."""
    about, fields = f"columns {header.signature[:12]}", sorted(mapping)
    if dict(mapping) == header.recognized.as_names() and not default_product and not ready_only:
        if RememberedColumns.objects.filter(signature=header.signature).delete()[0]:
            audit.record(actor=actor, verb="columns.forgotten", subject=about)
        return
    if actor.user is None:
        return
    wanted = {"mapping": dict(mapping), "default_product": default_product, "ready_only": ready_only}
    if RememberedColumns.objects.filter(signature=header.signature, **wanted).exists():
        return  # whoever goes on with what another person set did not set it
    wanted |= {"user": actor.user, "set_at": timezone.now()}
    RememberedColumns.objects.update_or_create(signature=header.signature, defaults=wanted)
    audit.record(actor=actor, verb="columns.remembered", subject=about, detail={"fields": fields})


def words(remembered: RememberedColumns) -> str:
    """ "Columns as Ada set them on 3 Mar 2026"."""
    at = timezone.localtime(remembered.set_at)
    return _("Columns as %(name)s set them on %(day)s") % {
        "name": remembered.user.name or remembered.user.email,
        "day": f"{at.day} {at:%b %Y}",
    }
