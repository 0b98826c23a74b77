"""DESIGN.md section 5, row d: an export calls an ID Ready whose test was started. Asked, and nothing taken back."""

from __future__ import annotations

import pytest
from django.db import transaction

from access.actors import Actor
from access.models import AuditEntry
from fulfillment.models import Fulfillment
from inventory import announcing
from outbox import running
from results import asking
from results.models import Asked, Result, ResultState
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db
WHY = "An export calls its test ID Ready, though the test was started."


def _said_by_upload(number: int, fulfillment: Fulfillment | None) -> None:
    oid = fulfillment.oid if fulfillment else None
    with transaction.atomic():
        announcing.result_in_doubt(test_id="ID1", oid=oid, why=WHY, source=f"upload {number}, row 2")
    running.run_due(limit=5)


@pytest.mark.parametrize("outside", [False, True])
def test_a_person_is_asked_once_and_the_result_stays(ana: Fulfillment, by_sam: Actor, outside: bool) -> None:
    fulfillment = None if outside else ana
    recorded(fulfillment)

    _said_by_upload(1, fulfillment)

    result = Result.objects.get()
    assert (result.state, result.current, result.asked, result.doubt) == (ResultState.FINAL, True, Asked.OPEN, WHY)
    assert AuditEntry.objects.filter(verb="result.doubted").count() == 1

    asking.ignore(result_id=result.pk, actor=by_sam, reason="iTEP's panel is slow")
    _said_by_upload(2, fulfillment)
    assert Result.objects.get().asked == Asked.IGNORED


def test_without_a_result_there_is_nothing_to_doubt(ana: Fulfillment) -> None:
    _said_by_upload(1, ana)
    assert Result.objects.count() == 0
