"""The columns of the list of candidates: what each is called, sorts by, and says in a sheet; and who chose which."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import User
from access.spreadsheets import Cell
from fulfillment import origins
from fulfillment.attention import HAS_ID
from fulfillment.models import Fulfillment, ListColumns


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its name in a sheet; `sort` the field that orders by it, "" where nothing does."""

    name: str
    heading: Promise | str
    key: str
    sort: str
    value: Callable[[Fulfillment], Cell]


def _day(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def _test_id(one: Fulfillment) -> str:
    """None before iTEP confirmed it: until then it may become somebody else's (DESIGN.md section 7, "test_id")."""
    return one.claim.current.test_id if one.claim.current and one.state in HAS_ID else ""


# The candidate's name stands first always. In this order, whatever the order in which they were chosen.
COLUMNS = (
    Column("external_id", _("Own number"), "external_id", "external_id", lambda one: one.external_id),
    Column("reference", _("Reference"), "reference", "reference", lambda one: one.reference),
    Column("email", _("Email"), "email", "email", lambda one: one.email),
    Column("product", _("Product"), "product", "product__code", lambda one: one.product.code),
    Column("test_id", _("Test ID"), "test_id", "", _test_id),
    Column("state", _("Here"), "state", "state", lambda one: one.state),
    Column("why", _("Why"), "reason", "", lambda one: one.reason),
    Column("itep_status", _("At iTEP"), "itep_status", "itep_status", lambda one: one.itep_status_raw),
    Column("payer", _("Payer"), "payer", "payer__code", lambda one: one.payer.code if one.payer else ""),
    Column("deadline", _("Deadline"), "deadline", "deadline", lambda one: str(one.deadline or "")),
    Column("asked", _("Asked for"), "created_at", "created_at", lambda one: _day(one.created_at)),
    Column("sent", _("Sent"), "sent_at", "sent_at", lambda one: _day(one.sent_at)),
    Column("changed", _("Last change"), "updated_at", "updated_at", lambda one: _day(one.updated_at)),
    Column("origin", _("How it came"), "origin", "origin", lambda one: one.origin),
    Column("started", _("Started by"), "started_by", "", origins.who),
    Column("batch", _("Batch"), "batch", "batch", lambda one: str(one.batch) if one.batch else ""),
    Column("delivery", _("Who tells"), "delivery", "delivery", lambda one: one.delivery),
    Column("language", _("Language"), "language", "language", lambda one: one.language),
)
NAMES = tuple(one.name for one in COLUMNS)
USUAL = ("product", "test_id", "state", "itep_status", "deadline", "asked")
SORTS = {"name": "name"} | {one.name: one.sort for one in COLUMNS if one.sort}


def chosen(user: User) -> list[Column]:
    """The columns that this person sees."""
    kept = ListColumns.objects.filter(user=user).first()
    return named(kept.columns if kept else USUAL)


def named(names: Collection[str]) -> list[Column]:
    """The columns of these names, in the order of the list; what is no column is left out."""
    return [one for one in COLUMNS if one.name in names]


def choose(*, user: User, names: Collection[str]) -> None:
    """Remembers the columns, for this person's own eyes: no entry of the trail. None at all means the usual ones."""
    wanted = [one.name for one in named(names)]
    if wanted in ([], list(USUAL)):
        ListColumns.objects.filter(user=user).delete()
    else:
        ListColumns.objects.update_or_create(user=user, defaults={"columns": wanted})
