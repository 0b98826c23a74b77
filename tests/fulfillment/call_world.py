"""What the tests of calls share: people by number, products with one key, and what happens while a call runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.candidates import Candidate
from inventory.models import Calls, Product
from itep import client
from outbox.models import Entry
from tests.conftest import stock


def people(count: int, first: int = 1) -> list[Candidate]:
    return [Candidate(f"Person {n:03}", f"p{n}@example.org", f"hr-{n}") for n in range(first, first + count)]


def call_entries(**which: object) -> int:
    return Entry.objects.filter(kind="fulfillment.call", **which).count()


def while_the_call_runs(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """`act` happens once, while iTEP thinks about the next call."""
    acts_, send = [act], client.send

    def send_meanwhile(*args: Any) -> client.Answer:
        if acts_:
            acts_.pop()()
        return send(*args)

    monkeypatch.setattr("fulfillment.calling.client.send", send_meanwhile)


def three_with_one_key() -> list[Product]:
    made = []
    for code in ("A", "B", "C"):
        product = Product(code=code, calls=Calls.API)
        product.set_api_key("one-key-for-all")
        product.save()
        stock(product, 20)
        made.append(product)
    return made
