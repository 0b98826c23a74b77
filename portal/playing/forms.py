"""The forms of a page, with what stands in them, so that a program can fill one in as a person would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """One form: where it goes, and its fields as the page filled them in."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(self._open, tag, said)

    def _control(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "option" and self._select and ("selected" in said or self._select not in form.fields):
            form.fields[self._select] = said.get("value", "")
        elif tag == "button" and name:
            form.buttons.append((name, said.get("value", "")))
        elif tag in ("input", "select", "textarea") and name and "disabled" not in said:
            form.names.add(name)
            self._select = name if tag == "select" else ""
            self._textarea = name if tag == "textarea" else ""
            kind = said.get("type", "text")
            if tag == "input" and kind != "file" and (kind not in ("checkbox", "radio") or "checked" in said):
                form.fields[name] = said.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            self._open.fields[self._textarea] = self._open.fields.get(self._textarea, "") + data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._textarea = ""


def forms_of(html: str) -> list[Form]:
    """Every form of a page, in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms
