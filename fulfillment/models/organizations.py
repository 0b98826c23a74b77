"""Who gives the tests."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class Organization(models.Model):
    """Who gives the tests, as mails and candidates' pages name it. One row; what is blank drops its line there."""

    name = models.CharField(max_length=200, blank=True)
    help_email = models.EmailField(blank=True)
    help_phone = models.CharField(max_length=60, blank=True)
    itep_help = models.CharField(max_length=300, blank=True)  # whom to ask during the test: iTEP's people
    start_url = models.URLField(blank=True)
    technical_check = models.CharField(max_length=300, blank=True)
    result_receivers = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=12, blank=True)  # where a candidate's is not known; blank: English
    keep_mails_days = models.PositiveIntegerField(  # so long after a test's end what was sent is kept
        default=180, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    reminders_unasked = models.PositiveIntegerField(default=200)  # more in a day than that: a person is asked first

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="one_organization")]

    def __str__(self) -> str:
        return self.name
