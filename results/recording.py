"""Recording what came back: one current revision, every revision kept, the same fact once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from access import audit
from access.actors import Actor
from fulfillment import progress
from fulfillment.models import Fulfillment
from itep.statuses import Status
from itep.webhook import ResultPost, fact_of
from results import locks
from results.deciding import Current, Decision, Incoming, Kind, Superseded, decide
from results.models import Asked, Result, ResultState


@dataclass(frozen=True, slots=True)
class Effect:
    """What a post did: a result's new state, "asked", "new address" or "no effect"; and the revision that it made."""

    kind: str
    result: Result | None = None


NO_EFFECT = Effect("no effect")


@transaction.atomic
def record(
    *, post: ResultPost, fulfillment: Fulfillment | None, test_id: str, received_at: datetime, source: str
) -> Effect:
    """Records what `post` says of the fulfillment's test, or of a test outside the portal. `source` as "webhook 12".

    The same fact twice has one effect. A final result is released to its payer at once, for now.
    """
    if fulfillment is not None:
        join_outside(fulfillment, test_id)
    try:
        with transaction.atomic():
            return _record(post, fulfillment, test_id, received_at, source)
    except IntegrityError:  # somebody else was first with this subject: judge again, beside theirs
        return _record(post, fulfillment, test_id, received_at, source)


def subject_of(fulfillment: Fulfillment | None, test_id: str) -> str:
    """What a result is about: "oid:<oid>", or "id:<test ID>" outside the portal."""
    return f"id:{test_id}" if fulfillment is None else f"oid:{fulfillment.oid}"


def _record(
    post: ResultPost, fulfillment: Fulfillment | None, test_id: str, received_at: datetime, source: str
) -> Effect:
    subject = subject_of(fulfillment, test_id)
    before = locks.revisions(subject=subject, fulfillment=fulfillment)
    current = next((one for one in before if one.current), None)
    incoming = Incoming(post.status, fact_of(post), post.test_date, received_at)
    decision = decide(
        current=None if current is None else _as_current(current),
        incoming=incoming,
        superseded=[Superseded(one.fact, one.received_at) for one in before if _is_superseded_completed(one)],
        repeat_days=settings.REPEAT_DAYS,
    )
    if fulfillment is not None and _is_news(decision, current):
        _tell_progress(fulfillment, post, received_at)
    if decision.kind == Kind.REPEAT and current is not None:
        return _new_address(current, post, received_at, source)
    if decision.kind == Kind.NOTHING or (decision.kind == Kind.ASK and _was_asked(before, incoming.fact)):
        return NO_EFFECT
    result = _revision(post, fulfillment, subject, test_id, decision, before)
    result.unknown = dict(post.unknown) or None
    result.fact, result.source, result.received_at = incoming.fact, source, received_at
    return _write(result, current, decision)


def _as_current(result: Result) -> Current:
    return Current(ResultState(result.state), result.fact, result.test_date, result.received_at)


def _is_superseded_completed(result: Result) -> bool:
    return result.taken and not result.current and result.itep_status == Status.COMPLETED


def _was_asked(before: list[Result], fact: str) -> bool:
    return any(one.fact == fact and one.asked in (Asked.OPEN, Asked.IGNORED) for one in before)


def _new_address(current: Result, post: ResultPost, received_at: datetime, source: str) -> Effect:
    """A new address of the report alone is no revision."""
    address = post.score_report_url
    if not address or address == current.score_report_url or received_at < current.received_at:
        return NO_EFFECT
    current.score_report_url = address
    current.save(update_fields=["score_report_url"])
    _audit(current, "result.address_changed", Actor.itep("webhook"), source=source)
    return Effect("new address", current)


def _revision(
    post: ResultPost,
    fulfillment: Fulfillment | None,
    subject: str,
    test_id: str,
    decision: Decision,
    before: list[Result],
) -> Result:
    assert decision.state is not None
    return Result(
        subject=subject,
        revision=max((one.revision for one in before), default=0) + 1,
        fulfillment=fulfillment,
        test_id=test_id,
        state=decision.state,
        itep_status=post.status or "",
        itep_status_raw=post.status_raw,
        overall_level=post.overall_level,
        overall_cefr=post.overall_cefr,
        sections={
            name: {"level": _text(one.level), "score": _text(one.score), "cefr": one.cefr}
            for name, one in post.sections.items()
        },
        test_date=post.test_date,
        duration_minutes=post.duration_minutes,
        score_report_url=post.score_report_url,
        doubt=decision.doubt,
        asked=Asked.OPEN if decision.doubt else "",
    )


def _text(number: object) -> str | None:
    return None if number is None else str(number)


def _write(result: Result, current: Result | None, decision: Decision) -> Effect:
    if decision.kind == Kind.ASK:
        result.current = result.taken = False
        result.save()
        _audit(result, "result.asked", Actor.itep("webhook"))
        return Effect("asked", result)
    make_current(result, instead_of=current)
    _audit(result, "result.recorded", Actor.itep("webhook"))
    return Effect(result.state, result)


def make_current(result: Result, *, instead_of: Result | None) -> None:
    """Writes `result` as the one current revision. What follows a released one is told to its payer as well."""
    if instead_of is not None and instead_of.pk != result.pk:
        instead_of.current = False
        instead_of.save(update_fields=["current"])
    was_released = instead_of is not None and instead_of.released_at is not None
    if result.fulfillment_id is not None and (result.state == ResultState.FINAL or was_released):
        result.released_at = timezone.now()
    result.current = result.taken = True
    result.save()


def _is_news(decision: Decision, current: Result | None) -> bool:
    """Whether it says where the test stands now: not where it came late, again, or in a word that nobody knows."""
    late = current is not None and current.state == ResultState.FINAL
    return decision.kind == Kind.REVISE or (decision.kind == Kind.NOTHING and not late)


def _tell_progress(fulfillment: Fulfillment, post: ResultPost, received_at: datetime) -> None:
    if post.status_raw:
        progress.seen(oid=fulfillment.oid, status_raw=post.status_raw, at=received_at, by="webhook")


def join_outside(fulfillment: Fulfillment, test_id: str) -> None:
    """Results that came before the ID was adopted belong to its fulfillment from now on."""
    subject = subject_of(fulfillment, test_id)
    outside = Result.objects.filter(subject=f"id:{test_id}")
    if not outside.exists() or Result.objects.filter(subject=subject).exists():
        return
    adopt(test_id=test_id, fulfillment=fulfillment, actor=Actor.system("results"))


@transaction.atomic
def adopt(*, test_id: str, fulfillment: Fulfillment, actor: Actor) -> None:
    """A test outside the portal became `fulfillment`'s: its results follow."""
    subject = subject_of(fulfillment, test_id)
    for result in locks.revisions(subject=f"id:{test_id}", fulfillment=fulfillment):
        result.subject, result.fulfillment = subject, fulfillment
        if result.current and result.state == ResultState.FINAL:
            result.released_at = result.released_at or timezone.now()
        result.save(update_fields=["subject", "fulfillment", "released_at"])
        _audit(result, "result.adopted", actor)


def _audit(result: Result, verb: str, actor: Actor, *, source: str = "", reason: str = "") -> None:
    audit.record(
        actor=actor,
        verb=verb,
        oid=result.fulfillment.oid if result.fulfillment else None,
        test_id=result.test_id,
        product=result.fulfillment.product.code if result.fulfillment else "",
        subject=result.subject,
        source=source or result.source,
        detail={"state": result.state, "revision": result.revision, "status": result.itep_status},
        reason=reason,
    )
