"""Texts about people, shown so that one can tell them apart without reading them (DESIGN.md section 4, rule 11)."""

from __future__ import annotations

import json
import re

_WORD = re.compile(r"\w+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def masked(text: str) -> str:
    """Each word as its first letter, but for what identifies no person: the keys of JSON, and our own oid."""
    try:
        content = json.loads(text)
    except ValueError:
        return _covered(text)
    if not isinstance(content, dict):
        return _covered(text)
    return json.dumps({key: _covered(str(value)) for key, value in content.items()}, ensure_ascii=False)


def _covered(text: str) -> str:
    if _UUID.fullmatch(text):
        return text
    return _WORD.sub(lambda word: f"{word[0][0]}…", text)
