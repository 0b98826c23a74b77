"""No secret reaches a log by way of an address."""

import pytest
from django.test import RequestFactory

from portal.logs import Event, mask_paths


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("GET /webhooks/itep/HR-0f3a9c", "GET /webhooks/itep/***"),
        ("POST /webhooks/itep/HR-0f3a9c/ HTTP/1.1", "POST /webhooks/itep/***/ HTTP/1.1"),
        ("Not Found: /c/Zm9vYmFy/", "Not Found: /c/***/"),
        ("GET /accounts/password/reset/key/3-set-abc/", "GET /accounts/password/reset/key/***/"),
        ("GET /candidates/?q=ana", "GET /candidates/?q=ana"),
    ],
)
def test_secret_segments_are_masked(said: str, logged: str) -> None:
    event: Event = {"event": said, "request": said, "code": 200}

    assert mask_paths(None, "info", event) == {"event": logged, "request": logged, "code": 200}


def test_a_request_that_is_logged_shows_no_secret_path() -> None:
    request = RequestFactory().post("/c/very-secret-token/show/")
    assert mask_paths(None, "warning", {"request": request}) == {"request": "<WSGIRequest: POST '/c/***/show/'>"}
