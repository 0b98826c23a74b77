"""A roster to take along as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from access.spreadsheets import Cell, Table
from fulfillment.rosters import Roster, Row


def table(roster: Roster) -> Table:
    """A row for each person, by name; the last columns are for a pen where nothing is known yet."""
    header = [_("No."), _("Name"), _("Own number"), _("Product"), _("Test ID"), _("Accommodations")]
    header += [_("Photo ID checked"), _("Arrived"), _("Incident")]
    return Table(_("Roster"), header, _rows(roster))


def _rows(roster: Roster) -> Iterator[list[Cell]]:
    for row in roster.rows:
        yield [row.number, row.one.name, row.one.external_id, row.one.product.code, *_of_the_day(row)]


def _of_the_day(row: Row) -> list[Cell]:
    day = row.day
    return [row.test_id, day.accommodation, _clock(day.photo_id_at), _clock(day.arrived_at), day.incident]


def _clock(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
