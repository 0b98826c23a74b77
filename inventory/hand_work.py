"""Hand work that is said to be done, much of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access.actors import Actor
from inventory import claims
from inventory.errors import NotPossible
from inventory.models import Claim, TestID


@dataclass(frozen=True, slots=True)
class Done:
    """How much was done, and what was not: its test ID, and why."""

    count: int
    refused: list[tuple[str, str]]


@transaction.atomic
def done(*, oids: Iterable[str], cleared: Iterable[str], actor: Actor) -> Done:
    """Texts that were written, by oid, and IDs whose Assigned-to was emptied. What is unknown or moved is refused."""
    known = list(Claim.objects.filter(oid__in=_uuids(oids)).values_list("oid", flat=True))
    refused = claims.all_done_at_itep(oids=known, actor=actor)
    not_cleared = _clear(list(dict.fromkeys(cleared)), actor)
    count = len(known) - len(refused) + len(set(cleared)) - len(not_cleared)
    return Done(count, [*_by_test_id(refused), *not_cleared])


def _clear(test_ids: Sequence[str], actor: Actor) -> list[tuple[str, str]]:
    refused = []
    for test_id in sorted(test_ids):
        try:
            with transaction.atomic():
                claims.cleared(test_id=test_id, actor=actor)
        except NotPossible as impossible:
            refused.append((test_id, impossible.why))
        except TestID.DoesNotExist:
            refused.append((test_id, "It is not known here."))
    return refused


def _by_test_id(refused: dict[UUID, str]) -> list[tuple[str, str]]:
    named = dict(TestID.objects.filter(holder__oid__in=refused).values_list("holder__oid", "test_id"))
    return [(named.get(oid, str(oid)), why) for oid, why in refused.items()]


def _uuids(texts: Iterable[str]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
