"""All that a candidate reads and that is translated: found in the templates and modules that write it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from portal.environment import BASE_DIR

TEMPLATES = (
    "candidate_base.html",
    "fulfillment/candidate_page.html",
    "fulfillment/_candidate_page_help.html",
    "fulfillment/_candidate_page_next.html",
    "fulfillment/_candidate_page_sitting.html",
    "fulfillment/link_code.html",
    "fulfillment/link_too_many.html",
    "fulfillment/link_unknown.html",
)
MODULES = (
    "fulfillment/calendar.py",
    "fulfillment/deadlines.py",
    "fulfillment/letters/values.py",
    "fulfillment/letters/writing.py",
    "fulfillment/views/by_link.py",
    "fulfillment/views/candidate_page.py",
)
# (context or "", the English words, their plural or "")
Key = tuple[str, str, str]
_CALL = re.compile(r"\b(p?gettext)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"),?)+)\)")
_NAMES = {"_", "gettext", "gettext_lazy"}


def all_words() -> set[Key]:
    in_templates = (one for name in TEMPLATES for one in _in_template(BASE_DIR / "templates" / name))
    return {*in_templates, *(one for name in MODULES for one in _in_module(BASE_DIR / name))}


def _in_template(path: Path) -> Iterator[Key]:
    for name, arguments in _CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        texts = ast.literal_eval(f"[{arguments}]")
        yield (texts[0], texts[1], "") if name == "pgettext" else ("", texts[0], "")


def _in_module(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if node.func.id in _NAMES and texts:
            yield "", texts[0], ""
        elif node.func.id == "pgettext":
            yield texts[0], texts[1], ""
        elif node.func.id == "ngettext":
            yield "", texts[0], texts[1]
