"""The scene of a repair: an ID, its holder, and the requests that a difference is about, all of them locked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access import audit
from access.actors import Actor
from inventory import locks, unexplained
from inventory.claims.moves import Word
from inventory.errors import NotPossible
from inventory.models import Claim, Standing, TestID, WordSource
from inventory.repairs import Facts
from itep.assigned_to import oids_in


@dataclass(slots=True)
class Scene:
    """The ID with its row, its holder and the requests that the difference is about: all locked."""

    test_id: str
    row: TestID | None
    holder: Claim | None
    others: list[Claim]
    actor: Actor
    reason: str

    @property
    def facts(self) -> Facts:
        return unexplained.facts_of(self.test_id, self.row, self.holder, self.others)

    @property
    def claims(self) -> list[Claim]:
        return [*([self.holder] if self.holder else []), *self.others]

    @property
    def word(self) -> Word:
        """The person has seen the mirror's last word: theirs is no earlier, whatever their clock says."""
        at = max(timezone.now(), self.row.said_at) if self.row else timezone.now()
        return Word(WordSource.PERSON, at, self.actor, "seen at iTEP")

    def tell(self, verb: str, claim: Claim | None, *, test_id: str = "") -> None:
        product = self.row.product if self.row else claim.product if claim else None
        audit.record(
            actor=self.actor,
            verb=verb,
            oid=claim.oid if claim else None,
            test_id=test_id or self.test_id,
            product=product.code if product else "",
            reason=self.reason,
        )


def locked(test_id: str, actor: Actor, reason: str) -> Scene:
    """Claims first: its holder, and whom iTEP's word about it contradicts. Raises NotPossible if it is explained."""
    before = TestID.objects.filter(test_id=test_id).only("holder_id", "assigned_to").first()
    holder_id, text = (before.holder_id, before.assigned_to) if before else (None, "")
    contradicted = Q(oid__in=oids_in(text)) | Q(conflict_at__isnull=False, conflict_test_id=test_id)
    if test_id.count("-") == 4:  # contradicted before its ID was kept: such a difference is named by its oid
        contradicted |= Q(conflict_at__isnull=False, conflict_test_id="", oid=test_id)
    found = locks.claims(contradicted | Q(pk=holder_id or 0))
    row = next(iter(locks.test_ids(Q(test_id=test_id))), None)
    if row is not None and (row.holder_id, row.assigned_to) != (holder_id, text):
        raise NotPossible(test_id, _("Something changed since you looked. Look again, then decide."))
    if unexplained.one(test_id) is None:
        raise NotPossible(test_id, _("It is explained by now: there is nothing to repair."))
    holder = next((one for one in found if one.pk == holder_id), None)
    return Scene(test_id, row, holder, [one for one in found if one is not holder], actor, reason)


def strays(claim: Claim, scene: Scene) -> list[TestID]:
    """Other IDs that carry its text as exports named them, and that nobody has."""
    told = audit.story(oid=claim.oid)
    ids = {one.test_id for one in told if one.verb == "test_id.contradicted"} - {scene.test_id, ""}
    return locks.test_ids(Q(test_id__in=ids, standing=Standing.OURS, holder__isnull=True))
