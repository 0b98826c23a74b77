"""The rules of DESIGN.md section 4 as questions: the portal before a step and after it, and what the step was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection

from access.models import AuditEntry
from inventory.models import Claim, ClaimState, Holding, Standing, TestID, WordSource


class Kind(StrEnum):
    """What a step was."""

    TIME = "time, or something at iTEP"
    OPEN = "open"
    SERVE = "serve"
    BEGIN = "begin"
    ANSWER = "answer"
    LOST = "lost"
    CANCEL = "cancel"
    TELL = "tell"
    PERSON = "person"
    SETTLED_BY_PERSON = "settled by a person"
    PERSON_AT_THE_STOCK = "person at the stock"
    WEBHOOK = "webhook"
    PLAN = "plan"
    EXPORT = "export"


SPEAKS = {Kind.ANSWER, Kind.SETTLED_BY_PERSON, Kind.PERSON_AT_THE_STOCK, Kind.WEBHOOK, Kind.EXPORT}
SETTLES = {Kind.ANSWER, Kind.SETTLED_BY_PERSON, Kind.WEBHOOK, Kind.EXPORT}


@dataclass(slots=True)
class Step:
    """`word_at`: when iTEP was as the step's word says. `released`: the IDs that a person freed in it."""

    kind: Kind = Kind.TIME
    word_at: datetime | None = None
    released: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    pk: int
    oid: UUID
    product: str
    source: str
    state: str
    revision: int
    current: str
    told: bool
    was_unknown: bool
    cancel_wanted: bool
    conflict: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class IdSeen:
    product: str
    status: str
    text: str
    standing: str
    said_at: datetime
    said_by: str
    holder: UUID | None
    holding: str
    set_aside: bool
    to_clear: bool
    progress: str
    left_panel: bool
    is_available: bool
    revision: int

    @property
    def said(self) -> tuple[str, str, str, str]:
        return self.product, self.status, self.text, self.standing


@dataclass(frozen=True, slots=True)
class Portal:
    """Everything that the portal holds of claims and IDs at one moment, and how far its trail has come."""

    claims: dict[UUID, ClaimSeen] = field(default_factory=dict)
    ids: dict[str, IdSeen] = field(default_factory=dict)
    trail: int = 0

    def in_state(self, *states: str) -> list[ClaimSeen]:
        return [one for one in self.claims.values() if one.state in states]


def look() -> Portal:
    """The portal now."""
    rows = list(TestID.objects.select_related("holder", "product").order_by("id"))
    current = {row.holder_id: row.test_id for row in rows if row.holding == Holding.CURRENT}
    claims = Claim.objects.select_related("product").order_by("id")
    last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first()
    return Portal(
        {one.oid: _claim(one, current.get(one.pk, "")) for one in claims},
        {row.test_id: _id(row) for row in rows},
        last or 0,
    )


def _claim(one: Claim, current: str) -> ClaimSeen:
    return ClaimSeen(
        pk=one.pk,
        oid=one.oid,
        product=one.product.code,
        source=one.source,
        state=one.state,
        revision=one.revision,
        current=current,
        told=one.told_at is not None,
        was_unknown=one.was_unknown,
        cancel_wanted=one.cancel_wanted_at is not None,
        conflict=one.conflict_because if one.conflict_at else "",
        by_hand=one.by_hand,
    )


def _id(row: TestID) -> IdSeen:
    return IdSeen(
        product=row.product.code,
        status=row.status,
        text=row.assigned_to,
        standing=row.standing,
        said_at=row.said_at,
        said_by=row.said_by,
        holder=row.holder.oid if row.holder else None,
        holding=row.holding,
        set_aside=row.set_aside_at is not None,
        to_clear=row.to_clear_since is not None,
        progress=row.progress,
        left_panel=row.left_panel_at is not None,
        is_available=row.is_available,
        revision=row.revision,
    )


def rule_1_one_id_one_claim(now: Portal) -> None:
    """A claim has one current ID at most (one holder of an ID is a column); who reserved from the stock has one."""
    held = Counter(row.holder for row in now.ids.values() if row.holding == Holding.CURRENT)
    assert all(number == 1 for number in held.values()), held
    for one in now.in_state(ClaimState.CONFIRMED):
        assert one.current, f"{one.oid} is confirmed without an ID"
    for one in now.in_state(ClaimState.WAITING):
        assert not one.current, f"{one.oid} waits and holds {one.current}"


def rule_1_who_was_told_keeps_it(before: Portal, now: Portal, step: Step, told: dict[str, UUID]) -> None:
    """An ID that the portal told to somebody stays with their request, unless a person released it."""
    for test_id, oid in told.items():
        if before.ids[test_id].holder == oid and test_id not in step.released:
            assert now.ids[test_id].holder == oid, f"{test_id} was told for {oid}, and {step.kind} took it away"


