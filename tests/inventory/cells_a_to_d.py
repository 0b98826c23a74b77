"""Worlds for rows a to d of the table in DESIGN.md section 5."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from inventory import claims, mirror
from inventory.claims import adopting
from inventory.models import Cause
from itep.statuses import Status
from tests.inventory.conftest import TEXT
from tests.inventory.section_five import (
    CALLING,
    CONFIRMED,
    ENDED,
    FIRST,
    NEW,
    OPEN,
    OURS,
    RESERVED,
    SECOND,
    UNKNOWN,
    WAITING,
    Came,
    Scene,
    cell,
)


@cell("a.invalid")
def one_id_twice_differing(scene: Scene) -> Came:
    scene.show("twice", status="Started")
    scene.shows["twice"][0] = FIRST
    return Came(Cause.INVALID, OPEN, available=True)


@cell("b.later_word")
def an_export_of_the_day_before(scene: Scene) -> Came:
    scene.show(FIRST, "Ben")
    scene.later = timedelta(days=-2)
    return Came(Cause.UNCHANGED, OPEN, available=True)


@cell("b.later_word")
def an_id_that_is_not_here_in_an_older_export(scene: Scene) -> Came:
    scene.show(NEW)
    scene.later = timedelta(days=-2)
    return Came(Cause.UNCHANGED, None, of=NEW)


@cell("c.ended")
def the_text_of_a_cancelled_request(scene: Scene) -> Came:
    oid = scene.request(CONFIRMED)
    claims.cancel(oid=oid, actor=scene.desk.actor, reason="no")
    scene.show(FIRST, TEXT % oid)
    return Came(Cause.UNCHANGED, OURS, state=ENDED, holds=FIRST)


@cell("c.ended")
def it_stands_on_an_id_never_seen(scene: Scene) -> Came:
    oid = scene.request(RESERVED)
    claims.cancel(oid=oid, actor=scene.desk.actor, reason="no")
    scene.show(NEW, TEXT % oid)
    return Came(Cause.ADDED, OURS, state=ENDED, of=NEW)


@cell("c.two_claims")
def two_texts_in_one(scene: Scene) -> Came:
    oid, other = scene.request(UNKNOWN), scene.desk.at(UNKNOWN)
    scene.show(FIRST, f"{oid} and {other}")
    return Came(Cause.CONFLICT, OURS, state=UNKNOWN, holds=FIRST, conflict=True)


@cell("c.other_holder")
def anothers_text_on_a_confirmed_id(scene: Scene) -> Came:
    scene.request(CONFIRMED)
    scene.show(FIRST, TEXT % scene.desk.at(UNKNOWN))
    return Came(Cause.CONFLICT, OURS, state=CONFIRMED, holds=FIRST, conflict=True)


@cell("c.another_id")
def a_confirmed_request_on_a_second_id(scene: Scene) -> Came:
    oid = scene.request(CONFIRMED)
    scene.show(FIRST, TEXT % oid)
    scene.show(SECOND, TEXT % oid)
    return Came(Cause.CONFLICT, OURS, state=CONFIRMED, holds=FIRST, conflict=True, of=SECOND)


@cell("c.second_id")
def an_unknown_request_on_two(scene: Scene) -> Came:
    oid = scene.request(UNKNOWN)
    scene.show(FIRST, TEXT % oid)
    scene.show(SECOND, TEXT % oid)
    return Came(Cause.CONFLICT, OURS, state=UNKNOWN, holds=FIRST, conflict=True)


@cell("c.told_to_another")
def an_id_that_a_former_candidate_knows(scene: Scene) -> Came:
    former = scene.desk.at(CONFIRMED)
    claims.told(oid=former)
    claims.cancel(oid=former, actor=scene.desk.actor, reason="no")
    scene.show(FIRST, TEXT % scene.request(UNKNOWN))
    return Came(Cause.CONFLICT, OURS, state=UNKNOWN, holds=SECOND, conflict=True)


@cell("c.reserved")
def our_text_before_any_call(scene: Scene) -> Came:
    scene.show(FIRST, TEXT % scene.request(RESERVED))
    return Came(Cause.CONFIRMED, OURS, state=CONFIRMED, holds=FIRST)


@cell("c.calling")
def our_text_in_mid_call(scene: Scene) -> Came:
    scene.show(FIRST, TEXT % scene.request(CALLING))
    return Came(Cause.CONFIRMED, OURS, state=CONFIRMED, holds=FIRST)


@cell("c.unknown")
def our_text_after_no_answer(scene: Scene) -> Came:
    scene.show(FIRST, TEXT % scene.request(UNKNOWN))
    return Came(Cause.CONFIRMED, OURS, state=CONFIRMED, holds=FIRST)


@cell("c.joined")
def our_text_on_another_id(scene: Scene) -> Came:
    scene.show(SECOND, TEXT % scene.request(UNKNOWN))
    scene.show(FIRST, "", "Started")
    return Came(Cause.CONFIRMED, OURS, state=CONFIRMED, holds=SECOND, of=SECOND)


@cell("c.joined")
def our_text_on_an_id_never_seen_for_who_waits(scene: Scene) -> Came:
    for _ in range(3):
        scene.desk.open()
    scene.show(NEW, TEXT % scene.request(WAITING))
    return Came(Cause.ADDED, OURS, state=CONFIRMED, holds=NEW, of=NEW)


@cell("c.confirmed")
def all_as_it_should_be(scene: Scene) -> Came:
    scene.show(FIRST, TEXT % scene.request(CONFIRMED))
    return Came(Cause.UNCHANGED, OURS, state=CONFIRMED, holds=FIRST)


@cell("c.known")
def one_text_on_two_ids_that_were_both_adopted(scene: Scene) -> Came:
    for test_id in (FIRST, SECOND):
        scene.show(test_id, "Maria")
    scene.apply(scene.export(timezone.now() - timedelta(hours=1)))
    scene.oid, another = uuid4(), uuid4()
    for oid, test_id in ((scene.oid, FIRST), (another, SECOND)):
        adopting.adopt(oid=oid, test_id=test_id, actor=scene.desk.actor)
    return Came(Cause.UNCHANGED, OURS, state=CONFIRMED, holds=FIRST)


@cell("d.in_doubt")
def ready_again_though_started(scene: Scene) -> Came:
    oid, now = scene.request(CONFIRMED), timezone.now()
    mirror.heard_by_webhook(test_id=FIRST, status=Status.STARTED, status_raw="Started", at=now, source="post 1")
    scene.show(FIRST, TEXT % oid)
    return Came(Cause.CONFLICT, OURS, state=CONFIRMED, holds=FIRST, conflict=True)
