"""Whom to seat: a pasted list finds people however it was copied, and says who cannot be seated and why."""

from __future__ import annotations

import pytest

from access.actors import Actor
from fulfillment import acts, choosing, seating
from fulfillment.candidates import Candidate
from inventory.models import Product
from tests.conftest import stock
from tests.fulfillment.conftest import ANA, Arrange, Give

pytestmark = pytest.mark.django_db
BO = Candidate("Bo Berg", "bo@example.org", "hr-78")
CY = Candidate("Cy Cole", "", "hr-79")


def test_found_by_own_number_email_or_test_id(academic: Product, give_test: Give) -> None:
    stock(academic, 1)
    cy = give_test(academic, CY, delivery="none")
    ana, bo = give_test(academic, ANA), give_test(academic, BO)
    pasted = choosing.look_up('HR-77\n\n"Bo Berg"\tBO@example.org\t12\nacadplus0001\r\nnobody@example.org; x\n')
    assert {one.oid for one in pasted.found} == {ana.oid, bo.oid, cy.oid}
    assert (pasted.unknown, pasted.several) == (["nobody@example.org; x"], set())


def test_somebody_with_several_tests_is_not_ticked_for_anybody(
    academic: Product, called: Product, give_test: Give, arrange: Arrange
) -> None:
    first, second = give_test(academic), give_test(called)
    pasted = choosing.look_up("hr-77")
    assert pasted.several == {first.oid, second.oid}
    choices = choosing.judged(pasted.found, arrange(), several=pasted.several)
    assert [(choice.why, choice.ticked) for choice in choices] == [("", False), ("", False)]


def test_of_ended_tests_the_reason_is_said_only_where_no_other_is_there(
    academic: Product, give_test: Give, by_sam: Actor, arrange: Arrange
) -> None:
    old = give_test(academic)
    acts.cancel(oid=old.oid, actor=by_sam, reason="Not needed")
    choices = choosing.judged(choosing.look_up("hr-77").found, arrange())
    assert [(choice.one, choice.why, choice.ticked) for choice in choices] == [(old, "The test was cancelled.", False)]
    new = give_test(academic)
    assert choosing.look_up("hr-77").found == [new]


def test_who_waits_for_a_seat(academic: Product, give_test: Give, by_sam: Actor, arrange: Arrange) -> None:
    ana, bo, cy = give_test(academic, ANA), give_test(academic, BO), give_test(academic, CY, delivery="none")
    sitting = arrange()
    seating.seat(sitting_id=sitting.pk, oids=[ana.oid], actor=by_sam)
    acts.cancel(oid=bo.oid, actor=by_sam, reason="Not needed")
    assert list(choosing.waiting_for_a_seat()) == [cy]
    why = [choice.why for choice in choosing.judged(choosing.look_up("hr-77").found, sitting)]
    assert why == ["Has a seat there already."]
