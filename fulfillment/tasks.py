"""Celery's door: reminders that fell due; mails whose retention date has come."""

from celery import shared_task

from fulfillment import erasing, reminding


@shared_task(name="fulfillment.remind", ignore_result=True)
def remind() -> int:
    """Candidates are reminded of their deadline."""
    return reminding.sweep()


@shared_task(name="fulfillment.erase_mails", ignore_result=True)
def erase_mails() -> int:
    """What was sent goes on its day."""
    return erasing.erase_due()
