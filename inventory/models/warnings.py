"""What was said about a stock, so that it is said once; and who is told."""

from typing import ClassVar

from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Said(models.TextChoices):
    """What a warning is about: a level of the stock, old knowledge, IDs about to expire; or it is the weekly digest."""

    NOTICE = "notice", _("Getting low")
    LOW = "low", _("Low")
    OUT = "out", _("None left")
    OVERDUE = "overdue", _("Not looked at iTEP for long")
    EXPIRING = "expiring", _("About to expire")
    DIGEST = "digest", _("Weekly digest")


LEVELS = [Said.NOTICE, Said.LOW, Said.OUT]


class StockWarning(models.Model):
    """Something that was said once. A level is open until it was left upward; only then it can be said again.

    `about`: what makes an occasion one (`overdue`: when the product was seen; `digest`: its day). `numbers`: as they
    were then, for the history; the words are made when it is read.
    """

    product = models.ForeignKey("inventory.Product", null=True, on_delete=models.CASCADE, related_name="warnings")
    said = models.CharField(max_length=8, choices=Said.choices)
    about = models.CharField(max_length=40, blank=True)
    numbers = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "said"],
                condition=Q(said__in=["notice", "low", "out"], left_at__isnull=True),
                name="a_level_is_said_once",
            ),
            models.UniqueConstraint(
                fields=["product", "about"], condition=Q(said="overdue"), name="overdue_knowledge_is_said_once"
            ),
            models.UniqueConstraint(fields=["about"], condition=Q(said="digest"), name="one_digest_a_day"),
            models.CheckConstraint(
                condition=Q(said="digest", product__isnull=True) | (~Q(said="digest") & Q(product__isnull=False)),
                name="a_warning_names_its_product",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "-id"], name="warnings_of_a_product")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.said}"


class SaidExpiry(models.Model):
    """That this ID expires within so many days was said. An ID whose last day moved is said anew."""

    test_id = models.ForeignKey("inventory.TestID", on_delete=models.CASCADE, related_name="+")
    valid_until = models.DateField()
    days = models.PositiveSmallIntegerField()
    warning = models.ForeignKey(StockWarning, on_delete=models.CASCADE, related_name="expiring")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["test_id", "valid_until", "days"], name="an_expiry_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id_id} {self.days}"


class MailsTo(models.TextChoices):
    """Who gets the mails about the stock."""

    ADMINISTRATORS = "admins", _("Every administrator")
    ADDRESSES = "these", _("These addresses")
    NOBODY = "nobody", _("Nobody: Today says it alone")


class Weekday(models.IntegerChoices):
    """As `date.weekday` counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class StockMails(models.Model):
    """One row: to whom the mails about the stock go, and on which weekday the digest."""

    to = models.CharField(max_length=6, choices=MailsTo.choices, default=MailsTo.ADMINISTRATORS)
    addresses = models.TextField(blank=True, max_length=2000)  # one on each line
    digest_on = models.PositiveSmallIntegerField(null=True, blank=True, choices=Weekday.choices, default=Weekday.MONDAY)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="one_row_says_who_gets_stock_mails"),
            models.CheckConstraint(
                condition=~Q(to="these") | ~Q(addresses=""),
                name="who_names_addresses_gives_some",
                violation_error_message=_("Name at least one address."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_to_display()

    @property
    def listed(self) -> list[str]:
        """The addresses, each once."""
        return list(dict.fromkeys(self.addresses.replace(",", " ").replace(";", " ").split()))

    def clean(self) -> None:
        """Raises ValidationError for what cannot be a mail address."""
        for address in self.listed:
            validate_email(address)
