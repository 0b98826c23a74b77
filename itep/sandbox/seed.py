"""The first day of the pretend iTEP: always the same products, keys and test IDs, dated from today."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from itep.sandbox.grading import graded
from itep.sandbox.records import CORE, PLUS, Exam, Product
from itep.sandbox.store import Store

SHARED_KEY = "sandbox-key-academic"
PRODUCTS = (
    Product("ACAD-PLUS", "iTEP Academic-Plus", SHARED_KEY, "AP", list(PLUS)),
    Product("ACAD-CORE", "iTEP Academic-Core", SHARED_KEY, "AC", list(CORE)),
    Product("BUS-PLUS", "iTEP Business-Plus", "sandbox-key-business", "BP", list(PLUS), needs_password=True),
    Product("SLATE-CORE", "iTEP SLATE-Core", "sandbox-key-slate", "SC", list(CORE)),
    Product("HOSP", "iTEP Hospitality", "sandbox-key-hospitality", "HO", ["Listening", "Reading", "Speaking"]),
)
_STOCK = {"ACAD-PLUS": 40, "ACAD-CORE": 12, "BUS-PLUS": 8, "SLATE-CORE": 15, "HOSP": 0}
_TYPED_BY_HAND = ("Maria Lopez, walk-in 14 March", "J. Okafor (paid cash)", "reserved for the Osaka group", "ask Petra")
_FIRST_ID = "123982B8AP"  # the example in iTEP's own documentation


def seed(store: Store) -> None:
    """Fills an empty store. Nothing is assigned by a call yet: some IDs bear what people typed by hand."""
    chance = random.Random(2026)  # noqa: S311 - the same world each time is the point
    with store.change():
        for product in PRODUCTS:
            store.put(product)
            for test_id in new_ids(store, product, _STOCK[product.code], chance, age_days=chance.randrange(20, 90)):
                store.put(test_id)
        academic = [exam for exam in store.all(Exam) if exam.product == "ACAD-PLUS"]
        for text in _TYPED_BY_HAND:
            store.put(_used(store, "ACAD-PLUS", chance, text, "Ready"))
        for status, text in (("Started", "Li Wei"), ("Completed", "Anna Kowalska"), ("Completed", "Tom Berg")):
            store.put(_used(store, academic[0].product, chance, text, status))
        store.put(_used(store, "SLATE-CORE", chance, "class 4b, Yuki", "Completed"))
        store.put(_used(store, "BUS-PLUS", chance, "", "Disabled"))


def new_ids(
    store: Store, product: Product, count: int, chance: random.Random, *, age_days: int = 0, sold: bool = False
) -> list[Exam]:
    """New Ready tests of a product, not yet in the store."""
    taken = {exam.test_id for exam in store.all(Exam)}
    number = max((exam.number for exam in store.all(Exam)), default=0)
    today = datetime.now(UTC).date()
    made: list[Exam] = []
    while len(made) < count:
        first = not taken and product.code == "ACAD-PLUS"
        test_id = _FIRST_ID if first else f"{chance.randrange(100_000, 1_000_000)}{_hex(chance)}{product.suffix}"
        if test_id in taken:
            continue
        taken.add(test_id)
        made.append(
            Exam(
                test_id=test_id,
                product=product.code,
                number=number + len(made) + 1,
                password=_password(chance) if product.needs_password else "",
                valid_until=str(today + timedelta(days=365 - age_days)),
                purchased_on=str(today - timedelta(days=age_days)),
                sold=sold,
            )
        )
    return made


def _used(store: Store, code: str, chance: random.Random, text: str, status: str) -> Exam:
    product = next(product for product in PRODUCTS if product.code == code)
    exam = replace(new_ids(store, product, 1, chance, age_days=60)[0], assigned_to=text, status=status)
    day = datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 15))
    return graded(exam, product, chance, day=day) if status == "Completed" else exam


def _hex(chance: random.Random) -> str:
    return f"{chance.choice('ABCDEF')}{chance.randrange(10)}"


def _password(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghjkmnpqrstuvwxyz23456789", k=8))
