"""Reading one environment variable: `NAME`, or the content of the file that `NAME_FILE` names, as what it means."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class BadVariable(Exception):
    """A variable whose value cannot be used; its text is the line that the operator sees, without secrets."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


@dataclass(frozen=True, slots=True)
class Variables:
    """The process's environment; an empty value counts as none, as docker compose passes what is unset."""

    values: Mapping[str, str]

    def text(self, name: str) -> str | None:
        direct, file = self.values.get(name, "").strip(), self.values.get(f"{name}_FILE", "").strip()
        if direct and file:
            raise BadVariable(name, f"is set twice, as {name} and as {name}_FILE")
        return direct or (_content(f"{name}_FILE", file) if file else None)

    def read(self, name: str, default: T, kind: Callable[[str], T]) -> T:
        """The variable as `kind` reads it; `kind` raises ValueError with what was expected, in words."""
        if (text := self.text(name)) is None:
            return default
        try:
            return kind(text)
        except ValueError as why:
            raise BadVariable(name, str(why)) from None


def _content(name: str, file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as why:
        reason = why.strerror if isinstance(why, OSError) else "not text"
        raise BadVariable(name, f"cannot be read from {file} ({reason})") from None
    if not text:
        raise BadVariable(name, f"the file {file} is empty")
    return text


def flag(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError(f"is {text!r}, expected 0 or 1")


def whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"is {text!r}, expected a whole number from {least} to {most}")
        return int(text)

    return number


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def web_address(text: str) -> str:
    """An http(s) address without a slash at its end; credentials, query and fragment have no place in one."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        usable = usable and not (
            parts.username or parts.query or parts.fragment or any(mark.isspace() for mark in text)
        )
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("expected an address such as https://portal.example.org, without user, query or fragment")
    return text.rstrip("/")


def folder(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as why:
        raise ValueError(f"{path} cannot be made ({why.strerror})") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ValueError(f"{path} cannot be written")
    return path
