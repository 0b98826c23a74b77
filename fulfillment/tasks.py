"""Celery's door: reminders that fell due; mails whose retention date has come; lists that nobody gave."""

from celery import shared_task

from fulfillment import batch_forgetting, erasing, reminding


@shared_task(name="fulfillment.remind", ignore_result=True)
def remind() -> int:
    """Candidates are reminded of their deadline."""
    return reminding.sweep()


@shared_task(name="fulfillment.erase_mails", ignore_result=True)
def erase_mails() -> int:
    """What was sent goes on its day."""
    return erasing.erase_due()


@shared_task(name="fulfillment.forget_lists", ignore_result=True)
def forget_lists() -> int:
    """Old lists of candidates that nobody gave are forgotten."""
    return batch_forgetting.forget_old()
