"""How a person likes the list of candidates."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ListColumns(models.Model):
    """The columns that a person chose; who never did has no row here, and sees the usual ones."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True)
    columns = models.JSONField(default=list)  # names of `columns.COLUMNS`; one that is known no more is left out

    class Meta:
        ordering: ClassVar = ["user"]

    def __str__(self) -> str:
        return ", ".join(self.columns)
