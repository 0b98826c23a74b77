"""Slows down whoever tries addresses or codes of candidates' pages: by where they come from, and all together.

A right address is never slowed down: nobody guesses 192 bits. A right code is, with all others, once too many were
wrong: else it would be the one that gets through.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

MOST_MISSES = 20
MOST_MISSES_OF_ALL = 1000
SECONDS = 600


def until(request: HttpRequest) -> datetime | None:
    """When the asker may try again; None while they may."""
    if _count(_who(request)) >= MOST_MISSES or _count("all") >= MOST_MISSES_OF_ALL:
        return datetime.fromtimestamp((_window() + 1) * SECONDS, UTC)
    return None


def missed(request: HttpRequest) -> None:
    for key in (_key(_who(request)), _key("all")):
        if not cache.add(key, 1, SECONDS):
            try:
                cache.incr(key)
            except ValueError:  # it expired between the two
                cache.set(key, 1, SECONDS)


def _count(who: str) -> int:
    return int(cache.get(_key(who)) or 0)


def _window() -> int:
    return int(time.time() // SECONDS)


def _key(who: str) -> str:
    return f"guessing:{who}:{_window()}"


def _who(request: HttpRequest) -> str:
    """The address; of IPv6 its network, since one house has 2^64 of them. `portal.proxies` says whose it is."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network(f"{address}/64", strict=False).network_address) if isinstance(address, IPv6Address) else text
