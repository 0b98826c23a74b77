"""iTEP's door: what is kept, and what is refused."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from tests.webhooks.conftest import FORM, Poster, data
from webhooks import tracking_codes, views
from webhooks.models import Post, PostState, TrackingCode

pytestmark = pytest.mark.django_db


def send(path: str, body: Any = b"data=%7B%7D", content_type: str = FORM, **more: Any) -> int:
    return Client(enforce_csrf_checks=True).post(path, body, content_type=content_type, **more).status_code


def test_a_post_is_kept_raw_and_encrypted(post: Poster) -> None:
    assert post(TestID="123982B8AP").status_code == 200
    kept = Post.objects.get()
    assert kept.state == PostState.KEPT
    assert b"123982B8AP" in kept.body
    assert kept.content_type == FORM


def test_the_database_never_holds_it_in_clear(post: Poster) -> None:
    from django.db import connection

    post(TestID="123982B8AP")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM webhooks_post")
        assert b"123982B8AP" not in bytes(cursor.fetchone()[0])
        cursor.execute("SELECT segment FROM webhooks_trackingcode")
        assert "acad" not in cursor.fetchone()[0]


def test_with_and_without_a_slash(code: TrackingCode) -> None:
    path = tracking_codes.path_of(code)
    assert path == f"/webhooks/itep/{code.segment}"
    assert [send(path), send(path + "/")] == [200, 200]
    assert Post.objects.count() == 2


def test_the_judge_is_woken_once_for_many_posts(post: Poster, wakes: list[int], transactional_db: None) -> None:
    for _ in range(5):
        post(TestID="A1")
    assert wakes == [1]


def test_a_dead_broker_is_not_seen_by_whoever_posts(post: Poster, transactional_db: None) -> None:
    with patch("webhooks.waking._send", side_effect=OSError("no broker")) as sent:
        assert [post(TestID="A1").status_code for _ in range(3)] == [200] * 3
    assert sent.call_count == 1
    assert Post.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"other=1", FORM),
        (b"data=", FORM),
        (b"data=%7Bbroken", FORM),
        (b"data=[]", FORM),
        (b'{"data": 1}', "application/json"),
        (b"\xff\xfe\x00", FORM),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", ""),
    ],
)
def test_what_is_missing_or_broken_is_kept_as_well(code: TrackingCode, body: bytes, content_type: str) -> None:
    path = tracking_codes.path_of(code)
    assert Client().generic("POST", path, body, content_type=content_type).status_code == 200
    assert bytes(Post.objects.get().body) == body


@pytest.mark.parametrize("tail", ["acad", "acad/", "", "acad-" + "0" * 32, "other", "acad/more", "a%00b", "x" * 500])
def test_unknown_addresses_are_404(code: TrackingCode, tail: str) -> None:
    assert send("/webhooks/itep/" + tail) == 404
    assert Client().get("/webhooks/itep/" + tail).status_code == 404
    assert not Post.objects.exists()


def test_no_segment_at_all_is_404() -> None:
    assert send("/webhooks/itep") == 404
    assert Client().get("/webhooks/itep").status_code == 404


def test_the_segment_in_other_case_or_longer_is_404(code: TrackingCode) -> None:
    assert send(tracking_codes.path_of(code).upper().replace("/WEBHOOKS/ITEP/", "/webhooks/itep/")) == 404
    assert send(tracking_codes.path_of(code) + "0") == 404
    assert send(tracking_codes.path_of(code) + "/more") == 404


def test_an_inactive_code_is_404(code: TrackingCode) -> None:
    TrackingCode.objects.update(is_active=False)
    assert send(tracking_codes.path_of(code)) == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_405(code: TrackingCode, method: str) -> None:
    answer = Client().generic(method, tracking_codes.path_of(code))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not Post.objects.exists()


def test_errors_are_one_short_line_of_text(code: TrackingCode) -> None:
    answer = Client().post("/webhooks/itep/nowhere", b"x", content_type=FORM)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"There is no such address.\n"


def test_a_body_at_the_limit_is_kept_and_one_byte_more_refused(code: TrackingCode, settings: Any) -> None:
    settings.WEBHOOK_MAX_BYTES = 100
    path = tracking_codes.path_of(code)
    assert [send(path, b"x" * 100), send(path, b"x" * 101)] == [200, 413]
    assert Post.objects.count() == 1


class Endless(BytesIO):
    """A body that never ends, and counts what was taken of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        self.taken += size
        return b"x" * size


