"""Recording: revisions, releases, repeats, questions, progress."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given as vary
from hypothesis import settings as tuned
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from access.actors import Actor
from access.models import AuditEntry
from fulfillment.models import Fulfillment
from inventory.models import Product
from itep.statuses import Status, read_status
from results import asking, recording
from results.models import Asked, Result, ResultState
from tests.given import given
from tests.results.conftest import recorded

pytestmark = pytest.mark.django_db

SPELLINGS = [
    ("Ready", "ready"), ("Started", "started"), ("Incomplete", "started"), ("Finished", "finished"),
    ("Review", "review"), ("Technical Difficulty", "problem"), ("Problem", "problem"), ("Invalidated", "invalidated"),
    ("Completed", "completed"), ("Complete", "completed"), ("Disabled", "disabled"), ("cOmPlEtE", "completed"),
    ("TECHNICAL  difficulty", "problem"),
]  # fmt: skip
AFTER_FINAL = {
    "ready": "withdrawn", "started": "withdrawn", "finished": "final", "review": "held", "problem": "held",
    "invalidated": "withdrawn", "completed": "final", "disabled": "withdrawn",
}  # fmt: skip


def now_of(fulfillment: Fulfillment) -> Result:
    return Result.objects.get(fulfillment=fulfillment, current=True)


@pytest.mark.parametrize(("raw", "status"), SPELLINGS)
def test_every_spelling_reaches_the_candidate(ana: Fulfillment, raw: str, status: str) -> None:
    recorded(ana, Status=raw)
    ana.refresh_from_db()
    assert (ana.itep_status, ana.itep_status_raw) == (status, " ".join(raw.split()))
    assert Result.objects.exists() == (status in ("finished", "completed"))


@pytest.mark.parametrize(("raw", "status"), SPELLINGS)
def test_every_spelling_after_a_final_result(ana: Fulfillment, raw: str, status: str) -> None:
    recorded(ana)
    recorded(ana, Status=raw, Duration=1, minutes=1)
    assert now_of(ana).state == AFTER_FINAL[status]


def test_what_itep_sent_is_kept_as_sent(ana: Fulfillment) -> None:
    recorded(
        ana,
        Overall_Level="3.1",
        overall_CEFR="B1+",
        Reading_Level=4.0,
        Reading_Score="70",
        vocabulary_score="12.5",
        Vocabulary_cefr="A2",
        Duration="84",
        TestMonth="3",
        TestDay="9",
        TestYear="2026",
        score_report_url="https://reports.example/r?x=1",
        NewField="surprise",
    )
    result = now_of(ana)
    assert (result.overall_level, result.overall_cefr) == (Decimal("3.1"), "B1+")
    assert result.sections == {
        "Reading": {"level": "4.0", "score": "70", "cefr": ""},
        "Vocabulary": {"level": None, "score": "12.5", "cefr": "A2"},
    }
    assert (result.duration_minutes, str(result.test_date)) == (84, "2026-03-09")
    assert result.unknown == {"NewField": "surprise"}


def test_a_new_report_address_alone_is_no_revision(ana: Fulfillment) -> None:
    recorded(ana, score_report_url="https://reports.example/1")
    assert recorded(ana, score_report_url="https://reports.example/2", minutes=1).kind == "new address"
    assert recorded(ana, score_report_url="https://reports.example/1", minutes=-1).kind == "no effect"
    assert recorded(ana, score_report_url="", minutes=2).kind == "no effect"
    assert (Result.objects.count(), now_of(ana).score_report_url) == (1, "https://reports.example/2")


def test_final_is_released_and_what_follows_it_too(ana: Fulfillment) -> None:
    recorded(ana, Status="Finished")
    assert now_of(ana).released_at is None
    recorded(ana, minutes=1)
    assert now_of(ana).released_at is not None
    recorded(ana, Status="Invalidated", minutes=2)
    assert (now_of(ana).state, now_of(ana).released_at is None) == ("withdrawn", False)
    assert [one.revision for one in Result.objects.order_by("pk")] == [1, 2, 3]


def test_withdrawn_before_it_was_released_stays_unreleased(ana: Fulfillment) -> None:
    recorded(ana, Status="Finished")
    recorded(ana, Status="Invalidated", minutes=1)
    assert (now_of(ana).state, now_of(ana).released_at) == ("withdrawn", None)


def test_a_late_repeat_is_kept_once_and_changes_nothing(ana: Fulfillment) -> None:
    recorded(ana, Overall_Level="3.0")
    recorded(ana, Overall_Level="4.0", minutes=1)
    assert recorded(ana, Overall_Level="3.0", minutes=2).kind == "asked"
    assert recorded(ana, Overall_Level="3.0", minutes=3).kind == "no effect"
    assert now_of(ana).overall_level == 4
    question = Result.objects.get(asked=Asked.OPEN)
    assert (question.current, question.taken, question.revision) == (False, False, 3)


def test_accepted_it_counts_and_ignored_it_does_not(ana: Fulfillment, by_sam: Actor) -> None:
    recorded(ana, Overall_Level="3.0")
    recorded(ana, Overall_Level="4.0", minutes=1)
    recorded(ana, Overall_Level="3.0", minutes=2)
    question = Result.objects.get(asked=Asked.OPEN)
    asking.ignore(result_id=question.pk, actor=by_sam, reason="a repeat")
    assert now_of(ana).overall_level == 4
    assert recorded(ana, Overall_Level="3.0", minutes=3).kind == "no effect"
    asking.accept(result_id=question.pk, state=ResultState.FINAL, actor=by_sam, reason="iTEP wrote so")
    assert (now_of(ana).pk, now_of(ana).released_at is None) == (question.pk, False)
    assert now_of(ana).overall_level == 3
    verbs = AuditEntry.objects.filter(user=by_sam.user).values_list("verb", flat=True)
    assert list(verbs) == ["result.ignored", "result.accepted"]


def test_after_the_days_of_repeats_itep_may_go_back(ana: Fulfillment, settings: Any) -> None:
    recorded(ana, Overall_Level="3.0")
    recorded(ana, Overall_Level="4.0", minutes=1)
    assert recorded(ana, Overall_Level="3.0", minutes=3 * 24 * 60 + 1).kind == "final"
    assert now_of(ana).overall_level == 3


@pytest.mark.parametrize("status", ["Paused", ""])
def test_an_unknown_status_changes_nothing_and_is_asked_about(ana: Fulfillment, status: str) -> None:
    recorded(ana)
    assert recorded(ana, Status=status, minutes=1).kind == "asked"
    ana.refresh_from_db()
    assert (now_of(ana).state, ana.itep_status) == ("final", "completed")
    assert Result.objects.get(asked=Asked.OPEN).itep_status_raw == status


def test_an_unknown_status_first_makes_no_current_result(ana: Fulfillment) -> None:
    assert recorded(ana, Status="Paused").kind == "asked"
    assert not Result.objects.filter(current=True).exists()
    assert recorded(ana, minutes=1).kind == "final"


def test_finished_again_on_a_later_day_is_held_and_asked_about(ana: Fulfillment, by_sam: Actor) -> None:
    recorded(ana, TestDate="3/9/2026")
    assert recorded(ana, Status="Finished", TestDate="3/10/2026", minutes=1).kind == "held"
    held = now_of(ana)
    assert (held.asked, held.taken, bool(held.doubt)) == (Asked.OPEN, True, True)
    asking.ignore(result_id=held.pk, actor=by_sam, reason="a mistake")
    assert now_of(ana).state == "held"


def test_outside_the_portal_it_is_not_released_and_follows_the_adoption(ana: Fulfillment) -> None:
    recorded(None, test_id="OUT1")
    assert Result.objects.get().released_at is None
    recording.adopt(test_id="OUT1", fulfillment=ana, actor=Actor.system("test"))
    result = now_of(ana)
    assert (result.subject, result.released_at is None) == (f"oid:{ana.oid}", False)


def test_results_that_came_before_the_adoption_join_at_the_next_post(ana: Fulfillment) -> None:
    recorded(None, Status="Finished", OID=str(ana.oid))
    assert recorded(ana, minutes=1).kind == "final"
    assert list(Result.objects.values_list("subject", "revision").order_by("revision")) == [
        (f"oid:{ana.oid}", 1),
        (f"oid:{ana.oid}", 2),
    ]


def test_the_database_allows_one_current_result(ana: Fulfillment) -> None:
    recorded(ana)
    recorded(ana, Overall_Level="4.0", minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.update(current=True)


def test_a_refused_revision_leaves_nothing(ana: Fulfillment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.create(
            subject="x", revision=1, test_id="A", state="final", overall_level=Decimal("6.1"), fact="x"
        )
    assert not Result.objects.exists()


FACTS = [
    {"Status": "Finished", "TestDate": "3/9/2026"},
    {"Status": "Finished", "TestDate": "3/10/2026"},
    {"Status": "Completed", "Overall_Level": "3.0", "TestDate": "3/9/2026"},
    {"Status": "Completed", "Overall_Level": "4.0", "TestDate": "3/9/2026"},
    {"Status": "Review"},
    {"Status": "Technical Difficulty"},
    {"Status": "Invalidated"},
    {"Status": "Ready"},
    {"Status": "Something new"},
]


class Model:
    """The rules again, told as plainly as possible, for a window of repeats that everything falls into."""

    def __init__(self) -> None:
        self.state: str | None = None
        self.fact: int | None = None
        self.completed: set[int] = set()
        self.held_day: int | None = None

    def post(self, fact: int) -> None:
        status = read_status(FACTS[fact]["Status"])
        if fact == self.fact or status is None:
            return
        if status == Status.COMPLETED:
            if fact not in self.completed:
                self._take(fact, "final")
            return
        if status == Status.FINISHED:
            self._finished(fact)
        elif self.state is not None:
            self._take(fact, "held" if status in (Status.REVIEW, Status.PROBLEM) else "withdrawn")

    def _finished(self, fact: int) -> None:
        if self.state in (None, "provisional"):
            self._take(fact, "provisional")
        elif self.state == "final" and fact == 1:
            self._take(fact, "held")

    def _take(self, fact: int, state: str) -> None:
        if self.fact is not None and read_status(FACTS[self.fact]["Status"]) == Status.COMPLETED:
            self.completed.add(self.fact)
        self.state, self.fact = state, fact


class InAnyOrder(TestCase):
    """Whatever the order, the repeats and the losses: one current result at most, and the state that the rules say."""

    @tuned(max_examples=100, deadline=None)
    @vary(posts=st.lists(st.integers(0, len(FACTS) - 1), max_size=14))
    def test_random_posts_end_where_the_rules_say(self, posts: list[int]) -> None:
        product = Product.objects.create(code=f"P{random.random()}")
        fulfillment, model = given(product, f"ID{random.random()}"), Model()
        for minute, fact in enumerate(posts):
            recorded(fulfillment, minutes=minute, **FACTS[fact])
            model.post(fact)
        states = list(Result.objects.filter(fulfillment=fulfillment, current=True).values_list("state", flat=True))
        assert states == ([] if model.state is None else [model.state])
        revisions = list(
            Result.objects.filter(fulfillment=fulfillment).values_list("revision", flat=True).order_by("pk")
        )
        assert revisions == list(range(1, len(revisions) + 1))
