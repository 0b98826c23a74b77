from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itep.assigned_to import AssignedToTooLong, compose, is_blank, oids_in
from itep.dialect import AssignedToKeys, Dialect
from itep.wire import JSON

OID = UUID("5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11")
OTHER = UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL included


def test_default_dialect_writes_name_email_and_identifiers_in_order() -> None:
    text = compose(Dialect(), name="Zoë", email="zoe@example.org", oid=OID, external_id="hr-7")
    assert text == (
        '{"name": "Zoë", "email": "zoe@example.org", "oid": "5f0c0f2e-7a55-4b61-9a62-6a8c0b3f2c11",'
        ' "external_id": "hr-7"}'
    )


def test_blank_values_and_keys_left_out_do_not_stand_in_it() -> None:
    dialect = Dialect(assigned_to=AssignedToKeys(name="who", email="", oid="ref", external_id="own"))
    text = compose(dialect, name="Ana", email="ana@example.org", oid=OID, external_id=" ")
    assert json.loads(text) == {"who": "Ana", "ref": str(OID)}


def test_product_keys_are_added_but_never_replace_the_oid() -> None:
    keys: dict[str, JSON] = {"site": "Lisbon", "oid": "lost", "year": 2026}
    text = compose(Dialect(), name="Ana", email=None, oid=OID, external_id=None, product_keys=keys)
    assert json.loads(text) == {"name": "Ana", "oid": str(OID), "site": "Lisbon", "year": 2026}


def test_the_limit_is_in_bytes_and_is_said() -> None:
    size = len(compose(Dialect(), name="Zoë", email=None, oid=OID, external_id=None).encode())
    fits = replace(Dialect(), assigned_to=AssignedToKeys(max_bytes=size))
    compose(fits, name="Zoë", email=None, oid=OID, external_id=None)
    with pytest.raises(AssignedToTooLong) as caught:
        compose(fits, name="Zoëë", email=None, oid=OID, external_id=None)
    assert (caught.value.bytes, caught.value.limit, caught.value.too_many) == (size + 2, size, 2)
    assert str(caught.value).endswith(f"has {size + 2} bytes; iTEP takes at most {size}: 2 too many.")


@given(name=any_text, email=any_text, external_id=any_text)
def test_any_name_gives_valid_json_that_carries_the_oid(name: str, email: str, external_id: str) -> None:
    text = compose(Dialect(), name=name, email=email, oid=OID, external_id=external_id)
    assert json.loads(text.encode())["oid"] == str(OID)
    assert OID in oids_in(text)
    assert "\0" not in text


@given(before=any_text, between=any_text, after=any_text)
def test_finds_every_oid_anywhere(before: str, between: str, after: str) -> None:
    assert {OID, OTHER} <= set(oids_in(f"{before}{OID}{between}{str(OTHER).upper()}{after}"))


def test_oids_in_order_without_repeats_and_inside_words() -> None:
    text = f"for D{OID}, then x{OTHER}ef; again {str(OID).upper()}"
    assert oids_in(text) == (OID, OTHER)
    assert oids_in("5f0c0f2e7a554b619a626a8c0b3f2c11 and 5f0c0f2e-7a55") == ()


def test_blank() -> None:
    assert all(is_blank(text) for text in (None, "", " ", "\u00a0\t\n"))
    assert not any(is_blank(text) for text in ("{}", "null", "-", "0"))


def test_a_products_key_never_takes_the_place_of_a_blank_one_of_the_dialect_in_whatever_letters() -> None:
    keys: dict[str, JSON] = {"EMAIL": "mine", "external_id": "mine", "Oid": "mine", "site": "Lisbon"}
    text = compose(Dialect(), name="Ana", email="", oid=OID, external_id="", product_keys=keys)
    assert json.loads(text) == {"name": "Ana", "oid": str(OID), "site": "Lisbon"}
