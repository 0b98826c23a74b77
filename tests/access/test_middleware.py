"""Dates and words as the reader has chosen."""

from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone, translation

from access.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def own(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{timezone.get_current_timezone_name()} {translation.get_language()}")


urlpatterns = [path("own", own)]


@pytest.mark.parametrize(
    ("zone", "language", "seen"),
    [
        ("Europe/Lisbon", "pt", "Europe/Lisbon pt"),
        ("", "", "UTC en"),
        ("Moon/Base", "tlh", "UTC en"),
        ("../etc/passwd", "", "UTC en"),
    ],
)
def test_the_readers_own_zone_and_language(zone: str, language: str, seen: str, sam: User, sam_browser: Client) -> None:
    User.objects.filter(pk=sam.pk).update(time_zone=zone, language=language)
    assert sam_browser.get("/own").content.decode() == seen
    assert Client().get("/own").content.decode() == "UTC en"


def test_every_request_has_a_number() -> None:
    mine = str(uuid4())
    assert Client().get("/own", headers={"X-Request-ID": mine})["X-Request-ID"] == mine
    forged = Client().get("/own", headers={"X-Request-ID": "x\ty"})["X-Request-ID"]
    assert len(forged) == 36
