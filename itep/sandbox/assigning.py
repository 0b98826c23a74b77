"""What a call does at iTEP: an ID is given to a candidate, or the reason why not."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace

from itep.assigned_to import oids_in
from itep.dialect import AssignedToKeys
from itep.sandbox.panel import first_available
from itep.sandbox.records import Exam, Product, SentMail
from itep.sandbox.seed import new_ids
from itep.sandbox.store import Store
from itep.sandbox.world import now


@dataclass(frozen=True, slots=True)
class Asked:
    """A call in the sandbox's words."""

    api_key: str = field(default="", repr=False)
    product: str = ""
    test_id: str = ""
    sale: bool = False
    oid: str = ""
    tracking_code: str = ""
    assigned_to: str = ""
    keys: AssignedToKeys = field(default_factory=AssignedToKeys)

    @property
    def own_oid(self) -> str:
        return self.oid or next((str(oid) for oid in oids_in(self.assigned_to)), "")


@dataclass(frozen=True, slots=True)
class Assigned:
    exam: Exam
    repeated: bool = False  # the same oid again: nothing was done


class Refusal(Exception):
    """`outcome` names a list of the dialect's outcomes; `status` is sent if that list has it, or if it is forced."""

    def __init__(self, outcome: str, message: str, status: int, *, forced: bool = False) -> None:
        super().__init__(message)
        self.outcome, self.message, self.status, self.forced = outcome, message, status, forced


def assign(store: Store, asked: Asked, *, mail: bool, idempotent: bool, another: bool) -> Assigned:
    """Gives the test ID. `another` is the fault that gives a different one. Raises Refusal."""
    product = _product(store, asked)
    if idempotent and asked.own_oid and (before := _given_before(store, asked)):
        return Assigned(before, repeated=True)
    exam = _free(store, asked, product, another=another)
    exam = replace(
        exam,
        assigned_to=asked.assigned_to,
        oid=asked.oid,
        tracking_code=asked.tracking_code or exam.tracking_code,
    )
    with store.change():
        store.put(exam)
        if mail:
            store.put(_mail(store, exam, asked))
    return Assigned(exam)


def _product(store: Store, asked: Asked) -> Product:
    product = store.get(Product, asked.product)
    if asked.api_key not in {each.api_key for each in store.all(Product)}:
        raise Refusal("bad_key", "The API key is not valid.", 401)
    if product is None:
        raise Refusal("refused", f"There is no product code {asked.product!r}.", 404)
    if asked.api_key != product.api_key:
        raise Refusal("bad_key", f"The API key does not belong to {product.code}.", 401)
    return product


def _given_before(store: Store, asked: Asked) -> Exam | None:
    """The ID that this oid already has, if it is the one asked for, or none was."""
    for exam in store.all(Exam):
        same_id = not asked.test_id or exam.test_id == asked.test_id
        if same_id and exam.product == asked.product and _oid_of(exam) == asked.own_oid:
            return exam
    return None


def _oid_of(exam: Exam) -> str:
    return exam.oid or next((str(oid) for oid in oids_in(exam.assigned_to)), "")


def _free(store: Store, asked: Asked, product: Product, *, another: bool) -> Exam:
    if asked.sale:
        return new_ids(store, product, 1, random.Random(), sold=True)[0]  # noqa: S311
    if not asked.test_id or another:
        exam = first_available(store, product.code, but=asked.test_id)
        if exam is None:
            raise Refusal("unavailable", f"{product.code} has no available test ID.", 409)
        return exam
    exam = store.get(Exam, asked.test_id)
    if exam is None or exam.product != product.code:
        raise Refusal("refused", f"{product.code} has no test ID {asked.test_id}.", 404)
    if not exam.available:
        raise Refusal("unavailable", f"{exam.test_id} is not available.", 409)
    return exam


def _mail(store: Store, exam: Exam, asked: Asked) -> SentMail:
    content = json.loads(asked.assigned_to or "{}")
    content = content if isinstance(content, dict) else {}
    to, name = str(content.get(asked.keys.email) or ""), str(content.get(asked.keys.name) or "")
    return SentMail(store.next_key(SentMail), now(), to, name, exam.test_id, exam.product, exam.password)
