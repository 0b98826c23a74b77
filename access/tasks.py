"""Celery's doors."""

from celery import shared_task

from access import idempotency, sealing


@shared_task(name="access.seal", ignore_result=True)
def seal() -> None:
    """Numbers what was committed since."""
    if sealing.unsealed():
        sealing.seal()


@shared_task(name="access.forget_answers", ignore_result=True)
def forget_answers() -> None:
    """Answers to repeated requests live for a day."""
    idempotency.forget_old()
