"""What the sandbox knows. Every record is frozen, has a key, and survives JSON: see store.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PLUS = ("Grammar", "Listening", "Reading", "Writing", "Speaking")
CORE = ("Grammar", "Listening", "Reading")


@dataclass(frozen=True, slots=True)
class Product:
    code: str
    name: str
    api_key: str
    suffix: str  # the end of its test IDs
    sections: list[str]
    needs_password: bool = False

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Exam:
    """One test ID. `status` is iTEP's own spelling; dates are ISO 8601; `number` keeps the order of purchase."""

    test_id: str
    product: str
    number: int
    status: str = "Ready"
    assigned_to: str = ""
    oid: str = ""  # where the call carried it as a parameter of its own
    password: str = ""
    valid_until: str = ""
    purchased_on: str = ""
    tracking_code: str = ""  # "": the one that applies to its product, or to all
    sold: bool = False
    test_date: str = ""
    minutes: int | None = None
    overall_level: str = ""
    overall_cefr: str = ""
    sections: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.test_id

    @property
    def available(self) -> bool:
        return self.status == "Ready" and not self.assigned_to.strip()


@dataclass(frozen=True, slots=True)
class TrackingCode:
    """`secret` by `auth`: none "", basic user:password, bearer the token, header "Name: value", hmac the key."""

    code: str
    url: str
    auth: str = "none"
    secret: str = ""
    sends_finished: bool = True
    applies_to: str = "all"  # all, a product code, or "" for tests that name it themselves

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Fault:
    key: str
    kind: str
    remaining: int | None = None  # None: until cleared
    seconds: float = 0.0
    status: int = 0  # 0: the connection is dropped
    message: str = ""
    copies: int = 2
    call: str = ""  # assign, assign_and_send, or "" for both


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook: what was to be posted, and every attempt at it."""

    key: str
    at: str
    test_id: str
    tracking_code: str
    url: str
    data: str
    state: str  # queued, held, sent, refused, failed, dropped
    copies: int = 1
    attempts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReceivedCall:
    key: str
    at: str
    call: str
    api_key: str  # masked
    product: str
    test_id: str
    oid: str
    source: str
    status: int  # 0: the connection was dropped
    acted_on: str  # the test ID that was assigned, or ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SentMail:
    key: str
    at: str
    to: str
    name: str
    test_id: str
    product: str
    password: str


@dataclass(frozen=True, slots=True)
class Switch:
    key: str
    on: bool


Record = Product | Exam | TrackingCode | Fault | Delivery | ReceivedCall | SentMail | Switch
KINDS: dict[str, type[Record]] = {
    kind.__name__: kind for kind in (Product, Exam, TrackingCode, Fault, Delivery, ReceivedCall, SentMail, Switch)
}
