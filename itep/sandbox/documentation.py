"""docs/sandbox.md as a page, the style sheet, the icon. Only as much of Markdown as that file uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

_TEXT = Path(__file__).resolve().parent.parent.parent / "docs" / "sandbox.md"
_STYLE = Path(__file__).with_name("sandbox.css")
_CODE = re.compile(r"`([^`]+)`")
_CELL = re.compile(r"(?<!\\)\|")


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    text = _TEXT.read_text(encoding="utf-8") if _TEXT.exists() else "The documentation, docs/sandbox.md, is not here."
    return render(request, "sandbox/api.html", {"content": as_html(text)})


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_STYLE.read_bytes(), content_type="text/css; charset=utf-8")


@require_GET
def icon(request: HttpRequest) -> HttpResponse:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
        '<path fill="#8a3ffc" d="M0 0h16v16H0z"/><path stroke="#fff" stroke-width="3" d="M2 14 14 2"/></svg>'
    )
    return HttpResponse(drawing, content_type="image/svg+xml")


def as_html(text: str) -> SafeString:
    """Headings, paragraphs, tables, indented code. Everything is escaped first."""
    blocks = (_block(kind, list(lines)) for kind, lines in groupby(text.splitlines(), key=_kind_of) if kind != "blank")
    return mark_safe("\n".join(blocks))  # noqa: S308 - every line went through escape


def _kind_of(line: str) -> str:
    if not line.strip():
        return "blank"
    marks = {"#": "heading", "|": "table", " ": "code"}
    return marks.get(line[0], "text")


def _block(kind: str, lines: list[str]) -> str:
    match kind:
        case "heading":
            return "".join(_heading(line) for line in lines)
        case "table":
            return _table(lines)
        case "code":
            return f"<pre>{escape(chr(10).join(line[4:] for line in lines))}</pre>"
        case _:
            return f"<p>{_inline(' '.join(lines))}</p>"


def _heading(line: str) -> str:
    size = len(line) - len(line.lstrip("#"))
    return f"<h{size}>{_inline(line.lstrip('# '))}</h{size}>"


def _table(lines: list[str]) -> str:
    head, _, *rows = [[cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]] for line in lines]
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{_cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(tag: str, cells: Iterable[str]) -> str:
    return "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in cells)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", str(escape(text)))