@pytest.mark.parametrize("length", ["5", "", "-1", "many"])
def test_no_more_than_the_limit_is_read_whatever_the_length_says(
    code: TrackingCode, settings: Any, length: str
) -> None:
    settings.WEBHOOK_MAX_BYTES = 200_000
    stream = Endless()
    request = RequestFactory().post("/", b"", content_type=FORM)
    request.META |= {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": length}
    assert views.receive(request, code.segment).status_code == 413
    assert stream.taken == 200_001
    assert not Post.objects.exists()


def test_a_declared_length_over_the_limit_is_refused_unread(code: TrackingCode) -> None:
    stream = Endless()
    request = RequestFactory().post("/", b"", content_type=FORM)
    request.META |= {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": "99999999"}
    assert views.receive(request, code.segment).status_code == 413
    assert stream.taken == 0


def test_a_chunked_body_without_length_is_kept(code: TrackingCode) -> None:
    request = RequestFactory().post("/", b"", content_type=FORM)
    request.META |= {"wsgi.input": BytesIO(b"data=1"), "wsgi.input_terminated": True}
    request.META.pop("CONTENT_LENGTH", None)
    assert views.receive(request, code.segment).status_code == 200
    assert bytes(Post.objects.get().body) == b"data=1"


def test_a_connection_that_breaks_is_400(code: TrackingCode) -> None:
    request = RequestFactory().post("/", b"", content_type=FORM)
    broken = BytesIO()
    broken.read = lambda *_: (_ for _ in ()).throw(ConnectionResetError())  # type: ignore[method-assign]
    request.META |= {"wsgi.input": broken, "wsgi.input_terminated": True}
    assert views.receive(request, code.segment).status_code == 400
    assert not Post.objects.exists()


@pytest.mark.parametrize("where", ["webhooks.tracking_codes.find", "webhooks.inbox.keep"])
def test_without_its_database_it_says_503(code: TrackingCode, where: str) -> None:
    with patch(where, side_effect=OperationalError("gone")):
        answer = Client().post(tracking_codes.path_of(code), b"data=1", content_type=FORM)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not Post.objects.exists()


def test_nothing_secret_is_logged(code: TrackingCode, caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    tracking_codes.create(code="acad", auth="bearer", secret="of-the-bearer", actor=tracking_codes_actor())
    settings.WEBHOOK_MAX_BYTES = 10
    path = tracking_codes.path_of(code)
    with caplog.at_level(logging.DEBUG):
        send(path, b"data=secret-body", HTTP_AUTHORIZATION="Bearer wrong-one")
        send(path, b"data=1", HTTP_AUTHORIZATION="Bearer wrong-one")
        Client().get(path)
        send(path + "/more")
        send(path + "0")
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("django_structlog")]
    assert any("acad" in line for line in logged)
    for secret in (code.segment, "of-the-bearer", "wrong-one", "secret-body"):
        assert not any(secret in line for line in logged), secret


def tracking_codes_actor() -> Any:
    from tests.webhooks.conftest import COMMAND

    return COMMAND


def test_one_insert_and_nothing_else(post: Poster, django_assert_num_queries: Any) -> None:
    post(TestID="A1")  # the tracking code is known from now on
    with django_assert_num_queries(1):
        post(TestID="A2")


def test_a_multipart_post_is_kept(code: TrackingCode) -> None:
    answer = Client().post(tracking_codes.path_of(code), {"data": data(TestID="A1")})
    assert answer.status_code == 200
    assert Post.objects.get().content_type.startswith("multipart/form-data")
