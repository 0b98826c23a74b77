"""HTML tables that call themselves .xls, as many an old web page exports them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from inventory.sheets import MAX_CELLS, MAX_ROWS, TOO_LARGE, Sheet, UnreadableFile

_START = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|meta|style|table|div|center)\b", re.I | re.S
)
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|[a-z][\w:.-]*[\s/>])", re.I)
_WIDEST = 200


def looks_like(text: str) -> bool:
    """Whether the text is HTML. Raises UnreadableFile for other markup."""
    if _START.match(text[:20_000]):
        return True
    if _MARKUP.match(text[:2_000]):
        raise UnreadableFile("This is XML, but no HTML table. Save it as xlsx or csv and upload that.")
    return False


def read(text: str) -> tuple[Sheet, ...]:
    """Each outermost table with more than one column as a sheet. Raises UnreadableFile where there is none."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.depth and not text.rstrip().lower().endswith(">"):
        raise UnreadableFile("This HTML file is cut short. Download it again.")
    tables = [table for table in parser.tables if any(len(row) > 1 for row in table)]
    if not tables:
        raise UnreadableFile("This is a web page without a table. Upload iTEP's export of AVAILABLE TESTS.")
    names = [""] if len(tables) == 1 else [f"table {number}" for number in range(1, len(tables) + 1)]
    return tuple(Sheet(name, table) for name, table in zip(names, tables, strict=True))


class _Tables(HTMLParser):
    """Collects the cells of outermost tables; entities are read, markup inside a cell is dropped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.depth = 0
        self.cells = 0
        self._cell: list[str] | None = None
        self._span = 1
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent = True
        elif tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
        elif self.depth == 1:
            self._open(tag, attrs)

    def _open(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close_cell()
            self._add_row()
        elif tag in ("td", "th"):
            self._close_cell()
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _WIDEST) if span.isascii() and span.isdecimal() and len(span) < 4 else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = False
        if tag in ("td", "th", "tr", "table") and self.depth == 1:
            self._close_cell()
        if tag == "table" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _add_row(self) -> None:
        if len(self.tables[-1]) >= MAX_ROWS:
            raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_ROWS:,} rows"))
        self.tables[-1].append([])

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        if not self.tables[-1]:
            self._add_row()
        self.cells += self._span
        if self.cells > MAX_CELLS:
            raise UnreadableFile(TOO_LARGE.format(most=f"{MAX_CELLS:,} cells"))
        self.tables[-1][-1].extend([" ".join("".join(self._cell).split()), *[""] * (self._span - 1)])
        self._cell, self._span = None, 1
