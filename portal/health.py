"""Is it alive, can it serve: for supervisors and load balancers."""

from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError


class Probes:
    """Answers `/healthz` and `/readyz` before anything looks at host, scheme or session: probes come by IP address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = {"/healthz": healthz, "/readyz": readyz}.get(request.path)
        if probe is None or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        return probe(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; whether it can serve is `readyz`'s matter, and no reason to kill it."""
    return _answer({"alive": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 where the database answers and every migration is applied. A broker that is away is told, and no failure:

    it carries wake-up calls only, and taking every web process out of service for it would turn a delay into an outage.
    """
    database = database_state()
    return _answer({"database": database, "broker": broker_state()}, ok=database == "ok")


def database_state() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations are waiting" if waiting else "ok"


def broker_state() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"


def _answer(found: dict[str, str], *, ok: bool = True) -> HttpResponse:
    return JsonResponse(found, status=200 if ok else 503, headers={"Cache-Control": "no-store"})
