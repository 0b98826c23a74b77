"""What a person does at iTEP's administration system: the AVAILABLE TESTS panel, keys, purchases."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from itep.sandbox.records import Exam, Product, TrackingCode
from itep.sandbox.seed import new_ids
from itep.sandbox.store import Store
from itep.test_ids import UnreadableTestId, read_test_id

MOST_AT_ONCE = 50_000


class NotPossible(Exception):
    """What was asked cannot be done; the message says why. `status` is the HTTP status that fits."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


def product_of(store: Store, code: str) -> Product:
    product = store.get(Product, code)
    if product is None:
        raise NotPossible(f"There is no product {code!r}.", 404)
    return product


def exam_of(store: Store, raw: str) -> Exam:
    exam = store.get(Exam, raw.strip().upper())
    if exam is None:
        raise NotPossible(f"There is no test ID {raw!r}.", 404)
    return exam


def listed(store: Store, *, product: str = "", every_status: bool = False) -> list[Exam]:
    """The panel: Ready tests, with or without Assigned-to. An ID that leaves Ready leaves the panel."""
    exams = [exam for exam in store.all(Exam) if not product or exam.product == product]
    return sorted((exam for exam in exams if every_status or exam.status == "Ready"), key=lambda exam: exam.number)


def first_available(store: Store, code: str, *, but: str = "") -> Exam | None:
    return next((exam for exam in listed(store, product=code) if exam.available and exam.test_id != but), None)


def buy(store: Store, *, code: str, count: int = 0, test_ids: Sequence[str] = ()) -> list[Exam]:
    """Adds new Ready tests: so many, or those of the given IDs."""
    product = product_of(store, code)
    if not (test_ids or 0 < count <= MOST_AT_ONCE):
        raise NotPossible(f"Say how many, from 1 to {MOST_AT_ONCE}.")
    with store.change():
        bought = new_ids(store, product, len(test_ids) or count, random.Random())  # noqa: S311
        if test_ids:
            bought = [replace(exam, test_id=_new(store, raw)) for exam, raw in zip(bought, test_ids, strict=True)]
        for exam in bought:
            store.put(exam)
    return bought


def _new(store: Store, raw: str) -> str:
    try:
        test_id = read_test_id(raw)
    except UnreadableTestId as error:
        raise NotPossible(str(error)) from error
    if store.get(Exam, test_id):
        raise NotPossible(f"{test_id} exists already.", 409)
    return test_id


def remove(store: Store, *, test_id: str) -> None:
    """iTEP takes the ID back: it is in no panel and no export any more."""
    with store.change():
        store.remove(Exam, exam_of(store, test_id).test_id)


def write_assigned_to(store: Store, *, test_id: str, text: str) -> Exam:
    """What a person types into Assigned-to: any text, or nothing."""
    with store.change():
        exam = replace(exam_of(store, test_id), assigned_to=text.strip(), oid="")
        store.put(exam)
    return exam


def generate_key(store: Store, *, code: str, key: str = "") -> Product:
    with store.change():
        product = replace(product_of(store, code), api_key=key or f"sandbox-{secrets.token_hex(12)}")
        store.put(product)
    return product


def add_product(store: Store, *, code: str, name: str, api_key: str, sections: Sequence[str]) -> Product:
    if not code.strip() or store.get(Product, code):
        raise NotPossible(f"There is a product {code!r} already, or the code is blank.", 409)
    suffix = "".join(letter for letter in code.upper() if letter.isalnum())[:2]
    product = Product(code, name or code, api_key or f"sandbox-{secrets.token_hex(12)}", suffix, list(sections))
    with store.change():
        store.put(product)
    return product


def tracking_code_of(store: Store, exam: Exam) -> TrackingCode | None:
    """The test's own, else its product's, else the one for all."""
    codes = store.all(TrackingCode)
    if exam.tracking_code:
        return next((code for code in codes if code.code == exam.tracking_code), None)
    for scope in (exam.product, "all"):
        if found := next((code for code in codes if code.applies_to == scope), None):
            return found
    return None


def today() -> str:
    return datetime.now(UTC).date().isoformat()
