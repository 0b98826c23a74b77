"""At the desk: shown or printed, told from then on, and never before iTEP has confirmed it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.actors import Actor
from access.models import AuditEntry
from fulfillment import acts, desk
from fulfillment.errors import NotNow
from fulfillment.models import Fulfillment
from inventory import claims
from inventory.models import Delivery, Product, TestID
from tests.conftest import stock
from tests.fulfillment.conftest import Give, fresh, work
from tests.fulfillment.pretend_itep import PretendItep, Reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def assigned(itep: PretendItep, called: Product, give_test: Give) -> Fulfillment:
    """Confirmed, and told to nobody yet."""
    stock(called, 1)
    itep.replies.append(Reply(body={"test_id": "BUSPLUS0001", "password": "open-sesame"}))
    one = give_test(called, delivery=Delivery.NONE)
    work()
    assert fresh(one).claim.told_at is None
    return fresh(one)


@pytest.mark.parametrize(("on_paper", "verb"), [(False, "fulfillment.shown"), (True, "fulfillment.slip_printed")])
def test_it_is_shown_and_counts_as_told(assigned: Fulfillment, by_sam: Actor, on_paper: bool, verb: str) -> None:
    slip = desk.show(oid=assigned.oid, actor=by_sam, on_paper=on_paper)
    assert (slip.test_id, slip.password, slip.lacks_password) == ("BUSPLUS0001", "open-sesame", False)
    assert fresh(assigned).claim.told_at is not None
    told = AuditEntry.objects.get(verb=verb)
    assert (told.user, told.test_id, "sesame" in str(told.detail)) == (by_sam.user, "BUSPLUS0001", False)


def test_a_missing_password_is_said(assigned: Fulfillment, by_sam: Actor, called: Product) -> None:
    Product.objects.update(needs_password=True)
    TestID.objects.update(password="")
    assert desk.show(oid=assigned.oid, actor=by_sam).lacks_password is True


def test_not_before_it_is_confirmed(called: Product, give_test: Give, by_sam: Actor) -> None:
    stock(called, 1)
    one = give_test(called)
    with pytest.raises(NotNow, match="has not confirmed"):
        desk.show(oid=one.oid, actor=by_sam)
    assert fresh(one).claim.told_at is None


def test_not_while_it_is_in_doubt_nor_after_it_was_cancelled(assigned: Fulfillment, by_sam: Actor) -> None:
    claims.confirm_by_webhook(oid=assigned.oid, test_id="OTHER1", at=timezone.now(), source="post 1")
    with pytest.raises(NotNow, match="another test ID"):
        desk.show(oid=assigned.oid, actor=by_sam)
    acts.cancel(oid=assigned.oid, actor=by_sam, reason="x")
    with pytest.raises(NotNow, match="cancelled"):
        desk.show(oid=assigned.oid, actor=by_sam)
    assert fresh(assigned).claim.told_at is None
    assert not AuditEntry.objects.filter(verb="fulfillment.shown").exists()
