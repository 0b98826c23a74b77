"""The instant at which a request leaves: before it nothing has happened at iTEP, after it nobody knows."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class TooLate(Exception):
    """The caller has gone: the request must not leave any more."""


class Departure:
    """A gate that one thread passes and another closes. Whichever comes first wins, once and for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._socket: socket.socket | None = None
        self.left = False

    def leave(self, connection: socket.socket | None) -> None:
        """Called right before the first byte. Raises TooLate."""
        with self._lock:
            if self._closed:
                raise TooLate
            self.left = True
            self._socket = connection

    def close(self) -> bool:
        """Nothing leaves from now on, and a reading thread wakes up. True if the request had left."""
        with self._lock:
            self._closed = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not SSLSocket's own shutdown, which takes the TLS state from under the reading thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            return self.left


class WatchingAdapter(HTTPAdapter):
    """An adapter whose connections pass the gate. Bytes of a proxy's tunnel are not the request and do not count."""

    def __init__(self, departure: Departure) -> None:
        self._pools = _pools(departure)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(departure: Departure) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnectionPool):
        ConnectionCls = _watched(HTTPConnection, departure)

    class Secure(HTTPSConnectionPool):
        ConnectionCls = _watched(HTTPSConnection, departure)  # type: ignore[assignment]

    return {"http": Plain, "https": Secure}


def _watched(kind: type[HTTPConnection], departure: Departure) -> type[HTTPConnection]:
    class Watched(kind):  # type: ignore[misc, valid-type]
        def connect(self) -> None:
            self._under_way = True
            super().connect()
            self._under_way = False

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            if not self._under_way:
                departure.leave(self.sock)
            super().send(data)

    return Watched
