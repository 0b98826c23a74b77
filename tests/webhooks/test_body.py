"""The field `data` in bodies of every kind."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itep.webhook import UnreadablePost
from webhooks.body import data_in

FORM = "application/x-www-form-urlencoded"
PART = "content-disposition: form-data"
KINDS = [FORM, "multipart/form-data; boundary=b0", "multipart/form-data; boundary=", "multipart/mixed"]


def multipart(*parts: tuple[str, str], boundary: str = "b0") -> tuple[str, bytes]:
    lines = [f"--{boundary}\r\n{head}\r\n\r\n{value}\r\n" for head, value in parts]
    return f"multipart/form-data; boundary={boundary}", ("".join(lines) + f"--{boundary}--\r\n").encode()


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (FORM, b"data=%7B%7D", "{}"),
        (FORM, b"DATA=%7B%7D&other=1", "{}"),
        (FORM, b"a=1&Data=x+y", "x y"),
        (FORM, "data=Ünï".encode(), "Ünï"),
        (FORM, b"data=%C3%9Cn", "Ün"),
        (FORM, b"data=%DCn", "Ün"),
        (f"{FORM}; charset=latin-1", b"data=%DCn", "Ün"),
        (f"{FORM}; charset=nonsense", b"data=%C3%9Cn", "Ün"),
        (FORM, b"data=1&data=1", "1"),
        (FORM, b"data=&data=1", "1"),
        ("", b"data=1", "1"),
        ("text/plain", b"data=1", "1"),
        (*multipart(('Content-Disposition: form-data; name="data"', '{"a": 1}')), '{"a": 1}'),
        (
            *multipart(
                ('Content-Disposition: form-data; name="x"', "1"), ("Content-Disposition: form-data; name=Data", "2")
            ),
            "2",
        ),
        (*multipart(('Content-Disposition: form-data; name="data"; filename="d.json"', "Ü")), "Ü"),
        (
            *multipart(('content-disposition: form-data; name="data"\r\nContent-Transfer-Encoding: base64', "e30=")),
            "{}",
        ),
    ],
)
def test_data_is_found(content_type: str, body: bytes, expected: str) -> None:
    assert data_in(content_type, body) == expected


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b""),
        (FORM, b"date=1"),
        (FORM, b"data=1&data=2"),
        ("application/json", b'{"OID": "1"}'),
        ("multipart/form-data; boundary=b0", b"nonsense"),
        ("multipart/form-data", b"--b0\r\n\r\n"),
        multipart(('Content-Disposition: form-data; name="other"', "1")),
    ],
)
def test_or_it_says_what_is_missing(content_type: str, body: bytes) -> None:
    with pytest.raises(UnreadablePost, match=r"data|parts"):
        data_in(content_type, body)


@settings(max_examples=10_000 if os.environ.get("FULL") else 1_000, deadline=None)
@given(
    content_type=st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [FORM, "multipart/form-data; boundary=b0", "multipart/form-data; boundary=", "multipart/mixed"]
        ),
    ),
    body=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda raw: b"data=" + raw),
        st.binary(max_size=100).map(
            lambda raw: b'--b0\r\nContent-Disposition: x; name="data"\r\n' + raw + b"\r\n--b0--"
        ),
    ),
)
def test_any_bytes_are_read_or_refused_in_words(content_type: str, body: bytes) -> None:
    try:
        assert isinstance(data_in(content_type, body), str)
    except UnreadablePost:
        return
