"""Slows down whoever tries addresses of candidates' pages. A right address is never slowed down."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest

MOST_MISSES = 20
SECONDS = 600


def has_guessed_enough(request: HttpRequest) -> bool:
    return int(cache.get(_key(request)) or 0) >= MOST_MISSES


def missed(request: HttpRequest) -> None:
    key = _key(request)
    if not cache.add(key, 1, SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it expired between the two
            cache.set(key, 1, SECONDS)


def _key(request: HttpRequest) -> str:
    return f"guessing:{request.META.get('REMOTE_ADDR', '')}"
