"""The two calls, as the dialect has them, and what a fault makes of them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from itep.client import Call
from itep.dialect import CallPath, Dialect
from itep.sandbox import assigning, faults
from itep.sandbox.assigning import Asked, Assigned, Refusal
from itep.sandbox.records import Fault, ReceivedCall
from itep.sandbox.store import Store
from itep.sandbox.world import is_idempotent, now, the_dialect, the_store

_KEPT = 5000  # calls in the log
_HARMLESS = ("refuse", "bad_key", "busy", "fail_before", "go_away")


def paths() -> list[str]:
    """Where the dialect's calls arrive, without leading slash or query."""
    calls = the_dialect().calls
    return list(dict.fromkeys(_bare(call) for call in (calls.assign, calls.assign_and_send)))


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    store, dialect = the_store(), the_dialect()
    call = _call_of(dialect, request)
    if call is None:
        return HttpResponse(status=405)
    if faults.take(store, "go_away", call=call):
        _log(store, call, Asked(), status=0, note="went away")
        return dropped(request)
    if slow := faults.take(store, "slow", call=call):
        time.sleep(slow.seconds)
    try:
        asked = _read(dialect, request)
    except ValueError as error:
        return _refuse(store, dialect, call, Asked(), Refusal("refused", str(error), 400))
    fault = faults.take(store, *_HARMLESS, "fail_after", "other_id", call=call)
    if fault and fault.kind in _HARMLESS:
        return _fail(request, store, dialect, call, asked, fault)
    try:
        with store.change():
            assigned = assigning.assign(
                store,
                asked,
                mail=call is Call.ASSIGN_AND_SEND,
                idempotent=is_idempotent(store),
                another=bool(fault and fault.kind == "other_id"),
            )
            after = fault.status if fault and fault.kind == "fail_after" else dialect.outcomes.success[0]
            _log(store, call, asked, status=after, assigned=assigned, note=fault.kind if fault else "")
    except Refusal as refusal:
        return _refuse(store, dialect, call, asked, refusal)
    if fault and fault.kind == "fail_after":
        return HttpResponse("The pretend iTEP failed.", status=after) if after else dropped(request)
    return JsonResponse(_answer(dialect, assigned), status=after)


def dropped(request: HttpRequest) -> HttpResponse:
    """Ends the connection without an answer."""
    with suppress(OSError, KeyError):
        request.META["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
    return HttpResponse(status=500)


def _bare(call: CallPath) -> str:
    return urlsplit(f"http://x/{call.path.lstrip('/')}").path.lstrip("/")


def _call_of(dialect: Dialect, request: HttpRequest) -> Call | None:
    for call, path in ((Call.ASSIGN, dialect.calls.assign), (Call.ASSIGN_AND_SEND, dialect.calls.assign_and_send)):
        if (path.method, _bare(path)) == (request.method, request.path.lstrip("/")):
            return call
    return None


def _read(dialect: Dialect, request: HttpRequest) -> Asked:
    """What was asked, by the dialect's names. Raises ValueError."""
    given, names, keys = _parameters(dialect, request), dialect.request, dialect.auth
    places: Mapping[str, object] = {"header": request.headers, "query": request.GET.dict(), "body": given}[keys.place]
    source = _text(given, names.source)
    if names.source and source not in (names.source_inventory, names.source_sale):
        raise ValueError(f"{names.source}: expected {names.source_inventory} or {names.source_sale}, found {source!r}.")
    return Asked(
        api_key=str(places.get(keys.name) or "").removeprefix(keys.prefix),
        product=_text(given, names.product_code),
        test_id=_text(given, names.test_id).strip().upper(),
        sale=bool(names.source) and source == names.source_sale,
        oid=_text(given, names.oid),
        tracking_code=_text(given, names.tracking_code),
        assigned_to=_assigned_to(given, names.assigned_to),
        keys=dialect.assigned_to,
    )


def _parameters(dialect: Dialect, request: HttpRequest) -> Mapping[str, object]:
    if request.method == "GET":
        return request.GET.dict()
    if dialect.request.encoding == "form":
        return QueryDict(request.body, encoding="utf-8").dict()
    given = json.loads(request.body)
    if not isinstance(given, dict):
        raise ValueError("The body is not a JSON object.")
    return given


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name) if name else None
    return "" if value is None else str(value)


def _assigned_to(given: Mapping[str, object], name: str) -> str:
    """Assigned-to must be JSON when it comes through the API (ITEP.md, section 2)."""
    value = given.get(name) if name else None
    if value is None:
        if name:
            raise ValueError(f"{name}: is missing.")
        return ""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError as error:
            raise ValueError(f"{name}: is not JSON.") from error
        return value
    return json.dumps(value, ensure_ascii=False)


def _answer(dialect: Dialect, assigned: Assigned) -> dict[str, object]:
    answer: dict[str, object] = {}
    _put(answer, dialect.response.test_id, assigned.exam.test_id)
    if assigned.exam.password:
        _put(answer, dialect.response.password, assigned.exam.password)
    return answer


def _put(answer: dict[str, object], path: str, value: str) -> None:
    """Sets a dotted path; every step is an object, as a number is a key as well."""
    *steps, last = path.split(".")
    for step in steps:
        inner = answer.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        answer = inner
    if last:
        answer[last] = value


def _fail(request: HttpRequest, store: Store, dialect: Dialect, call: Call, asked: Asked, fault: Fault) -> HttpResponse:
    message = fault.message or f"The pretend iTEP was told to: {fault.kind}."
    match fault.kind:
        case "fail_before":
            _log(store, call, asked, status=fault.status, note="failed before acting")
            return HttpResponse(message, status=fault.status) if fault.status else dropped(request)
        case "busy":
            answer = _refuse(
                store, dialect, call, asked, Refusal("retry", message, fault.status or 429, forced=bool(fault.status))
            )
            answer.headers["Retry-After"] = str(int(fault.seconds) or 1)
            return answer
        case "bad_key":
            return _refuse(store, dialect, call, asked, Refusal("bad_key", message, 401))
        case _:
            return _refuse(
                store, dialect, call, asked, Refusal("refused", message, fault.status or 422, forced=bool(fault.status))
            )


def _refuse(store: Store, dialect: Dialect, call: Call, asked: Asked, refusal: Refusal) -> HttpResponse:
    """With the usual status if the dialect knows it under this outcome, else with the first that it does know."""
    known: tuple[int, ...] = getattr(dialect.outcomes, refusal.outcome)
    status = refusal.status if refusal.forced or refusal.status in known or not known else known[0]
    _log(store, call, asked, status=status, note=refusal.message)
    answer: dict[str, object] = {}
    _put(answer, dialect.response.error, refusal.message)
    return JsonResponse(answer, status=status)


def _log(
    store: Store, call: Call, asked: Asked, *, status: int, assigned: Assigned | None = None, note: str = ""
) -> None:
    with store.change():
        key = store.next_key(ReceivedCall)
        shown = f"{asked.api_key[:3]}..." if asked.api_key else ""
        acted_on = assigned.exam.test_id if assigned and not assigned.repeated else ""
        oid = asked.own_oid
        source = "sale" if asked.sale else "inventory"
        store.put(
            ReceivedCall(key, now(), call, shown, asked.product, asked.test_id, oid, source, status, acted_on, note)
        )
        store.remove(ReceivedCall, str(int(key) - _KEPT))
