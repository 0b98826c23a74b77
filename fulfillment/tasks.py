"""Celery's door: lists of candidates that nobody gave are forgotten."""

from celery import shared_task

from fulfillment import batch_forgetting


@shared_task(name="fulfillment.forget_lists", ignore_result=True)
def forget_lists() -> int:
    """Old lists go."""
    return batch_forgetting.forget_old()
