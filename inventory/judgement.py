"""The judgement of one ID: what an export says of it, against what is known here (DESIGN.md section 5, cells a to i).

Pure: facts in, one cause out. Facts are small and frozen; nothing here asks the database. `rule` names the cell of the
table, as "f.unknown"; `effects` says what applying it means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.known_texts import is_known
from inventory.models.claims import ClaimState
from inventory.models.test_ids import Standing, WordSource
from inventory.models.uploads import Cause

STARTED_OR_LATER = frozenset({"started", "finished", "review", "problem", "invalidated", "completed"})


class Effect(StrEnum):
    """What applying a judgement does."""

    WRITE = "write"  # the row's fields into the mirror
    CONFIRM = "confirm"  # the text's claim is confirmed on this ID
    JOIN = "join"  # the text's claim gets this ID; what it merely reserved is freed, what it called becomes earlier
    TAKE_NEXT = "take_next"  # whoever merely reserves this ID takes the next one
    NOT_ARRIVED = "not_arrived"  # the holder's call did not arrive: the same ID again, or the pending cancel
    FREE = "free"  # its ended holder gives it up
    WITHDRAW = "withdraw"  # iTEP no longer offers it
    LEFT_PANEL = "left_panel"  # presumably started
    LISTED = "listed"  # the panel lists it again
    TO_CLEAR = "to_clear"  # a person has to clear its Assigned-to at iTEP
    IN_DOUBT = "in_doubt"  # the result of its holder is in doubt
    UNEXPLAINED = "unexplained"  # a person looks
    EXPLAINED = "explained"  # what an export contradicted, this one shows as it should be


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim as the judgement sees it. `current` is the ID that it holds, `earlier` those that it gave up."""

    id: int
    state: ClaimState
    current: str = ""
    earlier: frozenset[str] = frozenset()
    called_at: datetime | None = None  # its last call: the end, else the beginning
    settles_from: datetime | None = None  # its call's end, else its lease's expiry
    in_file: frozenset[str] = frozenset()  # IDs of the file whose text is this claim's
    contradicted: bool = False  # by an earlier export

    def state_on(self, test_id: str) -> ClaimState:
        """Its state as seen from this ID: an earlier ID counts as ended."""
        return ClaimState.ENDED if test_id in self.earlier else self.state

    def stands_twice(self) -> bool:
        return len(self.in_file - self.earlier) > 1

    def stands_elsewhere(self) -> bool:
        """Its text stands on another ID of the file: whatever its own ID shows, the call arrived."""
        return bool(self.in_file - self.earlier - {self.current})


@dataclass(frozen=True, slots=True)
class MirrorFacts:
    """An ID in the mirror. `fields` are those that the file has columns for, secrets as digests."""

    product: str
    standing: Standing
    said_at: datetime
    said_by: WordSource
    fields: tuple[tuple[str, object], ...] = ()
    holder: ClaimFacts | None = None
    told: bool = False  # this ID, to anybody, by its holder
    set_aside: bool = False
    progress: str = ""
    progress_at: datetime | None = None
    left_panel: bool = False
    to_clear: bool = False


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What the export says of an ID. `ours` are the claims whose text stands in its Assigned-to."""

    product: str
    ready: bool
    blank: bool
    fields: tuple[tuple[str, object], ...] = ()
    ours: tuple[ClaimFacts, ...] = ()
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the whole export. `applied`: the time of the last export applied, by product."""

    exported_at: datetime
    tolerance: timedelta
    settle: timedelta
    applied: tuple[tuple[str, datetime], ...] = ()

    def applied_after(self, product: str) -> bool:
        return any(code == product and at > self.exported_at for code, at in self.applied)

    def is_older_than(self, mirror: MirrorFacts) -> bool:
        """Whether the mirror's last word is later than the export."""
        by_a_call = mirror.said_by in (WordSource.ANSWER, WordSource.WEBHOOK)
        return self.is_later(mirror.said_at, by_a_call=by_a_call)

    def is_later(self, at: datetime | None, *, by_a_call: bool) -> bool:
        """Whether a word of then is later than the export. Our clock and iTEP's may differ a little."""
        return at is not None and at - (self.tolerance if by_a_call else timedelta()) > self.exported_at


