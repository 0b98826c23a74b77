"""DESIGN.md section 5, cell by cell. Each case bears the name of its cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.judgement import ClaimFacts, Effect, Judgement, MirrorFacts, RowFacts, Terms, judge
from inventory.models import Cause, ClaimState, Standing, WordSource

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TERMS = Terms(exported_at=NOON, tolerance=timedelta(seconds=120), settle=timedelta(minutes=15))
LONG_AGO = NOON - timedelta(days=1)
ID, OTHER_ID = "123982B8AP", "999999B8AP"

WRITE, NEXT, UNEXPLAINED = Effect.WRITE, Effect.TAKE_NEXT, Effect.UNEXPLAINED


def row(
    *, product: str = "P", ready: bool = True, text: str = "", ours: tuple[ClaimFacts, ...] = (), invalid: bool = False
) -> RowFacts:
    fields = (("status", "ready" if ready else "started"), ("assigned_to", text or ("ours" if ours else "")))
    return RowFacts(product, ready, not text and not ours, fields, ours, invalid)


def mirror(
    standing: Standing = Standing.OPEN,
    *,
    holder: ClaimFacts | None = None,
    status: str = "ready",
    text: str | None = None,
    said_at: datetime = LONG_AGO,
    said_by: WordSource = WordSource.EXPORT,
    **more: object,
) -> MirrorFacts:
    shown = {Standing.OURS: "ours", Standing.OUTSIDE: "theirs"}.get(standing, "") if text is None else text
    status = "started" if standing == Standing.UNAVAILABLE and status == "ready" else status
    known = MirrorFacts("P", standing, said_at, said_by, (("status", status), ("assigned_to", shown)), holder)
    return replace(known, **more)  # type: ignore[arg-type]


def claim(state: ClaimState, current: str = ID, number: int = 1, **more: Any) -> ClaimFacts:
    return replace(ClaimFacts(number, state, current, in_file=frozenset({ID})), **more)


def on(state: ClaimState, **more: Any) -> ClaimFacts:
    """A claim of this state on this ID whose text does not stand in the file."""
    return claim(state, in_file=frozenset(), **more)


RESERVED, CALLING, UNKNOWN = ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN
CONFIRMED, ENDED, WAITING = ClaimState.CONFIRMED, ClaimState.ENDED, ClaimState.WAITING
SETTLED: dict[str, Any] = {"called_at": NOON - timedelta(minutes=15), "settles_from": NOON - timedelta(minutes=15)}
UNSETTLED: dict[str, Any] = {"called_at": NOON - timedelta(minutes=14), "settles_from": NOON - timedelta(minutes=14)}
LATE: dict[str, Any] = {"called_at": NOON + timedelta(seconds=121)}


class Case(NamedTuple):
    name: str
    row: RowFacts | None
    mirror: MirrorFacts | None
    cause: Cause
    effects: tuple[Effect, ...] = ()
    terms: Terms = TERMS


def ours(state: ClaimState, current: str = ID, **more: Any) -> RowFacts:
    return row(ours=(claim(state, current, **more),))


CASES = [
    Case("a.invalid", row(invalid=True), None, Cause.INVALID),
    Case("a.invalid", row(invalid=True), mirror(), Cause.INVALID),
    # b
    Case("b.later_word", row(ready=False), mirror(said_at=NOON + timedelta(seconds=1)), Cause.UNCHANGED),
    Case("b.later_word", None, mirror(said_at=NOON + timedelta(seconds=1)), Cause.UNCHANGED),
    Case(
        "b.later_word",
        row(text="theirs"),
        mirror(said_at=NOON + timedelta(seconds=1), said_by=WordSource.PERSON),
        Cause.UNCHANGED,
    ),
    Case(
        "b.later_word",
        row(),
        mirror(Standing.REFUSED, said_at=NOON + timedelta(seconds=121), said_by=WordSource.ANSWER),
        Cause.UNCHANGED,
    ),
    Case(
        "f.returned",
        row(),
        mirror(Standing.REFUSED, said_at=NOON + timedelta(seconds=120), said_by=WordSource.ANSWER),
        Cause.RETURNED,
        (WRITE,),
    ),
    Case("f.unchanged", row(), mirror(said_at=NOON), Cause.UNCHANGED),
    Case("b.later_word", row(), mirror(Standing.OURS, holder=on(CONFIRMED, **LATE)), Cause.UNCHANGED),
    Case("b.later_word", row(text="theirs"), mirror(holder=on(CALLING, **LATE)), Cause.UNCHANGED),
    Case(
        "b.later_word",
        row(),
        mirror(progress="started", progress_at=NOON + timedelta(seconds=121)),
        Cause.UNCHANGED,
    ),
    Case(
        "b.later_word",
        row(),
        None,
        Cause.UNCHANGED,
        terms=replace(TERMS, applied=(("P", NOON + timedelta(seconds=1)),)),
    ),
    Case("f.new", row(), None, Cause.ADDED, (WRITE,), replace(TERMS, applied=(("Q", NOON + timedelta(days=1)),))),
    Case("f.new", row(), None, Cause.ADDED, (WRITE,), replace(TERMS, applied=(("P", NOON),))),
    Case(
        "c.unknown",
        ours(UNKNOWN, **LATE),
        mirror(holder=claim(UNKNOWN, **LATE)),
        Cause.CONFIRMED,
        (WRITE, Effect.CONFIRM),
    ),
    Case(
        "c.calling",
        ours(CALLING, **LATE),
        mirror(holder=claim(CALLING, **LATE)),
        Cause.CONFIRMED,
        (WRITE, Effect.CONFIRM),
    ),
    Case("b.later_word", ours(RESERVED, **LATE), mirror(holder=claim(RESERVED, **LATE)), Cause.UNCHANGED),
    # c, its claim ended
    Case("c.ended", ours(ENDED, ""), None, Cause.ADDED, (WRITE, Effect.TO_CLEAR)),
    Case("c.ended", ours(ENDED, ""), mirror(Standing.OURS), Cause.UNCHANGED, (Effect.TO_CLEAR,)),
    Case("c.ended", ours(ENDED, ""), mirror(Standing.OURS, to_clear=True), Cause.UNCHANGED),
    Case("c.ended", ours(ENDED, ""), mirror(), Cause.CHANGED, (WRITE, Effect.TO_CLEAR)),
    Case(
        "c.ended",
        ours(ENDED, ""),
        mirror(holder=on(RESERVED, number=2)),
        Cause.CHANGED,
        (WRITE, NEXT, Effect.TO_CLEAR),
    ),
    Case(
        "c.ended",
        ours(CONFIRMED, OTHER_ID, earlier=frozenset({ID})),
        mirror(Standing.OURS, holder=claim(CONFIRMED, OTHER_ID, earlier=frozenset({ID}))),
        Cause.UNCHANGED,
        (Effect.TO_CLEAR,),
    ),
    # c, conflicts
    *[
        Case("c.other_holder", ours(state, ""), mirror(holder=on(held, number=2)), Cause.CONFLICT, (WRITE, UNEXPLAINED))
        for held in (UNKNOWN, CONFIRMED)
        for state in (ENDED, WAITING, UNKNOWN)
    ],
    *[
        Case("c.other_holder", ours(state, ""), mirror(holder=on(CALLING, number=2)), Cause.CONFLICT, (UNEXPLAINED,))
        for state in (ENDED, WAITING, UNKNOWN)
    ],
    Case("c.another_id", ours(CONFIRMED, OTHER_ID), None, Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    Case("c.another_id", ours(CONFIRMED, OTHER_ID), mirror(), Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    Case(
        "c.another_id",
        ours(CONFIRMED, OTHER_ID),
        mirror(holder=on(RESERVED, number=2)),
        Cause.CONFLICT,
        (WRITE, NEXT, UNEXPLAINED),
    ),
    *[
        Case(
            "c.second_id",
            ours(state, current, in_file=frozenset({ID, OTHER_ID})),
            None,
            Cause.CONFLICT,
            (WRITE, UNEXPLAINED),
        )
        for state, current in ((WAITING, ""), (UNKNOWN, ""), (RESERVED, "X"))
    ],
    Case(
        "c.second_id",
        ours(UNKNOWN, in_file=frozenset({ID, OTHER_ID})),
        mirror(holder=claim(UNKNOWN)),
        Cause.CONFLICT,
        (WRITE, UNEXPLAINED),
    ),
    Case(
        "c.unknown",
        ours(UNKNOWN, in_file=frozenset({ID, OTHER_ID}), earlier=frozenset({OTHER_ID})),
        mirror(holder=claim(UNKNOWN)),
        Cause.CONFIRMED,
        (WRITE, Effect.CONFIRM),
    ),
    Case(
        "c.two_claims",
        row(ours=(claim(WAITING, ""), claim(UNKNOWN, "", 2))),
        None,
        Cause.CONFLICT,
        (WRITE, UNEXPLAINED),
    ),
    # c, confirmed
    *[
        Case(f"c.{state}", ours(state), mirror(holder=claim(state)), Cause.CONFIRMED, (WRITE, Effect.CONFIRM))
        for state in (RESERVED, CALLING, UNKNOWN)
    ],
    Case("c.confirmed", ours(CONFIRMED), mirror(Standing.OURS, holder=claim(CONFIRMED)), Cause.UNCHANGED),
    Case(
        "c.confirmed",
        ours(CONFIRMED),
        mirror(Standing.OURS, holder=claim(CONFIRMED), text="x"),
        Cause.CHANGED,
        (WRITE,),
    ),
    *[
        Case("c.joined", ours(state, current), None, Cause.ADDED, (WRITE, Effect.JOIN))
        for state, current in (
            (WAITING, ""),
            (RESERVED, ""),
            (UNKNOWN, ""),
            (RESERVED, "X"),
            (UNKNOWN, "X"),
            (CALLING, "X"),
        )
    ],
    Case("c.joined", ours(UNKNOWN, "X"), mirror(), Cause.CONFIRMED, (WRITE, Effect.JOIN)),
    Case(
        "c.joined",
        ours(WAITING, ""),
        mirror(holder=on(RESERVED, number=2)),
        Cause.CONFIRMED,
        (WRITE, NEXT, Effect.JOIN),
    ),
    Case("c.joined", ours(WAITING, ""), mirror(holder=on(ENDED, number=2)), Cause.CONFIRMED, (WRITE, Effect.JOIN)),
    Case(
        "c.told_to_another",
        ours(WAITING, ""),
        mirror(holder=on(ENDED, number=2), told=True),
        Cause.CONFLICT,
        (WRITE, UNEXPLAINED),
    ),
    # d
    *[
        Case("d.in_doubt", given_row, known, Cause.CONFLICT, (WRITE, Effect.IN_DOUBT, UNEXPLAINED))
        for given_row, known in (
            (row(), mirror(progress="started")),
            (row(text="theirs"), mirror(Standing.OUTSIDE, progress="completed")),
            (ours(CONFIRMED), mirror(Standing.OURS, holder=claim(CONFIRMED), progress="invalidated")),
        )
    ],
    Case(
        "c.confirmed",
        ours(CONFIRMED),
        mirror(Standing.OURS, holder=claim(CONFIRMED), progress="ready"),
        Cause.UNCHANGED,
    ),
    # e
    Case("e.new", row(text="theirs"), None, Cause.ADDED, (WRITE,)),
    Case("e.free", row(text="theirs"), mirror(), Cause.ASSIGNED_OUTSIDE, (WRITE,)),
    Case("e.free", row(text="theirs"), mirror(Standing.OURS, holder=on(ENDED)), Cause.ASSIGNED_OUTSIDE, (WRITE,)),
    Case("e.outside", row(text="theirs"), mirror(Standing.OUTSIDE), Cause.UNCHANGED),
    Case("e.outside", row(text="theirs too"), mirror(Standing.OUTSIDE), Cause.CHANGED, (WRITE,)),
    Case("e.reserved", row(text="theirs"), mirror(holder=on(RESERVED)), Cause.ASSIGNED_OUTSIDE, (WRITE, NEXT)),
    Case("e.calling", row(text="theirs"), mirror(holder=on(CALLING)), Cause.UNCHANGED),
    Case("e.unknown", row(text="theirs"), mirror(holder=on(UNKNOWN)), Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    Case("e.confirmed", row(text="theirs"), mirror(holder=on(CONFIRMED)), Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    # f
    Case("f.new", row(), None, Cause.ADDED, (WRITE,)),
    *[
        Case("f.returned", row(), mirror(standing), Cause.RETURNED, (WRITE,))
        for standing in (Standing.WITHDRAWN, Standing.OUTSIDE, Standing.UNAVAILABLE, Standing.REFUSED, Standing.OURS)
    ],
    Case("f.unchanged", row(), mirror(), Cause.UNCHANGED),
    Case("f.unchanged", row(), mirror(set_aside=True), Cause.UNCHANGED),
    Case("f.unchanged", row(), mirror(holder=on(RESERVED)), Cause.UNCHANGED),
    Case("f.unchanged", row(), mirror(holder=on(CALLING)), Cause.UNCHANGED),
    Case("f.unchanged", row(), mirror(holder=on(CALLING), text="x"), Cause.UNCHANGED),
    Case("f.unknown", row(), mirror(holder=on(UNKNOWN, **SETTLED)), Cause.NOT_ARRIVED, (WRITE, Effect.NOT_ARRIVED)),
    Case("f.unsettled", row(), mirror(holder=on(UNKNOWN, **UNSETTLED)), Cause.UNCHANGED),
    Case("f.unsettled", row(), mirror(holder=on(UNKNOWN)), Cause.UNCHANGED),
    Case(
        "f.elsewhere", row(), mirror(holder=claim(UNKNOWN, in_file=frozenset({OTHER_ID}), **SETTLED)), Cause.UNCHANGED
    ),
    Case(
        "f.unknown",
        row(),
        mirror(
            holder=claim(UNKNOWN, in_file=frozenset({OTHER_ID}), earlier=frozenset({OTHER_ID}), **SETTLED),
        ),
        Cause.NOT_ARRIVED,
        (WRITE, Effect.NOT_ARRIVED),
    ),
    Case(
        "f.confirmed", row(), mirror(Standing.OURS, holder=on(CONFIRMED)), Cause.ASSIGNMENT_LOST, (WRITE, UNEXPLAINED)
    ),
    Case("f.ended", row(), mirror(Standing.OURS, holder=on(ENDED)), Cause.RETURNED, (WRITE, Effect.FREE)),
    Case("f.told", row(), mirror(holder=on(ENDED), told=True), Cause.UNCHANGED),
    Case(
        "f.ended",
        row(),
        mirror(holder=on(CONFIRMED, current=OTHER_ID, earlier=frozenset({ID}))),
        Cause.RETURNED,
        (WRITE, Effect.FREE),
    ),
    # g
    Case("g.new", row(ready=False), None, Cause.ADDED, (WRITE,)),
    Case("g.unavailable", row(ready=False), mirror(), Cause.CHANGED, (WRITE,)),
    Case("g.unchanged", row(ready=False), mirror(Standing.UNAVAILABLE), Cause.UNCHANGED),
    Case("g.reserved", row(ready=False), mirror(holder=on(RESERVED)), Cause.CHANGED, (WRITE, NEXT)),
    *[
        Case("g.unavailable", row(ready=False), mirror(Standing.OURS, holder=on(state)), Cause.CHANGED, (WRITE,))
        for state in (UNKNOWN, CONFIRMED, ENDED)
    ],
    Case("g.unavailable", row(ready=False), mirror(holder=on(CALLING)), Cause.CHANGED),
    # h
    Case("h.available", None, mirror(), Cause.WITHDRAWN, (Effect.WITHDRAW,)),
    Case("h.reserved", None, mirror(holder=on(RESERVED)), Cause.WITHDRAWN, (Effect.WITHDRAW, NEXT)),
    Case("h.confirmed", None, mirror(Standing.OURS, holder=on(CONFIRMED)), Cause.UNCHANGED, (Effect.LEFT_PANEL,)),
    Case("h.confirmed", None, mirror(Standing.OURS, holder=on(CONFIRMED), left_panel=True), Cause.UNCHANGED),
    *[Case("h.else", None, mirror(holder=on(state)), Cause.UNCHANGED) for state in (CALLING, UNKNOWN, ENDED)],
    *[
        Case("h.else", None, mirror(standing), Cause.UNCHANGED)
        for standing in (Standing.OUTSIDE, Standing.UNAVAILABLE, Standing.WITHDRAWN, Standing.REFUSED)
    ],
    Case("h.else", None, mirror(set_aside=True), Cause.UNCHANGED),
    # i
    Case("i.free", row(product="Q"), mirror(), Cause.CHANGED, (WRITE,)),
    Case("i.free", row(product="Q", text="theirs"), mirror(Standing.OUTSIDE), Cause.CHANGED, (WRITE,)),
    Case("i.reserved", row(product="Q"), mirror(holder=on(RESERVED)), Cause.CHANGED, (WRITE, NEXT)),
    Case("i.held", row(product="Q"), mirror(holder=on(ENDED), told=True), Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    Case("i.held", row(product="Q"), mirror(holder=on(CALLING)), Cause.CONFLICT, (UNEXPLAINED,)),
    Case("i.held", row(product="Q"), mirror(holder=on(UNKNOWN)), Cause.CONFLICT, (WRITE, UNEXPLAINED)),
    Case(
        "i.held",
        replace(ours(CONFIRMED), product="Q"),
        mirror(Standing.OURS, holder=claim(CONFIRMED)),
        Cause.CONFLICT,
        (WRITE, UNEXPLAINED),
    ),
    Case("f.returned", row(product="Q"), mirror(Standing.WITHDRAWN), Cause.RETURNED, (WRITE,)),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.name}-{number}" for number, case in enumerate(CASES)])
def test_each_cell(case: Case) -> None:
    found = judge(ID, case.row, case.mirror, case.terms)

    assert (found.rule, found.cause, found.effects) == (case.name, case.cause, case.effects)


def test_other_differing_fields_are_listed_with_the_cause() -> None:
    found = judge(ID, row(product="Q", text="theirs"), mirror(), TERMS)

    assert found.cause == Cause.ASSIGNED_OUTSIDE
    assert found.fields == ("product", "assigned_to")


def test_while_the_claim_is_calling_a_differing_field_is_not_even_named() -> None:
    found = judge(ID, row(text="theirs"), mirror(holder=on(CALLING)), TERMS)

    assert found == Judgement(Cause.UNCHANGED, "e.calling")


_claims = st.builds(
    ClaimFacts,
    id=st.integers(1, 3),
    state=st.sampled_from(ClaimState),
    current=st.sampled_from(["", ID, OTHER_ID]),
    earlier=st.sets(st.sampled_from([ID, OTHER_ID])).map(frozenset),
    called_at=st.none() | st.sampled_from([LONG_AGO, NOON, NOON + timedelta(hours=1)]),
    settles_from=st.none() | st.sampled_from([LONG_AGO, NOON]),
    in_file=st.sets(st.sampled_from([ID, OTHER_ID])).map(frozenset),
)
_fields = st.sampled_from([(("status", "ready"),), (("status", "started"),)])
_rows = st.builds(
    RowFacts,
    product=st.sampled_from("PQ"),
    ready=st.booleans(),
    blank=st.booleans(),
    fields=_fields,
    ours=st.lists(_claims, max_size=2).map(tuple),
    invalid=st.booleans(),
)
_mirrors = st.builds(
    MirrorFacts,
    product=st.just("P"),
    standing=st.sampled_from(Standing),
    said_at=st.sampled_from([LONG_AGO, NOON + timedelta(hours=1)]),
    said_by=st.sampled_from(WordSource),
    fields=_fields,
    holder=st.none() | _claims,
    told=st.booleans(),
    set_aside=st.booleans(),
    progress=st.sampled_from(["", "ready", "started", "completed"]),
    left_panel=st.booleans(),
    to_clear=st.booleans(),
)


@given(st.none() | _rows, st.none() | _mirrors)
def test_whatever_the_facts_there_is_exactly_one_cause(given_row: RowFacts | None, known: MirrorFacts | None) -> None:
    found = judge(ID, given_row, known, TERMS)

    assert found.cause in Cause
    assert len(found.effects) == len(set(found.effects))
    if found.rule in ("a.invalid", "b.later_word"):
        assert found.effects == ()
    elif known and known.holder and known.holder.state_on(ID) == CALLING:
        assert Effect.WRITE not in found.effects or {Effect.CONFIRM, Effect.JOIN} & set(found.effects)
    elif found.cause != Cause.UNCHANGED:
        assert Effect.WRITE in found.effects or Effect.WITHDRAW in found.effects
    else:
        assert Effect.WRITE not in found.effects
