"""A real sandbox process on a free port, driven by its JSON API, and a receiver for its webhooks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import requests

from itep.assigned_to import compose
from itep.client import Answer, Call, CallRequest, Source, build, send
from itep.dialect import Dialect

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "sandbox-key-academic"


@dataclass
class Sandbox:
    """`dialect` is the one it speaks."""

    folder: Path
    port: int
    dialect_file: Path | None = None
    dialect: Dialect = Dialect()  # noqa: RUF009 - frozen
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "itep.sandbox", "--port", str(self.port), "--data-dir", str(self.folder)]
        command += ["--dialect", str(self.dialect_file)] if self.dialect_file else []
        environment = {name: value for name, value in os.environ.items() if name != "ITEP_DIALECT"}
        # A process group of its own, so that a kill takes server and worker together.
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.url}/sandbox/api/health", timeout=5).ok:
                    return
            except requests.RequestException:  # gunicorn listens before its worker can answer
                time.sleep(0.1)
        raise AssertionError("The sandbox did not start.")

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        assert self.process
        os.killpg(self.process.pid, how)
        self.process.wait(30)

    def get(self, path: str) -> dict[str, Any]:
        return self._json("GET", path, None)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._json("POST", path, body)

    def delete(self, path: str) -> dict[str, Any]:
        return self._json("DELETE", path, None)

    def _json(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = requests.request(method, f"{self.url}/sandbox/api/{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def export(self, shape: str = "csv", rest: str = "") -> bytes:
        return requests.get(f"{self.url}/sandbox/api/export?format={shape}{rest}", timeout=30).content

    def test(self, test_id: str) -> dict[str, Any]:
        return self.get(f"tests/{test_id}")

    def available(self, product: str = "ACAD-PLUS") -> list[str]:
        return [test["test_id"] for test in self.get(f"tests?product={product}&available=1")["tests"]]

    def call(
        self,
        test_id: str | None,
        *,
        oid: UUID | None = None,
        product: str = "ACAD-PLUS",
        key: str = KEY,
        call: Call = Call.ASSIGN,
        source: Source = Source.INVENTORY,
        deadline: float = 10.0,
        name: str = "Ana Silva",
    ) -> Answer:
        oid = oid or uuid4()
        text = compose(self.dialect, name=name, email="ana@example.org", oid=oid, external_id="hr-7")
        request = CallRequest(call, product, key, test_id, source, oid, "", text)
        return send(self.dialect, build(self.dialect, self.url, request), deadline)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, dialect_file: Path | None = None, dialect: Dialect | None = None) -> Iterator[Sandbox]:
    sandbox = Sandbox(folder, free_port(), dialect_file, dialect or Dialect())
    try:
        sandbox.start()
        yield sandbox
    finally:
        sandbox.stop()


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


@contextmanager
def receiver(status: int = 200) -> Iterator[tuple[str, list[Post]]]:
    """A server that keeps every POST."""
    posts: list[Post] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append(Post(self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posts
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
