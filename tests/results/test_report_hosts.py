"""Which report addresses are linked."""

from typing import Any

import pytest

from results.report_hosts import is_allowed

HOSTS = {"reports.example"}


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://reports.example/r?x=1", True),
        ("https://REPORTS.example:443/", True),
        ("http://reports.example/r", False),
        ("https://reports.example:8443/r", False),
        ("https://reports.example.evil.example/r", False),
        ("https://evil.example/reports.example", False),
        ("https://x.reports.example/", False),
        ("https://reports.example@evil.example/", False),
        ("https://user@reports.example/", False),
        ("https://evil.example\\@reports.example/", False),
        ("javascript:alert(1)//reports.example", False),
        ("//reports.example/r", False),
        ("https://[broken/", False),
        ("https://reports.example:port/", False),
        ("", False),
    ],
)
def test_https_on_a_listed_host(url: str, allowed: bool) -> None:
    assert is_allowed(url, hosts=HOSTS) is allowed


def test_the_practice_itep_is_linked_while_practising(settings: Any) -> None:
    settings.ITEP_BASE_URL, url = "http://127.0.0.1:8001", "http://127.0.0.1:8001/report/1"
    settings.PRACTICE = False
    assert not is_allowed(url, hosts=set())
    settings.PRACTICE = True
    assert is_allowed(url, hosts=set())
    assert not is_allowed("http://127.0.0.1:9999/report/1", hosts=set())
