"""Two clerks take the last seat at the same moment: one gets it, and the other is told that there is none."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError

from access.actors import Actor
from fulfillment import acts, arranging, deadlines, seating
from fulfillment.arranging import Arrangement
from fulfillment.candidates import Candidate
from fulfillment.errors import BadRequest, NoSeats
from fulfillment.models import Fulfillment, Origin, Sitting, SittingKind
from fulfillment.provisioning import give
from inventory.models import Product
from tests.concurrency.conftest import together

pytestmark = pytest.mark.django_db(transaction=True)

CLERKS = 8
ROBOT = Actor.system("race")


@pytest.fixture
def sitting(db: None) -> Sitting:
    day = deadlines.today() + timedelta(days=10)
    what = Arrangement(SittingKind.CENTRE, "Spring", day, starts_at=time(10), place="Room 3", seats=1)
    return arranging.arrange(what=what, actor=ROBOT)


def _give(product: Product, number: int, sitting: Sitting | None = None) -> Fulfillment:
    person = Candidate(f"Person {number}", f"p{number}@example.org", f"no-{number}")
    return give(product=product, candidate=person, actor=ROBOT, origin=Origin.STAFF, sitting=sitting)


def _try_to_give(product: Product, number: int, sitting: Sitting) -> str:
    try:
        _give(product, number, sitting)
    except BadRequest as refused:
        return str(refused)
    return "seated"


def _seat(sitting: Sitting, oid: UUID) -> str:
    try:
        return "seated" if seating.seat(sitting_id=sitting.pk, oids=[oid], actor=ROBOT).seated else "refused"
    except NoSeats as refused:
        return f"{refused.left} left"


def _cancel(oid: UUID) -> str:
    return acts.cancel(oid=oid, actor=ROBOT, reason="Not needed").state


def test_the_last_seat_goes_to_one(academic: Product, sitting: Sitting) -> None:
    oids = [_give(academic, number).oid for number in range(CLERKS)]
    assert Counter(together([partial(_seat, sitting, oid) for oid in oids])) == {"seated": 1, "0 left": CLERKS - 1}
    assert Fulfillment.objects.filter(seat__sitting=sitting, deadline=sitting.date).count() == 1
    assert Fulfillment.objects.filter(seat=None, deadline=None).count() == CLERKS - 1


def test_the_last_seat_is_given_with_one_test(academic: Product, sitting: Sitting) -> None:
    said = Counter(together([partial(_try_to_give, academic, number, sitting) for number in range(CLERKS)]))
    assert said == {"seated": 1, "sitting: All seats are taken.": CLERKS - 1}
    assert Fulfillment.objects.count() == 1


def test_a_seat_that_is_taken_while_its_holder_is_cancelled_is_held_by_one(academic: Product, sitting: Sitting) -> None:
    holder = _give(academic, 0, sitting)
    others = [_give(academic, number).oid for number in range(1, 5)]
    said = together([partial(_cancel, holder.oid), *(partial(_seat, sitting, oid) for oid in others)])
    seated = sum(one == "seated" for one in said)
    assert Fulfillment.objects.filter(seat__sitting=sitting).count() == seated <= 1
    assert Fulfillment.objects.filter(state="cancelled", seat=None).count() == 1


def _naively(sitting: Sitting, oid: UUID, looked: Barrier) -> str:
    """Seating without a lock: all look for a free seat before anybody sits down."""
    free = sitting.rows.filter(fulfillment__isnull=True).first()
    looked.wait(timeout=30)
    if free is None:
        return "none"
    try:
        Fulfillment.objects.filter(oid=oid).update(seat=free)
    except IntegrityError:
        return "saw a free seat that was gone"
    return "seated"


def test_the_control_without_the_lock_lets_all_run_for_one_seat_and_the_database_holds(
    academic: Product, sitting: Sitting
) -> None:
    oids = [_give(academic, number).oid for number in range(CLERKS)]
    looked = Barrier(CLERKS)
    said = Counter(together([partial(_naively, sitting, oid, looked) for oid in oids]))
    assert said == {"seated": 1, "saw a free seat that was gone": CLERKS - 1}
