"""HTML tables that call themselves .xls, as many an old web page exports them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from inventory.sheets import UnreadableFile

# The comments before are passed once and for all: tried again in parts, a few dozen of them would take hours.
_START = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(?>\s*<!--.*?-->)*+\s*<(!doctype\s+html|html|head|body|meta|style|table|div|center)\b",
    re.I | re.S,
)
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|[a-z][\w:.-]*[\s/>])", re.I)
_WIDEST = 200  # columns or rows that one cell may take
_DEEPEST = 20


def looks_like(text: str) -> bool:
    """Whether the text is HTML. Raises UnreadableFile for other markup."""
    if _START.match(text[:20_000]):
        return True
    if _MARKUP.match(text[:2_000]):
        raise UnreadableFile("This is XML, but no HTML table. Save it as xlsx or csv and upload that.")
    return False


class Unusable(Exception):
    """Why a page cannot be used: a key of `reading_apart._MESSAGES`."""


def tables(text: str, max_rows: int, max_cells: int) -> list[tuple[str, list[list[str]]]]:
    """Each table with more than one column, with its name. Raises Unusable. Run in a process apart."""
    parser = _Page(max_rows, max_cells)
    parser.feed(text)
    parser.close()
    if parser.open:
        raise Unusable("cut")
    found = [table.rows for table in parser.tables if any(len(row) > 1 for row in table.rows)]
    if not found:
        raise Unusable("no table")
    names = [""] if len(found) == 1 else [f"table {number}" for number in range(1, len(found) + 1)]
    return list(zip(names, found, strict=True))


class _Table:
    """The rows of one table. A merged cell has its text in its first place, as a spreadsheet has it."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.cell: list[str] | None = None  # the pieces of the open cell
        self._columns, self._rows = 1, 1  # that the open cell takes
        self._from_above: dict[int, int] = {}  # place -> how many further rows a cell above takes it

    def open_cell(self, columns: int, rows: int) -> None:
        self.cell, self._columns, self._rows = [], columns, rows
        if not self.rows:
            self.rows.append([])

    def close_cell(self) -> int:
        """Ends the open cell, if there is one. How many cells that made."""
        if self.cell is None:
            return 0
        row = self.rows[-1]
        before = len(row)
        while self._from_above.get(len(row)):
            self._from_above[len(row)] -= 1
            row.append("")
        if self._rows > 1:
            self._from_above |= dict.fromkeys(range(len(row), len(row) + self._columns), self._rows - 1)
        row.extend([" ".join("".join(self.cell).split()), *[""] * (self._columns - 1)])
        self.cell = None
        return len(row) - before


class _Page(HTMLParser):
    """Collects the cells of all tables, also of one within another: many a page is laid out by an outer table.

    Entities are read, once and not again; markup inside a cell is dropped.
    """

    def __init__(self, max_rows: int, max_cells: int) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self._rows_left, self._cells_left = max_rows, max_cells
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent = True
        elif tag == "table":
            self.tables.append(_Table())
            self.open.append(self.tables[-1])
            if len(self.open) > _DEEPEST:
                raise Unusable("memory")
        elif self.open:
            self._open(tag, dict(attrs))

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        table = self.open[-1]
        if tag == "tr":
            self._close_cell()
            self._rows_left -= 1
            if self._rows_left < 0:
                raise Unusable("cells")
            table.rows.append([])
        elif tag in ("td", "th"):
            self._close_cell()
            self.handle_data(" ")  # between the cells of a table that stands in a cell
            table.open_cell(_span(attrs.get("colspan")), _span(attrs.get("rowspan")))
        elif tag in ("br", "p", "div"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = False
        elif self.open and tag in ("td", "th", "tr", "table"):
            self._close_cell()
            if tag == "table":
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            for table in self.open:
                if table.cell is not None:
                    table.cell.append(data)

    def _close_cell(self) -> None:
        self._cells_left -= self.open[-1].close_cell()
        if self._cells_left < 0:
            raise Unusable("cells")


def _span(given: str | None) -> int:
    return max(1, min(int(given), _WIDEST)) if given and given.isascii() and given.isdecimal() and len(given) < 6 else 1
