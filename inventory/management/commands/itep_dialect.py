"""`itep_dialect check`: the exact requests that each call would send, secrets masked, and what products add to them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from inventory import own_keys
from inventory.models import Product
from itep.assigned_to import AssignedToTooLong, compose
from itep.client import Call, CallRequest, Source, build, masked
from itep.dialect import Dialect, DialectError, load, warnings

_EXAMPLE_OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
_NOWHERE = "http://itep.example"


class Command(BaseCommand):
    help = "Shows the exact requests that each call would send to iTEP, with secrets masked."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["check"])
        parser.add_argument("--file", type=Path, help="a dialect other than that of ITEP_DIALECT")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"] or settings.ENVIRONMENT.dialect_file
        try:
            dialect = load(path)
            shown = _requests(dialect, settings.ITEP_BASE_URL or _NOWHERE)
        except (DialectError, AssignedToTooLong) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Dialect: {path or 'the default'}")
        if not settings.ITEP_BASE_URL:
            self.stdout.write(f"ITEP_BASE_URL is not set: {_NOWHERE} stands for it.")
        for line in warnings(dialect):
            self.stdout.write(f"Warning: {line}")
        for title, text in shown:
            self.stdout.write(f"\n--- {title}\n{text}")
        for line in _own_keys(dialect):
            self.stdout.write(line)


def _requests(dialect: Dialect, base_url: str) -> list[tuple[str, str]]:
    text = compose(
        dialect, name="Ana Silva", email="ana@example.org", oid=_EXAMPLE_OID, external_id="hr-77", product_keys={}
    )
    return [
        (f"{title}, from {source}", masked(dialect, build(dialect, base_url, _request(call, source, text))))
        for call, title in ((Call.ASSIGN, "We send the test ID"), (Call.ASSIGN_AND_SEND, "iTEP sends the test ID"))
        for source in Source
    ]


def _own_keys(dialect: Dialect) -> Iterator[str]:
    """What each product adds to Assigned-to; and what of it this dialect does not let stand."""
    try:
        products = list(Product.objects.exclude(assigned_to_keys={}).order_by("code"))
    except DatabaseError:
        yield "\nThe products cannot be read: their own keys of Assigned-to are not shown."
        return
    for product in products:
        yield f"\n--- {product.code} adds keys of its own to Assigned-to"
        yield from (f"Warning: {fault}" for fault in own_keys.found_wrong(product.assigned_to_keys, dialect))
        preview = own_keys.shown(product.assigned_to_keys, dialect, product=product.code)
        yield from (f"Warning: {line}" for line in preview.wrong)
        if preview.text:
            limit = f" of at most {preview.limit}" if preview.limit else ""
            yield f"{preview.text}\n({preview.bytes} bytes{limit})"


def _request(call: Call, source: Source, text: str) -> CallRequest:
    return CallRequest(
        call=call,
        product_code="ACAD-PLUS",
        api_key="",
        test_id="123982B8AP" if source is Source.INVENTORY else None,
        source=source,
        oid=_EXAMPLE_OID,
        tracking_code="TRACKING-CODE",
        assigned_to=text,
    )
