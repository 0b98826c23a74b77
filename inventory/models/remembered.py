"""Columns as a person set them, for the next file with the same header."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class RememberedColumns(models.Model):
    """Which column holds what under one header, told by its signature (`columns.signature_of`); who said so, and when.

    A header that is read as it would be recognized has no row here.
    """

    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)  # field -> column name, as in an upload
    default_product = models.CharField(max_length=64, blank=True)
    ready_only = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signature"], name="one_mapping_per_header"),
            models.CheckConstraint(condition=~Q(signature=""), name="a_header_has_a_signature"),
        ]

    def __str__(self) -> str:
        return self.signature[:12]
