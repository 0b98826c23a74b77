"""Celery's door: judging what was kept."""

from celery import shared_task

from webhooks.judging import judge_kept


@shared_task(name="webhooks.judge", ignore_result=True)
def judge() -> int:
    """Judges kept posts in order, where no other worker does."""
    return judge_kept()
