"""iTEP, as it posts results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from access.actors import Actor
from webhooks import tracking_codes
from webhooks.models import TrackingCode

FORM = "application/x-www-form-urlencoded"
EXAMPLE: dict[str, Any] = {
    "Status": "Completed",
    "Duration": "84",
    "TestDate": "3/9/2026",
    "TestMonth": "3",
    "TestDay": "9",
    "TestYear": "2026",
    "score_report_url": "https://reports.example/r?x=1",
    "Overall_Level": "3.1",
    "Overall_cefr": "B1",
    "Reading_Level": "4.0",
    "Reading_Score": "70",
    "Listening_Level": "3.5",
    "Listening_Score": "62",
}
COMMAND = Actor.command("test")


def data(**fields: Any) -> str:
    """The JSON text of the field `data`: the example, with other fields."""
    return json.dumps({**EXAMPLE, **{name: str(value) for name, value in fields.items()}})


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    tracking_codes._known.clear()


@pytest.fixture(autouse=True)
def wakes() -> Iterator[list[int]]:
    """The wake-up calls that would have gone to Celery."""
    sent: list[int] = []
    with patch("webhooks.waking._send", side_effect=lambda: sent.append(1)), patch("webhooks.waking._not_before", 0.0):
        yield sent


@pytest.fixture
def code(db: None) -> TrackingCode:
    return tracking_codes.create(code="acad", actor=COMMAND)


Poster = Callable[..., HttpResponse]


@pytest.fixture
def post(code: TrackingCode) -> Poster:
    """Posts fields of the example to the tracking code `acad`, as iTEP does."""

    def send(**fields: Any) -> HttpResponse:
        body = urlencode({"data": data(**fields)})
        return Client(enforce_csrf_checks=True).post(tracking_codes.path_of(code), body, content_type=FORM)  # type: ignore[return-value]

    return send
