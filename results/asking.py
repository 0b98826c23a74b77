"""What a person says of a result that they were asked about."""

from __future__ import annotations

from django.db import transaction

from access import audit
from access.actors import Actor
from results import locks
from results.models import Asked, Result, ResultState
from results.recording import make_current


@transaction.atomic
def accept(*, result_id: int, state: ResultState, actor: Actor, reason: str) -> Result:
    """The revision counts, in `state`: it becomes, or stays, the current one. Raises Result.DoesNotExist."""
    result, current = _locked(result_id)
    result.state, result.asked = state, Asked.ACCEPTED
    make_current(result, instead_of=current)
    _audit(result, "result.accepted", actor, reason)
    return result


@transaction.atomic
def ignore(*, result_id: int, actor: Actor, reason: str) -> Result:
    """The revision stays as it is, and is no longer asked about. Raises Result.DoesNotExist."""
    result, _ = _locked(result_id)
    result.asked = Asked.IGNORED
    result.save(update_fields=["asked"])
    _audit(result, "result.ignored", actor, reason)
    return result


@transaction.atomic
def doubt(*, oid_subject: str, why: str, actor: Actor, source: str) -> Result | None:
    """The current result is in doubt (an export contradicts it): a person is asked, nothing is taken back.

    Asked once per reason: what a person has answered, the next export does not ask again.
    """
    result = Result.objects.filter(subject=oid_subject, current=True).first()
    if result is None or (result.asked and result.doubt == why[:300]):
        return result
    result.doubt, result.asked = why[:300], Asked.OPEN
    result.save(update_fields=["doubt", "asked"])
    _audit(result, "result.doubted", actor, "", source)
    return result


def _locked(result_id: int) -> tuple[Result, Result | None]:
    asked = Result.objects.select_related("fulfillment").get(pk=result_id)
    revisions = locks.revisions(subject=asked.subject, fulfillment=asked.fulfillment)
    chosen = next(one for one in revisions if one.pk == result_id)
    return chosen, next((one for one in revisions if one.current), None)


def _audit(result: Result, verb: str, actor: Actor, reason: str, source: str = "") -> None:
    audit.record(
        actor=actor,
        verb=verb,
        oid=result.fulfillment.oid if result.fulfillment else None,
        test_id=result.test_id,
        subject=result.subject,
        source=source or result.source,
        detail={"state": result.state, "revision": result.revision},
        reason=reason,
    )
