"""How iTEP's API is spoken. It is not public, so every word of it is a setting (section 7 of ITEP.md and DESIGN.md)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from itep.dialect_checks import contradiction
from itep.toml_section import Section, TomlError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHODS = ("GET", "POST", "PUT", "PATCH")
_LONGEST_CALL_SECONDS = 120


class DialectError(TomlError):
    """The dialect cannot be used; the message is one line naming file, section and key."""


@dataclass(frozen=True, slots=True)
class Auth:
    place: str = "header"  # the key "in": header, query or body
    name: str = "X-Api-Key"
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class CallPath:
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Calls:
    assign: CallPath = CallPath("POST", "/api/assign")
    assign_and_send: CallPath = CallPath("POST", "/api/assign-and-send")


@dataclass(frozen=True, slots=True)
class RequestNames:
    """Names of the parameters; "" is not sent."""

    encoding: str = "json"
    product_code: str = "product_code"
    test_id: str = "test_id"
    source: str = "source"
    source_inventory: str = "inventory"
    source_sale: str = "sale"
    oid: str = ""
    tracking_code: str = ""
    assigned_to: str = "assigned_to"
    assigned_to_as: str = "object"


@dataclass(frozen=True, slots=True)
class AssignedToKeys:
    """Keys of the Assigned-to JSON; "" is left out."""

    name: str = "name"
    email: str = "email"
    oid: str = "oid"
    external_id: str = "external_id"
    max_bytes: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that stand in it: no product may have one of its own by such a name."""
        return tuple(filter(None, (self.name, self.email, self.oid, self.external_id)))


@dataclass(frozen=True, slots=True)
class ResponsePaths:
    """Dotted paths into the answer; "" is not in the answer."""

    test_id: str = "test_id"
    password: str = "password"
    error: str = "error.message"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """HTTP statuses, by what they say. Every other status is unknown."""

    success: tuple[int, ...] = (200, 201, 202)
    unavailable: tuple[int, ...] = (409,)
    bad_key: tuple[int, ...] = (401, 403)
    refused: tuple[int, ...] = (400, 404, 422)
    retry: tuple[int, ...] = (429, 503)


@dataclass(frozen=True, slots=True)
class Behavior:
    idempotent: bool = False
    per_second: float = 5  # 0: no limit
    timeout_seconds: float = 10


@dataclass(frozen=True, slots=True)
class Dialect:
    auth: Auth = field(default_factory=Auth)
    calls: Calls = field(default_factory=Calls)
    request: RequestNames = field(default_factory=RequestNames)
    assigned_to: AssignedToKeys = field(default_factory=AssignedToKeys)
    response: ResponsePaths = field(default_factory=ResponsePaths)
    outcomes: Outcomes = field(default_factory=Outcomes)
    behavior: Behavior = field(default_factory=Behavior)

    @property
    def picks_test_id(self) -> bool:
        """Whether iTEP picks the ID: then nothing is reserved, and none can be asked for."""
        return not self.request.test_id


