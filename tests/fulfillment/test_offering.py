"""The table of acts: what is offered in each state, which act is the main one, and that each can be done."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.actors import Actor
from fulfillment import acts, offering, progress
from fulfillment.forms.acts import FORMS
from fulfillment.models import Fulfillment, State
from fulfillment.offering import ACTS, offers
from fulfillment.views.doing import DO
from inventory import claims
from inventory.models import Delivery, Product
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db
AT_THE_DESK = {"show", "slip"}  # a page of their own


def possible(one: Fulfillment) -> list[str]:
    return [offer.act.name for offer in offers(fresh(one)) if not offer.why_not]


def main(one: Fulfillment) -> list[str]:
    return [offer.act.name for offer in offers(fresh(one)) if offer.is_main]


def test_each_act_has_its_form_and_its_function() -> None:
    names = {act.name for act in ACTS} - AT_THE_DESK
    assert names == set(FORMS) == set(DO)
    assert len(offering.BY_NAME) == len(ACTS)


def test_who_waits_can_be_corrected_extended_and_cancelled(called: Product, give_test: Give) -> None:
    one = give_test(called)
    assert (possible(one), main(one)) == (["extend", "correct", "cancel"], ["extend"])
    assert all(offer.why_not for offer in offers(one) if offer.act.name not in possible(one))


def test_what_is_to_be_done_by_hand_is_the_main_act(academic: Product, give_test: Give, by_sam: Actor) -> None:
    stock(academic, 1)
    one = give_test(academic)
    assert (possible(one), main(one)) == (["done_at_itep", "extend", "correct", "cancel"], ["done_at_itep"])
    claims.text_taken(oid=one.oid, text="x", actor=by_sam)
    assert possible(one)[:2] == ["done_at_itep", "not_done_at_itep"]


def test_an_unknown_outcome_is_asked_in_other_words(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    itep.replies.append(Reply(body=None))
    one = give_test(called)
    work()
    words = {offer.act.name: str(offer.words) for offer in offers(fresh(one))}
    assert (fresh(one).state, main(one)) == (State.UNKNOWN, ["done_at_itep"])
    assert words["done_at_itep"] == "I looked: it is assigned"
    assert words["not_done_at_itep"] == "I looked: it is not assigned"


def test_what_was_sent_can_be_sent_again_and_replaced(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 2)
    one = give_test(called)
    work()
    every = ["resend", "did_not_arrive", "remind", "show", "extend", "correct", "cancel", "replace", "slip"]
    assert (possible(one), main(one)) == (every, ["resend"])


def test_what_the_asker_hands_out_is_shown_first(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called, delivery=Delivery.NONE)
    work()
    assert main(one) == ["show"]


def test_a_test_that_was_taken_can_be_corrected_alone(itep: PretendItep, called: Product, give_test: Give) -> None:
    stock(called, 1)
    one = give_test(called)
    work()
    progress.seen(oid=one.oid, status_raw="Completed", at=timezone.now(), by="webhook")
    assert possible(one) == ["show", "correct", "slip"]


def test_nothing_is_done_with_a_cancelled_one(called: Product, give_test: Give, by_sam: Actor) -> None:
    one = give_test(called)
    acts.cancel(oid=one.oid, actor=by_sam, reason="x")
    assert (possible(one), main(one)) == ([], [])
    assert {offer.act.name for offer in offers(fresh(one))} == {
        "resend", "did_not_arrive", "remind", "show", "extend", "correct", "cancel", "replace", "slip",
    }  # fmt: skip
