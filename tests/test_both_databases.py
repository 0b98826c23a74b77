"""The suite runs on SQLite and on PostgreSQL; this one says on which."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_that_was_asked_for() -> None:
    assert connection.vendor == os.environ.get("TESTS_ON", "sqlite")