@dataclass(frozen=True, slots=True)
class Judgement:
    """One cause, the cell that gave it, the fields that differ besides, and what applying does."""

    cause: Cause
    rule: str
    fields: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


UNCHANGED_LATER = Judgement(Cause.UNCHANGED, "b.later_word")
_LIVE = (ClaimState.CALLING, ClaimState.UNKNOWN, ClaimState.CONFIRMED)
_RETURNING = (Standing.WITHDRAWN, Standing.OUTSIDE, Standing.UNAVAILABLE, Standing.REFUSED, Standing.OURS)


def judge(test_id: str, row: RowFacts | None, mirror: MirrorFacts | None, terms: Terms) -> Judgement:
    """The one judgement of an ID: `row` None where the file lacks it, `mirror` None where it is not known here."""
    if row is not None and row.invalid:
        return Judgement(Cause.INVALID, "a.invalid")
    if _later_word(row, mirror, terms):
        return UNCHANGED_LATER
    if row is None:
        return _absent(mirror, _holding(mirror, test_id))
    first = _first_cell(test_id, row, mirror, terms)
    if mirror is None:
        return first
    first = replace(first, fields=_differing(row, mirror))
    found = _with_fields(first, row, mirror, _claim_state(test_id, row, mirror))
    if mirror.left_panel:
        found = replace(found, effects=(*found.effects, Effect.LISTED))
    return _only_said(found) if _holding(mirror, test_id) is ClaimState.CALLING else found


def _only_said(found: Judgement) -> Judgement:
    """While its claim is calling nothing is written but what settles the call: the answer is on its way."""
    if Effect.CONFIRM in found.effects or Effect.JOIN in found.effects:
        return found
    return replace(found, effects=tuple(one for one in found.effects if one != Effect.WRITE))


def _later_word(row: RowFacts | None, mirror: MirrorFacts | None, terms: Terms) -> bool:
    """Row b."""
    ours = row.ours if row else ()
    if any(claim.state in (ClaimState.CALLING, ClaimState.UNKNOWN) for claim in ours):
        return False
    if mirror is None:
        later = row is not None and terms.applied_after(row.product)
    else:
        later = terms.is_older_than(mirror) or terms.is_later(mirror.progress_at, by_a_call=True)
        later = later or terms.applied_after(mirror.product)  # an export speaks of every ID of its products
    holder = (mirror.holder,) if mirror and mirror.holder else ()
    return later or any(terms.is_later(claim.called_at, by_a_call=True) for claim in (*ours, *holder))


def _absent(mirror: MirrorFacts | None, state: ClaimState | None) -> Judgement:
    """Row h."""
    if mirror is not None and state is ClaimState.RESERVED:
        return Judgement(Cause.WITHDRAWN, "h.reserved", effects=(Effect.WITHDRAW, Effect.TAKE_NEXT))
    if mirror is not None and state is None and mirror.standing == Standing.OPEN and not mirror.set_aside:
        return Judgement(Cause.WITHDRAWN, "h.available", effects=(Effect.WITHDRAW,))
    if mirror is not None and state is ClaimState.CONFIRMED:
        return Judgement(Cause.UNCHANGED, "h.confirmed", effects=() if mirror.left_panel else (Effect.LEFT_PANEL,))
    return Judgement(Cause.UNCHANGED, "h.else")


