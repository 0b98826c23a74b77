"""The API's description and its page stand offline, and need no inline script or style."""

import re

from django.test import Client


def test_the_description_names_keys_and_paths() -> None:
    answer = Client().get("/api/schema/", headers={"Accept": "application/json"})
    schema = answer.json()
    assert schema["openapi"].startswith("3.")
    assert schema["components"]["securitySchemes"]["bearerKey"]["scheme"] == "bearer"
    assert {"/api/v1/products", "/api/v1/test-ids"} <= set(schema["paths"])


def test_every_operation_names_the_shape_of_a_refusal() -> None:
    schema = Client().get("/api/schema/", headers={"Accept": "application/json"}).json()
    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert len(operations) > 10
    for operation in operations:
        assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
    assert schema["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status"]
    assert set(schema["components"]["schemas"]["BulkResultOut"]["properties"]) == {
        "index",
        "status",
        "fulfillment",
        "error",
    }


def test_the_page_asks_no_stranger_and_writes_nothing_inline() -> None:
    page = Client().get("/api/docs/").content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(addresses) == 6
    assert all(address.startswith("/") for address in addresses)
    assert not re.search(r"<style|<script(?![^>]*src)|style=", page)
    script = next(address for address in addresses if "script" in address)
    answer = Client().get(script.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "/api/schema/" in answer.content.decode()
