"""An empty list of candidates to fill in: columns with help and drop-downs, and a sheet that explains them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from access.models import Payer
from access.spreadsheets import Table
from fulfillment.sheet_columns import Asked
from fulfillment.sheet_requests import MOST_ROWS
from inventory.models import Delivery, Product
from inventory.sheets import letter

COLUMNS = {
    Asked.NAME: "Name",
    Asked.EMAIL: "Email",
    Asked.EXTERNAL_ID: "Own number",
    Asked.LANGUAGE: "Language",
    Asked.REFERENCE: "Reference",
    Asked.NOTE: "Note",
    Asked.PRODUCT: "Product",
    Asked.PAYER: "Payer",
    Asked.DEADLINE: "Deadline",
    Asked.DELIVERY: "Delivery",
}
LANGUAGES = ("en", "es", "pt", "fr", "ko", "zh-hans", "ar")
_WIDE = {Asked.NAME: 28, Asked.EMAIL: 32, Asked.NOTE: 32}
_DAYS = "yyyy-mm-dd"


def table() -> Table:
    """As csv: the names of the columns alone."""
    return Table("candidates", list(COLUMNS.values()), [])


def workbook() -> IO[bytes]:
    """The xlsx in a temporary file, ready to be read; whoever reads it closes it.

    Its drop-downs take from a hidden sheet: a list that stands in the rule itself may have 255 characters at most.
    """
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("Candidates")[:31]
    sheet.freeze_panes = "A2"
    helps, lists = _helps(), _lists()
    for place, (column, name) in enumerate(COLUMNS.items(), start=1):
        cell = sheet.cell(row=1, column=place, value=name)
        cell.font, cell.comment = Font(bold=True), Comment(helps[column], "iTEP", width=320, height=90)
        sheet.column_dimensions[letter(place - 1)].width = _WIDE.get(column, 16)
    _explain(book, helps)
    _offer(book, sheet, lists)
    _take_days(sheet)
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


def _helps() -> dict[Asked, str]:
    return {
        Asked.NAME: _(
            "The whole name, as it is to stand at iTEP. Always needed; first and last name may be two columns."
        ),
        Asked.EMAIL: _("Where the test ID goes. Needed, unless you hand the test ID out yourself."),
        Asked.EXTERNAL_ID: _("The person's number in your own system. It tells two people of one name apart."),
        Asked.LANGUAGE: _("Of the mails, as en, es or pt. Blank: the portal's own."),
        Asked.REFERENCE: _("Anything of yours that should come back with the outcome: an order, a request."),
        Asked.NOTE: _("For your colleagues. The candidate does not see it."),
        Asked.PRODUCT: _("Code of the product. Blank: the one that you choose when you upload the file."),
        Asked.PAYER: _("Code of the payer. Blank: the one that you choose when you upload the file."),
        Asked.DEADLINE: _("Last day on which the test may be taken, as 2026-12-31."),
        Asked.DELIVERY: _(
            "portal: we send the test ID. itep: iTEP does. none: you hand it out. Blank: as the product says."
        ),
    }


def _lists() -> dict[Asked, Sequence[str]]:
    return {
        Asked.LANGUAGE: LANGUAGES,
        Asked.PRODUCT: list(Product.objects.order_by("code").values_list("code", flat=True)),
        Asked.PAYER: list(Payer.objects.filter(is_active=True).order_by("code").values_list("code", flat=True)),
        Asked.DELIVERY: list(Delivery.values),
    }


def _explain(book: Workbook, helps: dict[Asked, str]) -> None:
    """The letters before the names keep this sheet from being read as one of candidates."""
    sheet = book.create_sheet(_("Help")[:31])
    for place, (column, name) in enumerate(COLUMNS.items()):
        sheet.append([f"{letter(place)}: {name}", helps[column]])
        sheet.cell(row=place + 1, column=1).font = Font(bold=True)
        sheet.cell(row=place + 1, column=2).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.append([])
    sheet.append([_("Rows"), _("At most %(n)s at a time.") % {"n": MOST_ROWS}])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 90


def _offer(book: Workbook, sheet: Any, lists: dict[Asked, Sequence[str]]) -> None:
    values = book.create_sheet("Lists")
    values.sheet_state = "hidden"
    for place, (column, offered) in enumerate(lists.items()):
        if not offered:
            continue
        for row, value in enumerate(offered, start=1):
            cell = values.cell(row=row, column=place + 1, value=value)
            cell.data_type = "s"
        source = f"={values.title}!${letter(place)}$1:${letter(place)}${len(offered)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=column != Asked.LANGUAGE)
        rule.error = _("Choose one of the list, or leave it blank.")
        rule.add(_cells_of(column))
        sheet.add_data_validation(rule)


def _take_days(sheet: Any) -> None:
    rule = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True)
    rule.error = _("A date, as 2026-12-31.")
    rule.add(_cells_of(Asked.DEADLINE))
    sheet.add_data_validation(rule)
    sheet.column_dimensions[_letter(Asked.DEADLINE)].number_format = _DAYS


def _letter(column: Asked) -> str:
    return letter(list(COLUMNS).index(column))


def _cells_of(column: Asked) -> str:
    return f"{_letter(column)}2:{_letter(column)}{MOST_ROWS + 1}"
