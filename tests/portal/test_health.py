"""Probes answer whatever the host, and tell what is wrong."""

import pytest
from django.db import DatabaseError
from django.test import Client, override_settings


@pytest.mark.django_db
def test_ready_where_tables_and_broker_are(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok"})


def test_alive_without_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"alive": "ok"}


@override_settings(ALLOWED_HOSTS=["portal.example.org"], SECURE_SSL_REDIRECT=True)
def test_probes_come_by_ip_address_and_plain_http(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("portal.health.MigrationExecutor", gone)
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.health.MigrationExecutor.migration_plan", lambda *_: ["one"])
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "migrations are waiting")


@pytest.mark.django_db
def test_a_broker_that_is_away_is_told_and_no_failure(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("portal.health.current_app.connection_for_write", gone)
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "unreachable"})
