"""The addresses of database, broker, cache and mail server, as Django and Celery want them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

DATABASE_KINDS = frozenset({"sqlite", "postgres", "postgresql"})
BROKER_KINDS = frozenset({"redis", "rediss", "filesystem"})
MAIL_KINDS = frozenset({"smtp", "smtp+tls", "smtp+ssl", "smtps", "filemail", "consolemail"})
WEB_THREADS = 8
SQLITE = {
    # A write lock from the start: a transaction that reads first and writes later would fail at once as "locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # 32 MB of cache: with SQLite's own two, an export of 100,000 rows reads its indexes again and again.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
}


def database(text: str) -> dict[str, Any]:
    """Raises ValueError, as all of these do, with what was expected."""
    if text.partition(":")[0] not in DATABASE_KINDS:
        raise ValueError("expected sqlite:///path or postgresql://user:password@host:port/name")
    settings = _parsed(environ.Env.db_url_config, text)
    if not settings.get("NAME"):
        raise ValueError("cannot be read as a database's address that ends in its name")
    options = settings.pop("OPTIONS", {})
    # A connection of the pool is looked at before it is used: after a restart of the database each one is dead.
    settings["CONN_HEALTH_CHECKS"] = not is_sqlite(settings)
    return {**settings, "OPTIONS": {**options, **(SQLITE if is_sqlite(settings) else _postgresql())}}


def is_sqlite(settings: dict[str, Any]) -> bool:
    return str(settings["ENGINE"]).endswith("sqlite3")


def _postgresql() -> dict[str, Any]:
    # Per process: its threads must fit. CONN_MAX_AGE stays 0, since the pool keeps the connections.
    # No JIT: compiling costs a third of a second, and none of our statements runs long enough to earn that back.
    pool = {"min_size": 1, "max_size": WEB_THREADS + 4, "timeout": 10}
    return {"pool": pool, "options": "-c jit=off"}


def broker(text: str) -> str:
    if text.partition(":")[0] not in BROKER_KINDS or "://" not in text:
        raise ValueError("expected redis://host:port/number, rediss://... or filesystem://")
    try:
        usable = urlsplit(text).port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("its port is not a number from 1 to 65535")
    return text


def broker_options(address: str, data_dir: Path) -> dict[str, Any]:
    """How the transport keeps and redelivers wake-up calls. A dead Redis is noticed within a second, not waited for."""
    if not address.startswith("filesystem"):
        return {
            "visibility_timeout": 900,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_keepalive": True,
            "socket_timeout": 30,
            "socket_connect_timeout": 1,
            "health_check_interval": 25,
            "retry_on_timeout": True,
        }
    folders = {name: data_dir / "broker" / name for name in ("messages", "processed", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "polling_interval": 0.1,
        "store_processed": False,
    }


def caches(broker_address: str, data_dir: Path) -> dict[str, Any]:
    """What all web processes share, for the rate limits: Redis where there is one, else files beside the database."""
    if broker_address.startswith("filesystem"):
        location = str(data_dir / "cache")
        return {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": location}}
    options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return {"default": {"BACKEND": "portal.cache.SharedCache", "LOCATION": broker_address, "OPTIONS": options}}


def mail_server(text: str) -> dict[str, Any]:
    if text.partition(":")[0] not in MAIL_KINDS or "://" not in text:
        raise ValueError(
            "expected smtp://user:password@host:port, smtp+tls://..., smtp+ssl://... or filemail:///folder"
        )
    settings = _parsed(environ.Env.email_url_config, text)
    if not (settings.get("EMAIL_HOST") or settings.get("EMAIL_FILE_PATH") or text.startswith("consolemail")):
        raise ValueError("cannot be read as a mail server's address")
    return settings


def _parsed(parse: Callable[[str], dict[str, Any]], text: str) -> dict[str, Any]:
    try:
        return parse(text)
    except (ValueError, TypeError, environ.ImproperlyConfigured):
        return {}
