"""A product's own keys of Assigned-to: constants and {placeholders}, nested if wished. Read and checked; pure.

How placeholders are written and filled: `itep.placeholders`.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from itep.placeholders import ALLOWED, METADATA, BraceAlone, Placeholder, is_known, parts
from itep.wire import JSON, storable

DEEPEST = 5  # objects and lists in each other, the outermost counted
MOST_VALUES = 50
LONGEST_KEY = 100
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class KeyFault:
    """One thing that is wrong. `path` names the key as "site.rooms[2]", and is "" for the whole."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"“{self.path}”: {self.message}" if self.path else self.message


class UnreadableKeys(ValueError):
    """The text is no JSON object; the message says where."""


def read(text: str) -> dict[str, JSON]:
    """The object that a person typed; nothing typed is no keys. Raises UnreadableKeys, also for a key twice."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise UnreadableKeys(f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise UnreadableKeys(f"At most {DEEPEST} levels.") from error
    if not isinstance(found, dict):
        raise UnreadableKeys('This is no object of keys: write it as {"site": "Lisbon", "ref": "{reference}"}.')
    return found


def faults(keys: Mapping[str, JSON], *, taken: Collection[str]) -> list[KeyFault]:
    """All that is wrong with a product's own keys; `taken` are those of the dialect, which they may not have.

    Letter case makes no other key: whoever reads Assigned-to at iTEP would take the one for the other.
    """
    folded = {name.casefold(): name for name in taken}
    clashes = [
        KeyFault(key, f"The dialect has the key “{folded[key.casefold()]}” itself. Choose another name.")
        for key in keys
        if key.casefold() in folded
    ]
    number = sum(1 for _path, _value in _values("", keys))
    many = [KeyFault("", f"At most {MOST_VALUES} values; these are {number}.")] if number > MOST_VALUES else []
    return [*many, *clashes, *_faults_of("", keys, depth=1)]


def metadata_used(keys: Mapping[str, JSON]) -> list[str]:
    """The keys of metadata that are referred to, each once."""
    texts = (value for _path, value in _values("", keys) if isinstance(value, str))
    names = (part.name for text in texts for part in parts(text) if isinstance(part, Placeholder))
    return list(dict.fromkeys(name.removeprefix(METADATA) for name in names if name.startswith(METADATA)))


def _once(pairs: Sequence[tuple[str, JSON]]) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableKeys(f"The key “{key}” stands twice in one object.")
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise UnreadableKeys(f"{name} is no number in JSON.")


def _values(path: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    """Every value that holds no others, with its path. An explicit stack: a hostile depth must not end the process."""
    stack = [(path, value)]
    while stack:
        here, one = stack.pop()
        inner = list(_inner(here, one))
        if inner:
            stack.extend(reversed(inner))
        else:
            yield here, one


def _inner(path: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    if isinstance(value, Mapping):
        yield from ((f"{path}.{key}" if path else key, one) for key, one in value.items())
    elif isinstance(value, list):
        yield from ((f"{path}[{number}]", one) for number, one in enumerate(value, start=1))


def _faults_of(path: str, value: JSON, *, depth: int) -> Iterator[KeyFault]:
    if isinstance(value, str):
        yield from _text_faults(path, value)
    elif isinstance(value, float) and not math.isfinite(value):
        yield KeyFault(path, "This number is too large.")
    elif isinstance(value, Mapping | list):
        if depth > DEEPEST:
            yield KeyFault(path, f"At most {DEEPEST} levels.")
            return
        if isinstance(value, Mapping):
            for key in value:
                yield from _key_faults(f"{path}.{key}" if path else key, key)
        for inner, one in _inner(path, value):
            yield from _faults_of(inner, one, depth=depth + 1)


def _key_faults(path: str, key: str) -> Iterator[KeyFault]:
    if not key.strip():
        yield KeyFault(path or '""', "A key needs a name.")
    elif len(key) > LONGEST_KEY:
        yield KeyFault(f"{path[:40]}…", f"A key has at most {LONGEST_KEY} characters; this one has {len(key)}.")
    elif not _is_printable(key):
        yield KeyFault(storable(path), "A key has characters that can be printed.")
    elif "{" in key or "}" in key:
        yield KeyFault(path, "A key is written as it is: placeholders stand in values only.")


def _text_faults(path: str, text: str) -> Iterator[KeyFault]:
    if len(text) > LONGEST_TEXT:
        yield KeyFault(path, f"At most {LONGEST_TEXT} characters; these are {len(text)}.")
    if not _is_printable(text.replace("\n", " ")):
        yield KeyFault(path, "It has characters that cannot be printed.")
    for part in parts(text):
        if isinstance(part, BraceAlone):
            yield KeyFault(path, f"A {part.brace} stands alone. Write {part.brace * 2} for the brace itself.")
        elif isinstance(part, Placeholder) and not is_known(part.name):
            yield KeyFault(path, f"{{{part.name}}} is not known. Known are {ALLOWED}.")


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
