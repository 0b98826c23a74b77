"""The client against real sockets: what the request did before the failure decides, not the failure's name."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from itep.client import Answer, Outcome, build, send
from itep.dialect import Auth, Dialect
from tests.itep.calls import KEY, read_request, request, says, server

DEFAULT = Dialect()


def call(base_url: str, *, deadline: float = 5.0, dialect: Dialect = DEFAULT, key: str = KEY) -> Answer:
    return send(dialect, build(dialect, base_url, request(key=key)), deadline)


def test_an_answer() -> None:
    with server(says("200 OK", b'{"test_id": "123982B8AP", "password": "pw"}')) as (url, requests):
        answer = call(url)
    assert (answer.outcome, answer.test_id, answer.password) == (Outcome.CONFIRMED, "123982B8AP", "pw")
    assert len(requests) == 1
    assert requests[0].startswith(b"POST /api/assign HTTP/1.1\r\n")
    assert f"X-Api-Key: {KEY}".encode() in requests[0]


def test_429_with_retry_after() -> None:
    with server(says("429 Too Many Requests", b"", "Retry-After: 17")) as (url, _):
        answer = call(url)
    assert (answer.outcome, answer.retry_after, answer.status) == (Outcome.RETRY, 17.0, 429)


def test_a_redirect_is_not_followed() -> None:
    elsewhere, here = server(says("200 OK", b"{}")), "307 Temporary Redirect"
    with elsewhere as (other, followed), server(says(here, b"", f"Location: {other}/x")) as (url, requests):
        answer = call(url)
    assert (answer.outcome, answer.status) == (Outcome.UNKNOWN, 307)
    assert (len(requests), len(followed)) == (1, 0)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_refused_connection_never_left() -> None:
    answer = call(f"http://127.0.0.1:{free_port()}")
    assert (answer.outcome, answer.status) == (Outcome.RETRY, None)


def test_a_name_that_does_not_resolve_never_left() -> None:
    assert call("http://itep.invalid").outcome is Outcome.RETRY


def test_an_address_that_cannot_be_read_never_left() -> None:
    assert call("no-scheme.example").outcome is Outcome.RETRY


def test_a_connection_that_is_never_made_never_left() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        answer = call(f"http://127.0.0.1:{full.getsockname()[1]}", deadline=0.6)
        for each in waiting:
            each.close()
    assert answer.outcome is Outcome.RETRY
    assert answer.seconds < 4


def test_a_name_server_that_hangs_is_left_at_the_deadline_and_nothing_leaves_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(2.0)
        return real(*args, **kwargs)

    with server(says("200 OK", b"{}")) as (url, requests):
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        answer = call(url, deadline=0.3)
        assert answer.outcome is Outcome.RETRY
        assert answer.seconds < 1.8
        time.sleep(2.5)
        assert [each for each in requests if each.strip()] == []


def test_dropped_after_the_request_is_unknown() -> None:
    with server(lambda connection: None) as (url, requests):
        answer = call(url)
    assert (answer.outcome, answer.status, len(requests)) == (Outcome.UNKNOWN, None, 1)


def test_silence_after_the_request_is_unknown() -> None:
    with server(lambda connection: time.sleep(3)) as (url, requests):
        answer = call(url, deadline=0.4)
    assert (answer.outcome, len(requests)) == (Outcome.UNKNOWN, 1)
    assert answer.seconds < 2.5


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"])
def test_a_server_that_drips_does_not_outlive_the_deadline(head: str) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head.encode())
        for _ in range(160):
            time.sleep(0.05)
            connection.sendall(b" ")

    with server(drip) as (url, _):
        answer = call(url, deadline=0.5)
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.seconds < 4


def test_a_refusal_whose_body_drips_is_still_a_refusal() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 409 Conflict\r\nContent-Length: 900\r\n\r\n")
        time.sleep(1)

    with server(drip) as (url, _):
        assert call(url, deadline=0.4).outcome is Outcome.UNAVAILABLE


def test_a_body_that_breaks_off_is_unknown() -> None:
    cut = b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"test_id": "1239"}'
    with server(lambda connection: connection.sendall(cut)) as (url, _):
        assert call(url).outcome is Outcome.UNKNOWN


def test_a_huge_answer_is_cut_and_unknown() -> None:
    huge = b'{"test_id": "123982B8AP", "x": "' + b"x" * 5_000_000 + b'"}'
    with server(says("200 OK", huge)) as (url, _):
        answer = call(url)
    assert answer.outcome is Outcome.UNKNOWN
    assert len(answer.body) == 8192


def test_what_is_not_http_is_unknown() -> None:
    with server(lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n")) as (url, _):
        assert call(url).outcome is Outcome.UNKNOWN


def test_tls_that_fails_never_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"https://127.0.0.1:{listener.getsockname()[1]}"
        got: list[bytes] = []

        def plain() -> None:
            connection, _ = listener.accept()
            with connection:
                got.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=plain, daemon=True)
        thread.start()
        answer = call(base)
        thread.join(5)
    assert (answer.outcome, answer.status) == (Outcome.RETRY, None)
    assert KEY.encode() not in got[0]


def test_a_certificate_that_nobody_trusts_never_left(self_signed: ssl.SSLContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        got: list[bytes] = []

        def secure() -> None:
            connection, _ = listener.accept()
            try:
                with self_signed.wrap_socket(connection, server_side=True) as wrapped:
                    got.append(wrapped.recv(65536))
            except OSError:
                got.append(b"")

        thread = threading.Thread(target=secure, daemon=True)
        thread.start()
        answer = call(f"https://127.0.0.1:{listener.getsockname()[1]}")
        thread.join(5)
    assert (answer.outcome, answer.status, got) == (Outcome.RETRY, None, [b""])
    assert "secure connection" in answer.error


@pytest.mark.parametrize("deadline", [5.0, 0.4])
def test_over_tls(
    self_signed: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deadline: float
) -> None:
    """Trusted, the same server is spoken to; a silent one is left at the deadline, and the request had left."""
    listener = socket.create_server(("127.0.0.1", 0))

    def secure() -> None:
        connection, _ = listener.accept()
        with self_signed.wrap_socket(connection, server_side=True) as wrapped:
            read_request(wrapped)
            if deadline > 1:
                says("200 OK", b'{"test_id": "N1"}')(wrapped)
            else:
                time.sleep(1)

    thread = threading.Thread(target=secure, daemon=True)
    thread.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "server.pem"))
    with listener:
        answer = call(f"https://127.0.0.1:{listener.getsockname()[1]}", deadline=deadline)
        thread.join(5)
    assert (answer.outcome, answer.test_id) == ((Outcome.CONFIRMED, "N1") if deadline > 1 else (Outcome.UNKNOWN, None))


def test_a_key_that_cannot_be_sent_is_a_bad_key() -> None:
    with server(says("200 OK", b"{}")) as (url, requests):
        answer = call(url, key="two\nlines")
        fine = call(url, key="schlüssel", dialect=Dialect(auth=Auth("header", "Authorization", "Bearer ")))
    assert (answer.outcome, fine.outcome) == (Outcome.BAD_KEY, Outcome.CONFIRMED)
    assert len(requests) == 1
    assert "Authorization: Bearer schlüssel".encode() in requests[0]


def test_a_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    dialect = Dialect(auth=Auth("header", "Authorization", "Bearer "))
    with server(says("200 OK", b"{}")) as (url, requests):
        call(url, dialect=dialect)
    assert f"Authorization: Bearer {KEY}".encode() in requests[0]


def test_no_failure_tells_the_key() -> None:
    dialect = Dialect(auth=Auth("query", "key"))
    for url in (f"http://127.0.0.1:{free_port()}", "http://itep.invalid", "no-scheme"):
        assert KEY not in repr(call(url, dialect=dialect))


def test_a_proxy_of_the_environment_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with server(says("200 OK", b"{}")) as (url, _):
        assert call(url).outcome is Outcome.CONFIRMED
    assert call("http://itep.example").outcome is Outcome.RETRY  # the proxy is tried, and is not there
