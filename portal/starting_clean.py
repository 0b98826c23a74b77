"""Leaving practice: everything that was made while playing goes, users stay, and no later start plays again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import append_only, audit
from access.models import User
from inventory import ledger, stock_mails
from outbox.models import Attempt

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import Model

    from access.actors import Actor

ROOMS = ("webhooks", "results", "fulfillment", "inventory", "outbox", "access")
# What people know by a name; everything else that goes is told as one number.
NAMED = {
    "fulfillment.Fulfillment": gettext_lazy("tests given to candidates"),
    "fulfillment.Mail": gettext_lazy("mails"),
    "fulfillment.Sitting": gettext_lazy("sittings"),
    "results.Result": gettext_lazy("results"),
    "inventory.TestID": gettext_lazy("test IDs"),
    "inventory.Product": gettext_lazy("products, with their API keys"),
    "inventory.Upload": gettext_lazy("uploaded exports"),
    "inventory.Purchase": gettext_lazy("orders of test IDs"),
    "access.Payer": gettext_lazy("payers"),
    "access.ApiClient": gettext_lazy("API clients, with their keys"),
    "webhooks.TrackingCode": gettext_lazy("tracking codes"),
}
PLAYED_FOLDERS = ("mail", "sandbox", "files")


class NotOnlyPractice(Exception):
    """Something left the house for a place that was not practice: what is here may be real."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many rows of one kind would go."""

    what: str
    count: int


def made() -> list[Made]:
    """All that `start_clean` would remove, in words; kinds without rows left out."""
    counted = {model._meta.label: model._base_manager.count() for model in _models()}
    named = [Made(str(words), counted.pop(label)) for label, words in NAMED.items()]
    others = Made(_("other records: queues, plans, history"), sum(counted.values()))
    return [one for one in (*named, others) if one.count]


def refuse_if_real() -> None:
    """Raises NotOnlyPractice where any call or mail ever went to anything but practice."""
    # The room's other work reads uploads, and calls nobody.
    inside = Q(entry__kind__startswith="inventory.") & ~Q(entry__kind=stock_mails.KIND)
    left = Attempt.objects.exclude(inside)
    real = left.filter(practice=False).count()
    if real:
        raise NotOnlyPractice(
            f"{real} calls or mails went to something other than the practice iTEP: this data may be real, and stays."
        )


def start_clean(*, actor: Actor) -> list[Made]:
    """Removes what was played, and marks the data folder so that no later start plays. Raises NotOnlyPractice."""
    with transaction.atomic(), append_only.unlocked(), ledger.unlocked():
        refuse_if_real()
        gone = made()
        tables = [model._meta.db_table for model in _models()] + _link_tables()
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=False))
        audit.record(actor=actor, verb="portal.started_clean", detail={"rows": sum(one.count for one in gone)})
    for folder in PLAYED_FOLDERS:
        shutil.rmtree(settings.DATA_DIR / folder, ignore_errors=True)
    mark: Path = settings.CLEAN_MARK_FILE
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return gone


def _models() -> list[type[Model]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models() if model is not User]


def _link_tables() -> list[str]:
    return [field.m2m_db_table() for model in _models() for field in model._meta.local_many_to_many]
