"""What a post of iTEP sets off beside the result that it withdraws or holds: staff are alarmed, once per event."""

from __future__ import annotations

import pytest

from access.models import User
from fulfillment.models import Fulfillment, Trouble
from outbox.models import Entry
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("Ready", "reset"),
        ("Started", "reset"),
        ("Technical Difficulty", "problem"),
        ("Invalidated", "invalidated"),
        ("Disabled", "disabled"),
        ("Review", None),
        ("Finished", None),
    ],
)
def test_after_a_result(ana: Fulfillment, ada: User, raw: str, kind: str | None) -> None:
    recorded(ana)
    for minutes in (1, 2):  # iTEP repeats itself
        recorded(ana, Status=raw, Duration=1, minutes=minutes)
    assert list(Trouble.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    assert Entry.objects.filter(kind="outbox.alarm").count() == (1 if kind else 0)


def test_before_any_result(ana: Fulfillment, ada: User) -> None:
    recorded(ana, Status="Problem")
    recorded(ana, Status="Ready", minutes=1)
    assert list(Trouble.objects.values_list("kind", flat=True)) == ["problem", "reset"]


def test_a_post_that_is_judged_late_alarms_nobody(ana: Fulfillment, ada: User) -> None:
    recorded(ana, minutes=10)
    recorded(ana, Status="Problem", minutes=5)
    assert Trouble.objects.count() == 0
