"""Logs: one JSON object a line, or readable lines in a terminal. No local variables, secret paths or tokens."""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest

# A tracking code's path and a candidate's link are secrets; iTEP and mail programs put them into addresses anyway.
SECRET_PATH = re.compile(r"(/webhooks/itep/|/c/|/reset/key/|/reset/)[^/\s'\"?]+")
Event = MutableMapping[str, Any]


def mask_paths(_logger: object, _method: str, event: Event) -> Event:
    """Takes the secret segment out of every text of an entry."""
    for name, value in event.items():
        if isinstance(value, HttpRequest):
            event[name] = SECRET_PATH.sub(r"\1***", str(value))
        elif isinstance(value, str) and "/" in value:
            event[name] = SECRET_PATH.sub(r"\1***", value)
    return event


def set_up(*, console: bool) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        structlog.stdlib.ExtraAdder(),
        # Before masking, as text: a traceback names the path that failed. Never with local variables.
        structlog.processors.format_exc_info,
        mask_paths,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False) if console else structlog.processors.JSONRenderer()
    logging.config.dictConfig(_config(shared, renderer, requests="WARNING" if console else "INFO"))


def _config(shared: list[Any], renderer: Any, *, requests: str) -> dict[str, Any]:
    """`requests`: the level of one line per request and task; in a terminal only what went wrong is of interest."""
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": processors,
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django_structlog": {"level": requests},
            # One line per wake-up call says nothing, and would stand around the answers of commands.
            "django_structlog.celery": {"level": "WARNING"},
            "celery.worker.strategy": {"level": requests},
            "celery.worker.request": {"level": requests},
            "celery.app.trace": {"level": requests},
            "celery.beat": {"level": requests},
            "kombu": {"level": "ERROR"},
            # django_structlog says the same in one entry, with the request's id.
            "django.request": {"level": "CRITICAL"},
        },
    }
