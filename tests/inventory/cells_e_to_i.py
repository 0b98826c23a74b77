"""Worlds for rows e to i of the table in DESIGN.md section 5."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from inventory import claims
from inventory.models import Cause
from tests.inventory.conftest import TEXT, row_of
from tests.inventory.section_five import (
    CALLING,
    CONFIRMED,
    ENDED,
    FIRST,
    NEW,
    OPEN,
    OURS,
    OUTSIDE,
    RESERVED,
    SECOND,
    UNAVAILABLE,
    UNKNOWN,
    WITHDRAWN,
    Came,
    Scene,
    cell,
)


@cell("e.new")
def an_unknown_id_of_somebody_else(scene: Scene) -> Came:
    scene.show(NEW, "Ben")
    return Came(Cause.ADDED, OUTSIDE, of=NEW)


@cell("e.free")
def a_free_id_given_outside(scene: Scene) -> Came:
    scene.show(FIRST, "Ben")
    return Came(Cause.ASSIGNED_OUTSIDE, OUTSIDE)


@cell("e.free")
def the_id_of_a_cancelled_request_given_outside(scene: Scene) -> Came:
    oid = scene.request(CONFIRMED)
    claims.cancel(oid=oid, actor=scene.desk.actor, reason="no")
    scene.show(FIRST, "Ben")
    return Came(Cause.ASSIGNED_OUTSIDE, OUTSIDE, state=ENDED, holds=FIRST)


@cell("e.outside")
def still_outside(scene: Scene) -> Came:
    scene.show(FIRST, "Ben")
    scene.apply(scene.export(timezone.now()))
    return Came(Cause.UNCHANGED, OUTSIDE)


@cell("e.reserved")
def a_reserved_id_given_outside(scene: Scene) -> Came:
    scene.request(RESERVED)
    scene.show(FIRST, "Ben")
    return Came(Cause.ASSIGNED_OUTSIDE, OUTSIDE, state=RESERVED, holds=SECOND)


@cell("e.calling")
def given_outside_in_mid_call(scene: Scene) -> Came:
    scene.request(CALLING)
    scene.show(FIRST, "Ben")
    return Came(Cause.UNCHANGED, OPEN, state=CALLING, holds=FIRST)


@cell("e.unknown")
def given_outside_after_no_answer(scene: Scene) -> Came:
    scene.request(UNKNOWN)
    scene.show(FIRST, "Ben")
    return Came(Cause.CONFLICT, OUTSIDE, state=UNKNOWN, holds=FIRST, conflict=True)


@cell("e.confirmed")
def somebody_elses_text_on_ours(scene: Scene) -> Came:
    scene.request(CONFIRMED)
    scene.show(FIRST, "Ben")
    return Came(Cause.CONFLICT, OUTSIDE, state=CONFIRMED, holds=FIRST, conflict=True)


@cell("f.new")
def a_new_id(scene: Scene) -> Came:
    scene.show(NEW)
    return Came(Cause.ADDED, OPEN, available=True, of=NEW)


@cell("f.returned")
def an_id_that_was_away(scene: Scene) -> Came:
    row = scene.shows.pop(FIRST)
    scene.apply(scene.export(timezone.now()))
    assert row_of(FIRST).standing == WITHDRAWN
    scene.shows[FIRST] = row
    return Came(Cause.RETURNED, OPEN, available=True)


@cell("f.unchanged")
def free_as_before(scene: Scene) -> Came:
    return Came(Cause.UNCHANGED, OPEN, available=True)


@cell("f.unsettled")
def free_too_soon_after_the_call(scene: Scene) -> Came:
    scene.request(UNKNOWN)
    scene.later = timedelta(minutes=14)
    return Came(Cause.UNCHANGED, OPEN, state=UNKNOWN, holds=FIRST)


@cell("f.elsewhere")
def free_but_the_text_stands_elsewhere(scene: Scene) -> Came:
    scene.show(SECOND, TEXT % scene.request(UNKNOWN))
    return Came(Cause.UNCHANGED, OPEN, state=CONFIRMED, holds=SECOND)


@cell("f.unknown")
def free_surely_later(scene: Scene) -> Came:
    scene.request(UNKNOWN)
    return Came(Cause.NOT_ARRIVED, OPEN, state=RESERVED, holds=FIRST)


@cell("f.unknown")
def free_surely_later_and_to_be_cancelled(scene: Scene) -> Came:
    claims.cancel(oid=scene.request(UNKNOWN), actor=scene.desk.actor, reason="no")
    return Came(Cause.NOT_ARRIVED, OPEN, available=True, state=ENDED)


@cell("f.confirmed")
def a_lost_assignment(scene: Scene) -> Came:
    scene.request(CONFIRMED)
    return Came(Cause.ASSIGNMENT_LOST, OPEN, state=CONFIRMED, holds=FIRST, conflict=True)


@cell("f.ended")
def cleared_and_never_told(scene: Scene) -> Came:
    claims.cancel(oid=scene.request(CONFIRMED), actor=scene.desk.actor, reason="no")
    return Came(Cause.RETURNED, OPEN, available=True, state=ENDED)


@cell("f.told")
def cleared_and_told(scene: Scene) -> Came:
    oid = scene.request(CONFIRMED)
    claims.told(oid=oid)
    claims.cancel(oid=oid, actor=scene.desk.actor, reason="no")
    return Came(Cause.CHANGED, OPEN, state=ENDED, holds=FIRST)


@cell("g.new")
def a_new_id_not_ready(scene: Scene) -> Came:
    scene.show(NEW, status="Disabled")
    return Came(Cause.ADDED, UNAVAILABLE, of=NEW)


@cell("g.unavailable")
def no_longer_ready(scene: Scene) -> Came:
    scene.show(FIRST, status="Disabled")
    return Came(Cause.CHANGED, UNAVAILABLE)


@cell("g.unavailable")
def no_longer_ready_after_no_answer(scene: Scene) -> Came:
    scene.request(UNKNOWN)
    scene.show(FIRST, status="Disabled")
    return Came(Cause.CHANGED, UNAVAILABLE, state=UNKNOWN, holds=FIRST)


@cell("g.unchanged")
def still_not_ready(scene: Scene) -> Came:
    scene.show(FIRST, status="Disabled")
    scene.apply(scene.export(timezone.now()))
    return Came(Cause.UNCHANGED, UNAVAILABLE)


@cell("g.reserved")
def a_reserved_id_no_longer_ready(scene: Scene) -> Came:
    scene.request(RESERVED)
    scene.show(FIRST, status="Disabled")
    return Came(Cause.CHANGED, UNAVAILABLE, state=RESERVED, holds=SECOND)


@cell("h.available")
def gone(scene: Scene) -> Came:
    del scene.shows[FIRST]
    return Came(Cause.WITHDRAWN, WITHDRAWN)


@cell("h.reserved")
def a_reserved_id_gone(scene: Scene) -> Came:
    scene.request(RESERVED)
    del scene.shows[FIRST]
    return Came(Cause.WITHDRAWN, WITHDRAWN, state=RESERVED, holds=SECOND)


@cell("h.confirmed")
def a_confirmed_id_gone(scene: Scene) -> Came:
    scene.request(CONFIRMED)
    del scene.shows[FIRST]
    return Came(Cause.UNCHANGED, OURS, state=CONFIRMED, holds=FIRST)


@cell("h.else")
def gone_after_no_answer(scene: Scene) -> Came:
    scene.request(UNKNOWN)
    del scene.shows[FIRST]
    return Came(Cause.UNCHANGED, OPEN, state=UNKNOWN, holds=FIRST)


@cell("i.free")
def of_another_product(scene: Scene) -> Came:
    scene.show(FIRST, product="OTHER")
    return Came(Cause.CHANGED, OPEN, available=True)


@cell("i.reserved")
def a_reserved_id_of_another_product(scene: Scene) -> Came:
    scene.request(RESERVED)
    scene.show(FIRST, product="OTHER")
    return Came(Cause.CHANGED, OPEN, available=True, state=RESERVED, holds=SECOND)


@cell("i.held")
def a_confirmed_id_of_another_product(scene: Scene) -> Came:
    oid = scene.request(CONFIRMED)
    scene.show(FIRST, TEXT % oid, product="OTHER")
    return Came(Cause.CONFLICT, OURS, state=CONFIRMED, holds=FIRST, conflict=True)