def _first_cell(test_id: str, row: RowFacts, mirror: MirrorFacts | None, terms: Terms) -> Judgement:
    """Rows c to g, the first that matches."""
    in_doubt = row.ready and mirror is not None and mirror.progress in STARTED_OR_LATER
    if not in_doubt and is_known(test_id, row, mirror):
        return Judgement(Cause.UNCHANGED, "c.known")
    if row.ours and (found := _ours(test_id, row.ours, mirror)):
        return found
    if in_doubt:
        return Judgement(Cause.CONFLICT, "d.in_doubt", effects=(Effect.WRITE, Effect.IN_DOUBT, Effect.UNEXPLAINED))
    if row.ours:
        explained = row.ours[0].contradicted and not row.ours[0].stands_twice()
        return Judgement(Cause.UNCHANGED, "c.confirmed", effects=(Effect.EXPLAINED,) if explained else ())
    state = _holding(mirror, test_id)
    if not row.blank:
        return _outside(mirror, state)
    return _open(mirror, state, terms) if row.ready else _not_ready(mirror, state)


def _ours(test_id: str, ours: tuple[ClaimFacts, ...], mirror: MirrorFacts | None) -> Judgement | None:
    """Row c; None where its claim is confirmed on this ID (rows d and i go on)."""
    holder, state = mirror.holder if mirror else None, _holding(mirror, test_id)
    somebody_else = holder is not None and holder.id not in {claim.id for claim in ours}
    next_one = (Effect.TAKE_NEXT,) if somebody_else and state is ClaimState.RESERVED else ()
    conflict = (Effect.WRITE, *next_one, Effect.UNEXPLAINED)
    claim = ours[0]
    if len(ours) > 1:
        return Judgement(Cause.CONFLICT, "c.two_claims", effects=conflict)
    if somebody_else and state in _LIVE:
        return Judgement(Cause.CONFLICT, "c.other_holder", effects=conflict)
    if claim.state_on(test_id) is ClaimState.ENDED:
        to_clear = () if mirror and mirror.to_clear else (Effect.TO_CLEAR,)
        if mirror is None:
            return Judgement(Cause.ADDED, "c.ended", effects=(Effect.WRITE, *to_clear))
        return Judgement(Cause.UNCHANGED, "c.ended", effects=(*next_one, *to_clear))
    if claim.state is ClaimState.CONFIRMED and claim.current == test_id:
        return None
    if claim.state is ClaimState.CONFIRMED and claim.current:
        return Judgement(Cause.CONFLICT, "c.another_id", effects=conflict)
    if claim.stands_twice():
        return Judgement(Cause.CONFLICT, "c.second_id", effects=conflict)
    if claim.current == test_id:
        return Judgement(Cause.CONFIRMED, f"c.{claim.state}", effects=(Effect.WRITE, Effect.CONFIRM))
    if somebody_else and state is ClaimState.ENDED and mirror and mirror.told:
        # Its former candidate knows this ID: joined, two people would have it (section 4, rule 1).
        return Judgement(Cause.CONFLICT, "c.told_to_another", effects=conflict)
    cause = Cause.ADDED if mirror is None else Cause.CONFIRMED
    return Judgement(cause, "c.joined", effects=(Effect.WRITE, *next_one, Effect.JOIN))


def _outside(mirror: MirrorFacts | None, state: ClaimState | None) -> Judgement:
    """Row e."""
    if mirror is None:
        return Judgement(Cause.ADDED, "e.new", effects=(Effect.WRITE,))
    if state is None or state is ClaimState.ENDED:
        if mirror.standing == Standing.OUTSIDE:
            return Judgement(Cause.UNCHANGED, "e.outside")
        return Judgement(Cause.ASSIGNED_OUTSIDE, "e.free", effects=(Effect.WRITE,))
    if state is ClaimState.RESERVED:
        return Judgement(Cause.ASSIGNED_OUTSIDE, "e.reserved", effects=(Effect.WRITE, Effect.TAKE_NEXT))
    if state is ClaimState.CALLING:
        return Judgement(Cause.UNCHANGED, "e.calling")
    return Judgement(Cause.CONFLICT, f"e.{state}", effects=(Effect.WRITE, Effect.UNEXPLAINED))


