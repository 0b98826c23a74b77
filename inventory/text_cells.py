"""Workbooks of texts alone: whatever somebody typed, no cell of ours ever runs as a formula."""

from __future__ import annotations

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_000  # a spreadsheet's cell takes 32,767 characters
_BEGINS_FORMULAS = ("=", "+", "-", "@")


def text_cell(sheet: WriteOnlyWorksheet, value: str) -> Cell:
    """A cell that holds this text, and stays one when somebody edits it."""
    cell: Cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", value[:LONGEST]))
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_BEGINS_FORMULAS)
    return cell
