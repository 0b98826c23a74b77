"""The two calls, in whatever dialect iTEP speaks: what would be sent, and sending it under a total deadline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from itep.answers import judge, unanswered
from itep.dialect import CallPath, Dialect
from itep.exchange import exchange
from itep.outcomes import Answer, Outcome
from itep.wire import JSON

__all__ = ["Answer", "Call", "CallRequest", "Outcome", "PreparedRequest", "Source", "build", "judge", "masked", "send"]

MASK = "********"


class Call(StrEnum):
    ASSIGN = "assign"  # the customer sends the test ID
    ASSIGN_AND_SEND = "assign_and_send"  # iTEP sends it


class Source(StrEnum):
    INVENTORY = "inventory"
    SALE = "sale"


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What is asked of iTEP, before any dialect. `test_id` is None for a sale, and where iTEP picks."""

    call: Call
    product_code: str
    api_key: str = field(repr=False)
    test_id: str | None
    source: Source
    oid: UUID
    tracking_code: str
    assigned_to: str = field(repr=False)  # the JSON text of assigned_to.compose


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """One HTTP request. Headers, params and body may hold the API key and a candidate's data, so repr shows none."""

    request: CallRequest
    base_url: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    params: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def full_url(self) -> str:
        if not self.params:
            return self.url
        return f"{self.url}{'&' if urlsplit(self.url).query else '?'}{urlencode(self.params)}"


def build(dialect: Dialect, base_url: str, request: CallRequest) -> PreparedRequest:
    """The exact request of a call. With GET the parameters stand in the query, since a body has no meaning there."""
    call = _call_path(dialect, request.call)
    secret = f"{dialect.auth.prefix}{request.api_key}"
    headers = {"Accept": "application/json", "User-Agent": "itep-fulfillment-portal"}
    parameters, params, body = _parameters(dialect, request), {}, b""
    match dialect.auth.place:
        case "header":
            headers[dialect.auth.name] = secret
        case "query":
            params[dialect.auth.name] = secret
        case _:
            parameters[dialect.auth.name] = secret
    if call.method == "GET":
        params = _flat(parameters) | params
    elif dialect.request.encoding == "form":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(_flat(parameters)).encode()
    else:
        headers["Content-Type"] = "application/json"
        body = json.dumps(parameters, ensure_ascii=False).encode()
    url = f"{base_url.rstrip('/')}/{call.path.lstrip('/')}"
    return PreparedRequest(
        request=request, base_url=base_url, method=call.method, url=url, headers=headers, params=params, body=body
    )


def masked(dialect: Dialect, prepared: PreparedRequest) -> str:
    """The request as text for a person to read, with the API key masked wherever the dialect puts it."""
    shown = build(dialect, prepared.base_url, replace(prepared.request, api_key=MASK))
    lines = [f"{shown.method} {shown.full_url}", *(f"{name}: {value}" for name, value in shown.headers.items())]
    return "\n".join([*lines, "", shown.body.decode()] if shown.body else lines)


def send(dialect: Dialect, prepared: PreparedRequest, deadline_seconds: float) -> Answer:
    """Makes the call, once, and judges what came of it. Never raises, and never takes longer than the deadline."""
    done = exchange(
        method=prepared.method,
        url=prepared.full_url,
        headers=prepared.headers,
        body=prepared.body,
        deadline_seconds=deadline_seconds,
    )
    if done.status is None:
        return unanswered(done)
    return judge(
        dialect,
        prepared.request,
        done.status,
        done.body,
        complete=done.complete,
        retry_after=done.retry_after,
        seconds=done.seconds,
    )


def _call_path(dialect: Dialect, call: Call) -> CallPath:
    return dialect.calls.assign if call is Call.ASSIGN else dialect.calls.assign_and_send


def _parameters(dialect: Dialect, request: CallRequest) -> dict[str, JSON]:
    names = dialect.request
    source = names.source_sale if request.source is Source.SALE else names.source_inventory
    as_object = names.assigned_to_as == "object" and request.assigned_to
    values: list[tuple[str, JSON]] = [
        (names.product_code, request.product_code),
        (names.test_id, request.test_id),
        (names.source, source),
        (names.oid, str(request.oid)),
        (names.tracking_code, request.tracking_code),
        (names.assigned_to, json.loads(request.assigned_to) if as_object else request.assigned_to),
    ]
    return {name: value for name, value in values if name and value}


def _flat(parameters: Mapping[str, JSON]) -> dict[str, str]:
    """A form and a query carry texts only, so the Assigned-to object goes as its JSON text."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in parameters.items()
    }
