"""An iTEP that was written from the text of a dialect alone, as somebody at iTEP's side would.

It reads the TOML by itself and imports nothing of the portal: if the two understand the text differently, tests fail.
It stands at `/base`, keeps a stock of IDs per product, and refuses what does not come exactly as the text says.
"""

from __future__ import annotations

import json
import threading
import tomllib
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Taken:
    """One call that came exactly as the text says, and what it was given."""

    call: str
    source: str
    product: str
    asked_for: str | None
    assigned: str
    oid: str
    tracking_code: str | None
    assigned_to: dict[str, Any]


@dataclass
class ItepFromText:
    """`refuse_next` holds names of outcome lists: so the next calls are answered, with the last status of that list."""

    dialect_file: Path
    key: str
    stock: dict[str, list[str]]
    refuse_next: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    received: int = 0

    def __post_init__(self) -> None:
        self.text: dict[str, Any] = tomllib.loads(self.dialect_file.read_text(encoding="utf-8"))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/base"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and JSON for one request."""
        self.received += 1
        try:
            call = self._call(method, urlsplit(target).path)
            query = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
            given = query if method == "GET" else self._body(headers, body)
            self._check_key(headers, query, given)
            if self.refuse_next:
                outcome = self.refuse_next.popleft()
                return self.text["outcomes"][outcome][-1], self._at("error", f"You said: {outcome}.")
            return self._assign(call, given)
        except _Wrong as wrong:
            self.wrong.append(str(wrong))
            return 599, {}

    def _call(self, method: str, path: str) -> str:
        for name, call in self.text["calls"].items():
            if (method, path) == (call["method"], "/base/" + call["path"].lstrip("/")):
                return str(name)
        raise _Wrong(f"nothing at {method} {path}")

    def _body(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if self.text["request"]["encoding"] == "form":
            _expect(headers["content-type"] == "application/x-www-form-urlencoded", "no form")
            return dict(parse_qsl(body.decode("utf-8", "strict"), keep_blank_values=True, strict_parsing=True))
        _expect(headers["content-type"] == "application/json", "no JSON")
        found: dict[str, Any] = json.loads(body)
        return found

    def _check_key(self, headers: dict[str, str], query: dict[str, str], given: dict[str, Any]) -> None:
        auth = self.text["auth"]
        places = {"header": headers, "query": query, "body": given}
        name = auth["name"].lower() if auth["in"] == "header" else auth["name"]
        found = [place for place, where in places.items() if where.pop(name, None) == auth["prefix"] + self.key]
        _expect(found == [auth["in"]], f"the key stands in {found}")

    def _assign(self, call: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        names = self.text["request"]
        words = {names["source_inventory"]: "inventory", names["source_sale"]: "sale"}
        read = {key: given.pop(names[key], None) for key in PARAMETERS if names[key]}
        _expect(not given, f"not in the text: {sorted(given)}")
        source = words.get(str(read["source"]), "")
        _expect(bool(source), f"source {read['source']!r}")
        wish, product = read.get("test_id"), str(read["product_code"])
        record = self._record(read["assigned_to"])
        assigned = f"SOLD{len(self.taken)}" if source == "sale" else self._from_stock(product, wish)
        oid = str(read.get("oid") or record[self.text["assigned_to"]["oid"]])
        code = read.get("tracking_code")
        self.taken.append(Taken(call, source, product, wish, assigned, oid, code, record))
        answer = self._at("test_id", assigned)
        _merge(answer, self._at("password", f"pin-of-{assigned}"))
        return self.text["outcomes"]["success"][-1], answer

    def _from_stock(self, product: str, wish: str | None) -> str:
        has = self.stock[product]
        picks = not self.text["request"]["test_id"]
        _expect(picks == (wish is None), f"test ID {wish!r}")
        assigned = has[0] if picks else str(wish)
        has.remove(assigned)
        return assigned

    def _record(self, value: Any) -> dict[str, Any]:
        as_text = self.text["request"]["encoding"] == "form" or self.text["request"]["assigned_to_as"] == "string"
        _expect(isinstance(value, str) == as_text, f"Assigned-to as {type(value).__name__}")
        size = len((value if as_text else json.dumps(value, ensure_ascii=False)).encode())
        most = self.text["assigned_to"]["max_bytes"]
        _expect(size <= (most or size), f"Assigned-to of {size} bytes")
        found: dict[str, Any] = json.loads(value) if as_text else value
        known = {name for key, name in self.text["assigned_to"].items() if key != "max_bytes" and name}
        _expect(set(found) == known, f"Assigned-to has {sorted(found)}")
        return found

    def _at(self, what: str, value: str) -> dict[str, Any]:
        """An object with the value at the dotted path of the text; a number steps into a list."""
        built: Any = value
        for step in reversed(self.text["response"][what].split(".")):
            built = [built] if step == "0" else {step: built}
        return dict(built)


PARAMETERS = ("product_code", "test_id", "source", "oid", "tracking_code", "assigned_to")


class _Wrong(Exception):
    """The request is not what the text says."""


def _expect(holds: bool, why: str) -> None:
    if not holds:
        raise _Wrong(why)


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        there = into.get(name)
        if isinstance(there, dict):
            _merge(there, value)
        elif isinstance(there, list):
            _merge(there[0], value[0])
        else:
            into[name] = value


def _handler(itep: ItepFromText) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = itep.answer(self.command, self.path, headers, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_PUT(self) -> None:
            self._serve()

        def do_PATCH(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    return Handler