def load(path: Path | None) -> Dialect:
    """The dialect of a TOML file; what it leaves out keeps its default, and None is the default dialect.

    Raises DialectError for anything that is not exactly as DESIGN.md section 7 has it.
    """
    if path is None:
        return Dialect()
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _read(Section(file=str(path), name="", found=tomllib.loads(text)), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise DialectError(f"{path}: cannot be read: {reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise DialectError(f"{path}: not TOML: {error}") from error
    except TomlError as error:
        raise DialectError(str(error)) from None


def warnings(dialect: Dialect) -> list[str]:
    """What iTEP strongly recommends in Assigned-to and this dialect does not send (ITEP.md, section 2)."""
    keys, sent = dialect.assigned_to, bool(dialect.request.assigned_to)
    told = []
    if not (sent and keys.name):
        told.append("Assigned-to carries no name of the candidate, which iTEP strongly recommends.")
    if not (sent and keys.email):
        told.append("Assigned-to carries no email of the candidate, which iTEP strongly recommends.")
    if not (sent and (keys.oid or keys.external_id)):
        told.append("Assigned-to carries no identifier of your own system, which iTEP strongly recommends.")
    if dialect.calls.assign == dialect.calls.assign_and_send:
        told.append("Both calls are the same request: iTEP cannot tell who is to send the test ID.")
    return told


def _read(top: Section, file: str) -> Dialect:
    dialect = Dialect(
        auth=_auth(top.section("auth")),
        calls=_calls(top.section("calls")),
        request=_request(top.section("request")),
        assigned_to=_assigned_to(top.section("assigned_to")),
        response=_response(top.section("response")),
        outcomes=_outcomes(top.section("outcomes")),
        behavior=_behavior(top.section("behavior")),
    )
    top.end()
    if wrong := contradiction(dialect):
        raise DialectError(f"{file}: {wrong}")
    return dialect


def _auth(section: Section) -> Auth:
    default = Auth()
    auth = Auth(
        place=section.choice("in", default.place, ("header", "query", "body")),
        name=section.text("name", default.name, required=True),
        prefix=section.text("prefix", default.prefix),
    )
    if auth.place == "header" and not _HEADER_NAME.fullmatch(auth.name):
        raise section.wrong("name", f"expected the name of a header, found {auth.name!r}")
    section.end()
    return auth


def _calls(section: Section) -> Calls:
    default = Calls()
    calls = Calls(
        assign=_call(section.section("assign"), default.assign),
        assign_and_send=_call(section.section("assign_and_send"), default.assign_and_send),
    )
    section.end()
    return calls


def _call(section: Section, default: CallPath) -> CallPath:
    call = CallPath(section.text("method", default.method).upper(), section.text("path", default.path, required=True))
    if call.method not in _METHODS:
        raise section.wrong("method", f"expected one of {', '.join(_METHODS)}; found {call.method!r}")
    if "://" in call.path or "#" in call.path or " " in call.path:
        raise section.wrong("path", f"expected a path below ITEP_BASE_URL, such as /api/assign; found {call.path!r}")
    section.end()
    return call


def _request(section: Section) -> RequestNames:
    default = RequestNames()
    request = RequestNames(
        encoding=section.choice("encoding", default.encoding, ("json", "form")),
        product_code=section.text("product_code", default.product_code),
        test_id=section.text("test_id", default.test_id),
        source=section.text("source", default.source),
        source_inventory=section.text("source_inventory", default.source_inventory),
        source_sale=section.text("source_sale", default.source_sale),
        oid=section.text("oid", default.oid),
        tracking_code=section.text("tracking_code", default.tracking_code),
        assigned_to=section.text("assigned_to", default.assigned_to),
        assigned_to_as=section.choice("assigned_to_as", default.assigned_to_as, ("object", "string")),
    )
    section.end()
    return request


def _assigned_to(section: Section) -> AssignedToKeys:
    default = AssignedToKeys()
    keys = AssignedToKeys(
        name=section.text("name", default.name),
        email=section.text("email", default.email),
        oid=section.text("oid", default.oid),
        external_id=section.text("external_id", default.external_id),
        max_bytes=section.whole_number("max_bytes", default.max_bytes, most=10_000_000),
    )
    section.end()
    return keys


def _response(section: Section) -> ResponsePaths:
    default = ResponsePaths()
    paths = ResponsePaths(
        test_id=section.text("test_id", default.test_id),
        password=section.text("password", default.password),
        error=section.text("error", default.error),
    )
    section.end()
    return paths


def _outcomes(section: Section) -> Outcomes:
    """A status that the file gives to one outcome leaves the lists that the file does not name."""
    default, names = Outcomes(), [each.name for each in fields(Outcomes)]
    given = {name: section.http_statuses(name, (), required=name == "success") for name in names if name in section}
    named: dict[int, str] = {}
    for name, statuses in given.items():
        for status in statuses:
            if named.setdefault(status, name) != name:
                raise section.wrong(name, f"the status {status} stands under {named[status]} as well")
    section.end()
    left = {name: tuple(s for s in getattr(default, name) if s not in named) for name in names if name not in given}
    return Outcomes(**{**left, **given})


def _behavior(section: Section) -> Behavior:
    default = Behavior()
    behavior = Behavior(
        idempotent=section.flag("idempotent", default.idempotent),
        per_second=section.number("per_second", default.per_second, least=0, most=10_000),
        timeout_seconds=section.number(
            "timeout_seconds", default.timeout_seconds, least=0.1, most=_LONGEST_CALL_SECONDS
        ),
    )
    section.end()
    return behavior
