"""Strict reading of one section of a TOML file: every mistake is one clear line naming file, section and key."""

from __future__ import annotations

import math
from collections.abc import Collection


class TomlError(ValueError):
    """One line that says which file, section and key is wrong, and what was expected."""


class Section:
    """Takes keys out of a section one by one; whatever is left at the end is unknown."""

    def __init__(self, *, file: str, name: str, found: object) -> None:
        self._file, self._name = file, name
        if not isinstance(found, dict):
            raise TomlError(f"{file}: [{name}]: expected a section, found {_kind(found)}")
        self._left: dict[str, object] = dict(found)

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def section(self, name: str) -> Section:
        full = f"{self._name}.{name}" if self._name else name
        return Section(file=self._file, name=full, found=self._left.pop(name, {}))

    def text(self, key: str, default: str, *, required: bool = False) -> str:
        value = self._left.pop(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"expected a text, found {_kind(value)}")
        if not value.isprintable():
            raise self.wrong(key, "expected printable characters only")
        if required and not value.strip():
            raise self.wrong(key, "must not be empty")
        return value

    def choice(self, key: str, default: str, choices: Collection[str]) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(key, f"expected one of {', '.join(choices)}; found {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"expected true or false, found {_kind(value)}")
        return value

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        value = self._left.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"expected a number, found {_kind(value)}")
        if not math.isfinite(value) or not least <= value <= most:
            raise self.wrong(key, f"expected {least:g} to {most:g}, found {value}")
        return value

    def whole_number(self, key: str, default: int, *, most: int) -> int:
        value = self.number(key, default, least=0, most=most)
        if not isinstance(value, int):
            raise self.wrong(key, f"expected a whole number, found {value}")
        return value

    def http_statuses(self, key: str, default: tuple[int, ...], *, required: bool = False) -> tuple[int, ...]:
        value = self._left.pop(key, list(default))
        if not isinstance(value, list) or (required and not value):
            raise self.wrong(key, f"expected a list of HTTP statuses, found {_kind(value)}")
        for status in value:
            if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
                raise self.wrong(key, f"expected HTTP statuses from 200 to 599, found {status!r}")
        return tuple(value)

    def end(self) -> None:
        """Raises TomlError if anything is left that no one has asked for."""
        for name, value in self._left.items():
            if self._name:
                raise self.wrong(name, "unknown key")
            raise TomlError(
                f"{self._file}: [{name}]: unknown section"
                if isinstance(value, dict)
                else f"{self._file}: {name}: unknown key outside every section"
            )

    def wrong(self, key: str, why: str) -> TomlError:
        return TomlError(f"{self._file}: [{self._name}] {key}: {why}")


def _kind(value: object) -> str:
    if value == []:
        return "an empty list"
    kinds = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a section",
    }
    return kinds.get(type(value), "a date or time")
