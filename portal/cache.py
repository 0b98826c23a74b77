"""The cache that all web processes share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")


def _without_redis(fallback: T) -> Callable[[Callable[..., T]], Callable[..., T]]:
    def forgive(method: Callable[..., T]) -> Callable[..., T]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> T:
            try:
                return method(*args, **kwargs)
            except RedisError as error:
                log.warning("cache_unreachable", error=type(error).__name__)
                return fallback

        return call

    return forgive


class SharedCache(RedisCache):
    """Redis, whose absence slows nobody down: it holds rate limits only, and a login must work while it restarts."""

    get = _without_redis(None)(RedisCache.get)
    set = _without_redis(None)(RedisCache.set)
    add = _without_redis(True)(RedisCache.add)
    touch = _without_redis(False)(RedisCache.touch)
    delete = _without_redis(False)(RedisCache.delete)
    incr = _without_redis(1)(RedisCache.incr)
