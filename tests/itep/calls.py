"""Requests and a raw server for the tests of the client."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from itep.client import Call, CallRequest, Source

OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
KEY = "key-1234567890"
TEXT = '{"name": "Zoë & Co", "oid": "5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11"}'


def request(
    *, call: Call = Call.ASSIGN, test_id: str | None = "123982B8AP", source: Source = Source.INVENTORY, key: str = KEY
) -> CallRequest:
    return CallRequest(
        call=call,
        product_code="ACAD-PLUS",
        api_key=key,
        test_id=test_id,
        source=source,
        oid=OID,
        tracking_code="TC-1",
        assigned_to=TEXT,
    )


def read_request(connection: socket.socket) -> bytes:
    """One whole request, by its Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server on a free port that reads one request per connection and leaves the rest to `answer`."""
    requests: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                requests.append(read_request(connection))
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def says(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket], None]:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)