def _open(mirror: MirrorFacts | None, state: ClaimState | None, terms: Terms) -> Judgement:
    """Row f."""
    if mirror is None:
        return Judgement(Cause.ADDED, "f.new", effects=(Effect.WRITE,))
    if state is None and mirror.standing in _RETURNING:
        return Judgement(Cause.RETURNED, "f.returned", effects=(Effect.WRITE,))
    if state is ClaimState.UNKNOWN and mirror.holder:
        since = mirror.holder.settles_from
        if since is None or since + terms.settle > terms.exported_at:
            return Judgement(Cause.UNCHANGED, "f.unsettled")
        if mirror.holder.stands_elsewhere():
            return Judgement(Cause.UNCHANGED, "f.elsewhere")
        return Judgement(Cause.NOT_ARRIVED, "f.unknown", effects=(Effect.WRITE, Effect.NOT_ARRIVED))
    if state is ClaimState.CONFIRMED:
        return Judgement(Cause.ASSIGNMENT_LOST, "f.confirmed", effects=(Effect.WRITE, Effect.UNEXPLAINED))
    if state is ClaimState.ENDED:
        if mirror.told:
            return Judgement(Cause.UNCHANGED, "f.told")
        return Judgement(Cause.RETURNED, "f.ended", effects=(Effect.WRITE, Effect.FREE))
    return Judgement(Cause.UNCHANGED, "f.unchanged")


def _not_ready(mirror: MirrorFacts | None, state: ClaimState | None) -> Judgement:
    """Row g."""
    if mirror is None:
        return Judgement(Cause.ADDED, "g.new", effects=(Effect.WRITE,))
    next_one = (Effect.TAKE_NEXT,) if state is ClaimState.RESERVED else ()
    if mirror.standing == Standing.UNAVAILABLE:
        return Judgement(Cause.UNCHANGED, "g.unchanged", effects=next_one)
    return Judgement(Cause.CHANGED, "g.reserved" if next_one else "g.unavailable", effects=(Effect.WRITE, *next_one))


def _with_fields(first: Judgement, row: RowFacts, mirror: MirrorFacts, state: ClaimState | None) -> Judgement:
    """Row i, and what a differing field makes of "unchanged"."""
    if first.cause != Cause.UNCHANGED:
        return first
    if row.product != mirror.product:
        return _other_product(first, state)
    if not first.fields or state is ClaimState.CALLING:
        return replace(first, fields=())
    return replace(first, cause=Cause.CHANGED, effects=(Effect.WRITE, *first.effects))


def _other_product(first: Judgement, state: ClaimState | None) -> Judgement:
    """Row i."""
    if state is None:
        return replace(first, cause=Cause.CHANGED, rule="i.free", effects=(Effect.WRITE, *first.effects))
    if state is ClaimState.RESERVED:
        effects = (Effect.WRITE, *first.effects, Effect.TAKE_NEXT)
        return replace(first, cause=Cause.CHANGED, rule="i.reserved", effects=tuple(dict.fromkeys(effects)))
    effects = (Effect.WRITE, *first.effects, Effect.UNEXPLAINED)
    return replace(first, cause=Cause.CONFLICT, rule="i.held", effects=effects)


def _claim_state(test_id: str, row: RowFacts, mirror: MirrorFacts) -> ClaimState | None:
    """The state that row i asks for: of the text's claim, else of the holder."""
    return row.ours[0].state_on(test_id) if row.ours else _holding(mirror, test_id)


def _holding(mirror: MirrorFacts | None, test_id: str) -> ClaimState | None:
    """The state of the claim that holds the ID, as seen from it; None without a claim."""
    return mirror.holder.state_on(test_id) if mirror and mirror.holder else None


def _differing(row: RowFacts, mirror: MirrorFacts) -> tuple[str, ...]:
    """The names of the fields in which the row and the mirror differ. A column that the file lacks says nothing."""
    known = dict(mirror.fields)
    names = tuple(name for name, value in row.fields if known.get(name) != value)
    return ("product", *names) if row.product != mirror.product else names
