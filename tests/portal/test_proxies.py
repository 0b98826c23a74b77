"""Who is believed about who asks."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from portal.proxies import TrustedProxies


def seen(peer: str, trusted: list[str], forwarded: str | None, proto: str = "https") -> tuple[str, bool]:
    """The address and the scheme that the portal goes by."""
    headers = {"X-Forwarded-Proto": proto} | ({"X-Forwarded-For": forwarded} if forwarded is not None else {})
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    with override_settings(TRUSTED_PROXIES=trusted):
        TrustedProxies(lambda _request: HttpResponse())(request)
    assert isinstance(request, HttpRequest)
    return request.META["REMOTE_ADDR"], request.is_secure()


@pytest.mark.parametrize(
    ("peer", "trusted", "forwarded", "expected"),
    [
        ("198.51.100.7", [], "203.0.113.9", ("198.51.100.7", False)),
        ("10.0.0.2", ["10.0.0.0/8"], "203.0.113.9", ("203.0.113.9", True)),
        ("10.0.0.2", ["10.0.0.0/8"], "1.2.3.4, 203.0.113.9, 10.0.0.3", ("203.0.113.9", True)),
        ("10.0.0.2", ["10.0.0.0/8"], "1.2.3.4, <script>", ("10.0.0.2", True)),
        ("10.0.0.2", ["10.0.0.0/8"], None, ("10.0.0.2", True)),
        ("10.0.0.2", ["10.0.0.0/8"], "10.0.0.9", ("10.0.0.9", True)),
        ("", ["10.0.0.0/8"], "203.0.113.9", ("", False)),
    ],
)
def test_only_trusted_proxies_are_believed(
    peer: str, trusted: list[str], forwarded: str | None, expected: tuple[str, bool]
) -> None:
    assert seen(peer, trusted, forwarded) == expected
