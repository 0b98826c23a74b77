"""Celery's door: forgetting what uploads no longer need; watching the stock."""

from celery import shared_task

from inventory import forgetting, stock_warnings


@shared_task(name="inventory.forget_plans", ignore_result=True)
def forget_plans() -> int:
    """Old plans go."""
    return forgetting.forget_old()


@shared_task(name="inventory.watch_stock", ignore_result=True)
def watch_stock() -> int:
    """What is new about the stock is said; the weekly digest goes out."""
    return stock_warnings.watch()
