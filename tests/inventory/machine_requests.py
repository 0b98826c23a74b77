"""Requests, their calls, and hand work, as rules of the state machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from inventory import claims
from inventory.errors import ClaimMoved
from inventory.models import ClaimSource, ClaimState
from itep.client import Answer, Outcome
from outbox.models import EntryState
from tests.inventory.itep_model import Call
from tests.inventory.machine_world import BY, World
from tests.inventory.standing_rules import ClaimSeen, Kind

LEASE = timedelta(seconds=60)
LATEST = timedelta(minutes=14)  # a call acts no later than this after its lease, or SETTLE_MINUTES would settle nothing
MOST_REQUESTS = 6
MOMENTS = st.sampled_from([timedelta(seconds=50), timedelta(minutes=3), timedelta(minutes=16), timedelta(hours=6)])


class End(StrEnum):
    """How a call ends. `after`: iTEP acted, and nobody heard of it."""

    ANSWERED = "answered"
    ANSWERED_OTHERWISE = "answered with another ID"
    LOST = "no answer, iTEP may still act"
    LOST_AFTER = "no answer, after acting"
    LOST_OTHERWISE = "no answer, after giving another ID"
    EXPIRED = "lease expired, iTEP may still act"
    EXPIRED_AFTER = "lease expired, after acting"
    REFUSED = "refused"
    RETRY = "retry"
    BAD_KEY = "bad key"


ACTS = {End.ANSWERED, End.ANSWERED_OTHERWISE, End.LOST_AFTER, End.LOST_OTHERWISE, End.EXPIRED_AFTER}
REFUSALS = {End.REFUSED: Outcome.REFUSED, End.RETRY: Outcome.RETRY, End.BAD_KEY: Outcome.BAD_KEY}


class Story(StrEnum):
    """How far a request has come."""

    OPENED = "opened"
    CONFIRMED = "confirmed"
    CONFIRMED_AND_CANCELLED = "confirmed, cancelled"
    TOLD = "told"
    TOLD_AND_CANCELLED = "told, cancelled"
    UNKNOWN = "unknown, iTEP may still act"
    UNKNOWN_AFTER = "unknown, iTEP acted"
    UNKNOWN_AND_CANCELLED = "unknown, to be cancelled"


ENDS = {
    Story.CONFIRMED: End.ANSWERED,
    Story.CONFIRMED_AND_CANCELLED: End.ANSWERED,
    Story.TOLD: End.ANSWERED,
    Story.TOLD_AND_CANCELLED: End.ANSWERED,
    Story.UNKNOWN: End.LOST,
    Story.UNKNOWN_AFTER: End.LOST_AFTER,
    Story.UNKNOWN_AND_CANCELLED: End.LOST,
}


@dataclass(slots=True)
class Flight:
    """A call under way: as the portal began it, and, once iTEP acted, its answer."""

    call: Call
    revision: int
    until: datetime
    answer: Answer | None = None
    acted: bool = False

    @property
    def may_act(self) -> bool:
        return not self.acted and timezone.now() < self.until + LATEST


class Requests(World):
    """What staff, the worker, iTEP's webhooks and a person at iTEP's panel do."""

    def __init__(self) -> None:
        super().__init__()
        self.flights: dict[UUID, Flight] = {}
        self.late: list[Flight] = []  # answers that nobody waited for

    def draw(self, data: st.DataObject, some: list, label: str):  # type: ignore[no-untyped-def, type-arg]
        return data.draw(st.sampled_from(some), label=label)

    def claimed(self, *states: str) -> list[ClaimSeen]:
        return self.now.in_state(*states)

    @rule(by=MOMENTS)
    def time_passes(self, by: timedelta) -> None:
        self.does(Kind.TIME)
        self.clock.shift(by)

    @precondition(lambda self: len(self.candidates) < MOST_REQUESTS)
    @rule(code=st.sampled_from(["ACAD", "ACAD", "ACAD", "HAND", "PICK", "SALE"]), story=st.sampled_from(Story))
    def a_request_comes(self, code: str, story: Story) -> None:
        self.lead(code, story)

    def lead(self, code: str, story: Story) -> None:
        """Opens a request, and leads it as far as its story goes, if the world lets it."""
        one = self.open(code)
        if story == Story.OPENED or one.state != ClaimState.RESERVED or not self.begin(one, tells=False):
            return
        self.end(self.flights[one.oid], ENDS[story])
        if story in (Story.TOLD, Story.TOLD_AND_CANCELLED):
            self.tell(self.now.claims[one.oid])
        if story in (Story.CONFIRMED_AND_CANCELLED, Story.TOLD_AND_CANCELLED, Story.UNKNOWN_AND_CANCELLED):
            self.does(Kind.CANCEL)
            claims.cancel(oid=one.oid, actor=BY, reason="not needed")

    def open(self, code: str) -> ClaimSeen:
        before = [one for one in self.now.in_state(ClaimState.WAITING) if one.product == code]
        self.does(Kind.OPEN)
        oid = UUID(int=len(self.candidates) + 1, version=4)  # the same in each run
        self.candidates[oid] = f"Ana Silva {len(self.candidates)}"
        request = replace(settings.ITEP_DIALECT.request, test_id="" if code == "PICK" else "test_id")
        with override_settings(ITEP_DIALECT=replace(settings.ITEP_DIALECT, request=request)):
            claims.open_claim(oid=oid, product=self.products[code], outlive=None, actor=BY)
        opened = self.now.claims[oid]
        assert opened.state == ClaimState.WAITING or not before, f"{oid} overtook {before}"
        return opened

    @precondition(lambda self: any(self.to_serve(code).exists() for code in self.products))
    @rule()
    def serve_who_waits(self) -> None:
        for code, product in self.products.items():
            if self.to_serve(code).exists():
                in_line = [one.oid for one in self.now.in_state(ClaimState.WAITING) if one.product == code]
                self.does(Kind.SERVE)
                self.to_serve(code).update(state=EntryState.DONE)
                served = claims.serve_waiting(product=product, actor=BY)
                assert served == in_line[: len(served)], "the line was not served in order"

    @precondition(lambda self: self.claimed(ClaimState.RESERVED))
    @rule(data=st.data(), tells=st.booleans())
    def begin_a_call(self, data: st.DataObject, tells: bool) -> None:
        self.begin(self.draw(data, self.claimed(ClaimState.RESERVED), "claim"), tells=tells)

    @precondition(lambda self: self.claimed(ClaimState.UNKNOWN, ClaimState.ENDED, ClaimState.CONFIRMED))
    @rule(data=st.data())
    def begin_what_is_not_due(self, data: st.DataObject) -> None:
        """Refused, but for the repeat of an unknown call with its ID, where iTEP's calls are idempotent."""
        states = (ClaimState.UNKNOWN, ClaimState.UNKNOWN, ClaimState.ENDED, ClaimState.CONFIRMED)
        self.begin(self.draw(data, self.claimed(*states), "claim"), tells=False, repeat=self.itep.idempotent)

    def begin(self, one: ClaimSeen, *, tells: bool, repeat: bool = False) -> bool:
        self.does(Kind.BEGIN)
        until, text = timezone.now() + LEASE, self.text_of(one.oid)
        try:
            begun = claims.begin_call(oid=one.oid, text=text, until=until, source="call 1", tells=tells, repeat=repeat)
        except ClaimMoved:
            self.nothing_changed()
            return False
        assert one.state == ClaimState.RESERVED or (repeat and one.current), f"a call was repeated: {one}"
        if old := self.flights.pop(one.oid, None):
            self.late.append(old)
        sale = one.source == ClaimSource.SALE
        call = Call(one.oid, one.product, text, one.current, sale=sale, tells=tells)
        self.flights[one.oid] = Flight(call, begun.revision, until)
        return True

    def in_flight(self) -> list[Flight]:
        return list(self.flights.values())

    @precondition(lambda self: self.in_flight())
    @rule(data=st.data(), end=st.sampled_from(End))
    def a_call_ends(self, data: st.DataObject, end: End) -> None:
        self.end(self.draw(data, self.in_flight(), "flight"), end)

    @precondition(lambda self: self.claimed(ClaimState.RESERVED))
    @rule(data=st.data(), end=st.sampled_from(End), tells=st.booleans())
    def a_call_is_made(self, data: st.DataObject, end: End, tells: bool) -> None:
        one = self.draw(data, self.claimed(ClaimState.RESERVED), "claim")
        if self.begin(one, tells=tells):
            self.end(self.flights[one.oid], end)

    def end(self, flight: Flight, end: End) -> None:
        """As iTEP and the wire will have it."""
        another = end in (End.ANSWERED_OTHERWISE, End.LOST_OTHERWISE) and not self.itep.idempotent
        if end in ACTS and flight.may_act:
            flight.answer, flight.acted = self.itep.act(flight.call, another=another), True
        if end in (End.ANSWERED, End.ANSWERED_OTHERWISE):
            if flight.answer is not None:
                self.land(flight, flight.answer)
        elif end in REFUSALS:
            self.land(flight, Answer(REFUSALS[end]))
        elif end in (End.EXPIRED, End.EXPIRED_AFTER):
            self.expire(flight)
        else:
            self.land(flight, Answer(Outcome.UNKNOWN))
            self.late.append(flight)

    def expire(self, flight: Flight) -> None:
        self.does(Kind.LOST)
        self.clock.move_to(max(timezone.now(), flight.until))
        claims.call_lost(oid=flight.call.oid, revision=flight.revision, source="call 1")
        del self.flights[flight.call.oid]
        self.late.append(flight)

    def land(self, flight: Flight, answer: Answer) -> None:
        was = self.now.claims[flight.call.oid]
        self.does(Kind.ANSWER)
        claims.record_answer(oid=flight.call.oid, revision=flight.revision, answer=answer, source="call 1")
        del self.flights[flight.call.oid]
        if was.revision != flight.revision and answer.outcome != Outcome.CONFIRMED:
            assert self.now.claims[flight.call.oid] == was, "an answer that came too late changed its claim"

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def an_answer_comes_late(self, data: st.DataObject) -> None:
        """Of a call that acted before, or acts only now."""
        flight = self.draw(data, self.late, "flight")
        if flight.may_act:
            flight.answer, flight.acted = self.itep.act(flight.call), True
        if flight.answer is None:
            return
        self.does(Kind.ANSWER)
        claims.record_answer(oid=flight.call.oid, revision=flight.revision, answer=flight.answer, source="call 1")

    @precondition(lambda self: self.now.claims)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        one = self.draw(data, list(self.now.claims.values()), "claim")
        self.does(Kind.CANCEL)
        claims.cancel(oid=one.oid, actor=BY, reason=f"{self.candidates[one.oid]} does not come")

    @precondition(lambda self: self.claimed(ClaimState.CONFIRMED, ClaimState.UNKNOWN))
    @rule(data=st.data())
    def tell_the_candidate(self, data: st.DataObject) -> None:
        self.tell(self.draw(data, self.claimed(ClaimState.CONFIRMED, ClaimState.UNKNOWN), "claim"))

    def tell(self, one: ClaimSeen) -> None:
        self.does(Kind.TELL)
        if not claims.tell(oid=one.oid):
            assert (one.state, one.conflict) == (ClaimState.CONFIRMED, "")
            assert self.told.setdefault(one.current, one.oid) == one.oid, f"{one.current} was told to two"

    def rule_5_what_did_not_arrive_cannot_arrive(self) -> None:
        """Whoever says "not arrived", iTEP has nothing of it and no call is under way, unless a file lied."""
        for oid, was in self.before.claims.items():
            now = self.now.claims[oid].state
            back = was.state == ClaimState.UNKNOWN and now in (ClaimState.RESERVED, ClaimState.WAITING)
            if back and not self.lied and oid not in self.itep.answered_otherwise:
                assert not any(flight.call.oid == oid and flight.may_act for flight in self.late), (
                    f"{oid} may yet arrive"
                )