def rule_2_newer_word(before: Portal, now: Portal, step: Step) -> None:
    """Mirrored fields change by a word alone, and an older word never overwrites a newer one.

    An export within the tolerance of a call or webhook is not older (DESIGN.md section 5, row b).
    """
    tolerance = timedelta(seconds=settings.EXPORT_TOLERANCE)
    for test_id, row in now.ids.items():
        was = before.ids.get(test_id)
        if was is None:
            continue
        by_a_call = was.said_by in (WordSource.ANSWER, WordSource.WEBHOOK)
        earliest = was.said_at - (tolerance if by_a_call and step.kind == Kind.EXPORT else timedelta())
        assert row.said_at >= earliest, f"{test_id}: the last word went back by {was.said_at - row.said_at}"
        if row.said != was.said:
            assert step.kind in SPEAKS, f"{test_id} changed from {was.said} to {row.said} by {step.kind}"
            assert step.word_at is None or step.word_at >= earliest, f"{test_id}: an older word overwrote a newer one"


def rule_5_unknown(before: Portal, now: Portal, step: Step) -> None:
    """An unknown is settled by evidence or a person only; no other ID is claimed for it meanwhile."""
    for oid, was in before.claims.items():
        one = now.claims[oid]
        if was.state == ClaimState.UNKNOWN and one.state not in (ClaimState.UNKNOWN, ClaimState.CALLING):
            assert step.kind in SETTLES, f"{oid} went from unknown to {one.state} by {step.kind}"
        if was.was_unknown and step.kind == Kind.ANSWER:  # a refusal may be the echo of a success
            assert one.state not in (ClaimState.RESERVED, ClaimState.WAITING), f"{oid}: an answer called it free"
        if was.was_unknown and was.state != ClaimState.WAITING and one.current != was.current:
            arrived = one.state == ClaimState.CONFIRMED or one.state == ClaimState.ENDED
            assert arrived or not one.was_unknown, f"{oid} has another ID after an unknown attempt: {one.current}"
        if was.state == ClaimState.UNKNOWN and one.state == ClaimState.RESERVED:
            assert one.current == was.current, f"{oid} did not arrive, and is not called with the same ID again"


def rule_5_nothing_told_before_confirmed(before: Portal, now: Portal, step: Step) -> None:
    for oid, one in now.claims.items():
        was = before.claims.get(oid)
        if one.told and not (was and was.told):
            by_itep = step.kind == Kind.BEGIN  # iTEP sends with the call itself
            assert by_itep or one.state == ClaimState.CONFIRMED, f"{oid} was told while {one.state}"


def rule_10_every_change_has_an_author(before: Portal, now: Portal, step: Step) -> None:
    """By the entries that the step wrote. How far a test has come is told by the room that judges the post."""
    written = list(
        AuditEntry.objects.filter(id__gt=before.trail).values("oid", "test_id", "actor_kind", "by", "user_id")
    )
    assert all(one["actor_kind"] and (one["by"] or one["user_id"]) for one in written)
    oids, ids = {one["oid"] for one in written}, {one["test_id"] for one in written}
    for oid, one in now.claims.items():
        was = before.claims.get(oid)
        if was is None or (one.revision, one.conflict != "", one.cancel_wanted) != (
            was.revision,
            was.conflict != "" and one.conflict != "",
            was.cancel_wanted,
        ):
            explained = was is not None and was.revision == one.revision and was.conflict and not one.conflict
            assert oid in oids or explained, f"nobody is the author of what became of {oid}"
    for test_id, row in now.ids.items():
        former = before.ids.get(test_id)
        if (
            former
            and step.kind == Kind.WEBHOOK
            and row == replace(former, progress=row.progress, revision=row.revision)
        ):
            continue
        if former is None or former.revision != row.revision:
            holders = {row.holder, former.holder if former else None} - {None}
            assert test_id in ids or holders & oids, f"nobody is the author of what became of {test_id}"


def section_2_availability(now: Portal) -> None:
    """Ready and Assigned-to empty, not set aside, not refused, and never claimed or released."""
    for test_id, row in now.ids.items():
        in_use = row.standing == Standing.UNAVAILABLE and row.progress != ""  # a webhook took it out of the stock
        taken = row.standing in (Standing.REFUSED, Standing.WITHDRAWN, Standing.OURS) or in_use
        by_word = row.status == "ready" and not row.text and not taken
        expected = by_word and not row.set_aside and row.holder is None
        assert row.is_available == expected, f"{test_id}: available {row.is_available}, though {row}"


def rule_11_no_secret_in_clear(tables: dict[str, int], secrets: list[str]) -> None:
    """`tables`: table -> the key after which its rows are new. Every column of them is scanned as it stands."""
    for table, last in tables.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE id > %s", [last])
            text = "\n".join(str(row) for row in cursor.fetchall()).casefold()
        found = [one for one in secrets if one.casefold() in text]
        assert not found, f"{table} holds in clear: {found}"
