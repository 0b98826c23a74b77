"""A product's own keys in Assigned-to: set by administrators, shown before they are saved, checked at every door."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from access.actors import Actor
from access.models import AuditEntry
from inventory import products
from inventory.models import Product
from itep.dialect import AssignedToKeys

pytestmark = pytest.mark.django_db
PAGE, PREVIEW = "/inventory/products/BUS-PLUS/", "/inventory/own-keys/preview/"


def form(keys: str) -> dict[str, str]:
    asked = {"act": "save", "source": "inventory", "delivery": "portal", "calls": "api", "lead_days": "7"}
    return asked | {"name": "iTEP Business-Plus", "assigned_to_keys": keys}


def limited(settings: Settings, most: int) -> None:
    dialect: Any = settings.ITEP_DIALECT
    settings.ITEP_DIALECT = replace(dialect, assigned_to=AssignedToKeys(max_bytes=most))


def test_they_are_saved_with_the_rest_and_the_trail_names_the_field(ada_browser: Client, called: Product) -> None:
    assert ada_browser.post(PAGE, form('{"site": {"city": "Lisboa", "ref": "{reference}"}}')).status_code == 302
    assert Product.objects.get().assigned_to_keys == {"site": {"city": "Lisboa", "ref": "{reference}"}}
    assert AuditEntry.objects.get(verb="product.changed").detail == {"fields": ["assigned_to_keys"]}
    page = ada_browser.get(PAGE).content.decode()
    assert "&quot;ref&quot;: &quot;req-2026-114&quot;" in page
    assert ada_browser.post(PAGE, form("")).status_code == 302
    assert Product.objects.get().assigned_to_keys == {}


def test_what_is_wrong_stands_beside_the_field_and_nothing_is_lost(ada_browser: Client, called: Product) -> None:
    typed = '{"site": "{citty}", "OID": 1}'
    answer = ada_browser.post(PAGE, form(typed))
    bound = answer.context["form"]
    assert (answer.status_code, list(bound.errors), bound["assigned_to_keys"].value()) == (
        422,
        ["assigned_to_keys"],
        typed,
    )
    said = [str(one).split(":")[0] for one in bound.errors["assigned_to_keys"]]
    assert said == ["“OID”", "“site”"]
    assert Product.objects.get().assigned_to_keys == {}


def test_no_door_keeps_wrong_ones(called: Product, by_sam: Actor) -> None:
    with pytest.raises(ValidationError) as refused:
        products.create_or_change(code="BUS-PLUS", actor=by_sam, change={"assigned_to_keys": {"name": "x"}})
    assert list(refused.value.message_dict) == ["assigned_to_keys"]
    assert (Product.objects.get().assigned_to_keys, AuditEntry.objects.count()) == ({}, 0)


def test_keys_beside_which_no_name_fits_are_refused(called: Product, by_sam: Actor, settings: Settings) -> None:
    limited(settings, 100)
    with pytest.raises(ValidationError, match=r"Not even the shortest name fits.*: 29 too many"):
        products.create_or_change(
            code="BUS-PLUS", actor=by_sam, change={"assigned_to_keys": {"k": "x" * 60, "r": "{reference}"}}
        )
    assert Product.objects.get().assigned_to_keys == {}


def test_the_preview_shows_what_would_stand_at_itep(ada_browser: Client, settings: Settings) -> None:
    limited(settings, 400)
    keys = '{"site": "{metadata.cost centre}", "ref": "{reference}"}'
    shown = ada_browser.post(PREVIEW, {"assigned_to_keys": keys, "product": "X"}).content.decode()
    for words in ("‹cost centre›", "req-2026-114", "5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11", "of at most 400 bytes"):
        assert words in shown
    wrong = ada_browser.post(PREVIEW, {"assigned_to_keys": '{"a": '}).content.decode()
    assert "This is not JSON: line 1, column 7" in wrong


def test_administrators_alone(sam_browser: Client, called: Product) -> None:
    assert sam_browser.post(PREVIEW, {"assigned_to_keys": "{}"}).status_code == 403
    assert sam_browser.post(PAGE, form('{"a": 1}')).status_code == 403
    assert b"assigned_to_keys" not in sam_browser.get(PAGE).content


def test_dialect_check_shows_what_products_add(called: Product, academic: Product) -> None:
    Product.objects.filter(pk=called.pk).update(assigned_to_keys={"site": "Lisbon", "Name": "x"})
    out = io.StringIO()
    call_command("itep_dialect", "check", stdout=out)
    shown = out.getvalue()
    assert shown.count("adds keys of its own") == 1
    own = shown[shown.index("--- BUS-PLUS adds") :]
    assert "Warning: “Name”: The dialect has the key “name” itself." in own
    assert '"site": "Lisbon"}' in own
    assert '"Name"' not in own
