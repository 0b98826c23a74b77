"""What no single key of a dialect can say of itself: keys that together lose, hide or contradict something."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itep.dialect import Dialect

_OUR_OWN_HEADERS = frozenset({"host", "content-type", "content-length", "transfer-encoding", "accept", "user-agent"})


def contradiction(dialect: Dialect) -> str | None:
    """The first contradiction, as "[section] key: why", or None."""
    return _lost_oid(dialect) or _hidden_key(dialect) or _one_name_twice(dialect)


def _lost_oid(dialect: Dialect) -> str | None:
    """Without our oid at iTEP neither an export nor a webhook could ever settle an unknown outcome."""
    in_assigned_to = dialect.request.assigned_to and dialect.assigned_to.oid
    if dialect.request.oid or in_assigned_to:
        return None
    if dialect.assigned_to.oid:
        return "[request] assigned_to: must be sent, or [request] oid be named: the oid goes nowhere"
    return "[assigned_to] oid: must be named here or as [request] oid: the oid goes nowhere"


def _hidden_key(dialect: Dialect) -> str | None:
    auth, methods = dialect.auth, {dialect.calls.assign.method, dialect.calls.assign_and_send.method}
    if auth.place == "header" and auth.name.lower() in _OUR_OWN_HEADERS:
        return f"[auth] name: the header {auth.name} has a meaning of its own"
    if auth.place == "body" and "GET" in methods:
        return "[auth] in: body is not possible where a call's method is GET"
    return None


def _one_name_twice(dialect: Dialect) -> str | None:
    names = dialect.request
    parameters = [
        ("product_code", names.product_code),
        ("test_id", names.test_id),
        ("source", names.source),
        ("oid", names.oid),
        ("tracking_code", names.tracking_code),
        ("assigned_to", names.assigned_to),
    ]
    keys = dialect.assigned_to
    record = [("name", keys.name), ("email", keys.email), ("oid", keys.oid), ("external_id", keys.external_id)]
    taken = {dialect.auth.name} if dialect.auth.place != "header" else set()
    return _repeated("request", parameters, taken) or _repeated("assigned_to", record, set())


def _repeated(section: str, named: list[tuple[str, str]], taken: set[str]) -> str | None:
    for key, name in named:
        if name and name in taken:
            return f"[{section}] {key}: the name {name!r} is used twice"
        taken.add(name)
    return None
