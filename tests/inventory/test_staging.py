"""The staged file: what a plan that ends badly leaves behind on its connection, which is nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from inventory import staging
from inventory.export_rows import ExportRow
from inventory.models import Product
from inventory.uploads import Contents


class Broken(Exception):
    """What no writing of a row is ready for."""


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_leaves_no_transaction_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise Broken

    row = ExportRow("", 2, "A1", "BUS-PLUS", "Ready", "ready", "", "", None, None, "")
    monkeypatch.setattr(staging, "insert_with", broken)
    with pytest.raises(Broken), staging.staged(contents=Contents(rows={"A1": row}), codes={"bus-plus": "BUS-PLUS"}):
        pass

    with transaction.atomic():
        Product.objects.create(code="AFTERWARDS")
    connection.close()
    assert Product.objects.filter(code="AFTERWARDS").exists()
