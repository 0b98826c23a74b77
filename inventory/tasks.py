"""Celery's door: forgetting what uploads no longer need."""

from celery import shared_task

from inventory import forgetting


@shared_task(name="inventory.forget_plans", ignore_result=True)
def forget_plans() -> int:
    """Old plans go."""
    return forgetting.forget_old()
