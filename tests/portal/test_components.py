"""The parts of pages: what they reckon, and that all of them can be drawn."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from portal.templatetags.components import chart_rows, short_time
from tests.portal.gallery_templates import with_gallery


def drawn(source: str, **context: object) -> str:
    return Template("{% load components words %}" + source).render(Context(context))


def test_stock_bar_says_its_numbers_and_draws_their_shares() -> None:
    page = drawn("{% stock_bar available=30 reserved=10 assigned=60 %}")
    assert 'aria-label="30 available, 10 reserved, 60 assigned"' in page
    assert 'class="bar-available" x="0.00%" width="30.00%"' in page
    assert 'class="bar-reserved" x="30.00%" width="10.00%"' in page
    assert 'class="bar-assigned" x="40.00%" width="60.00%"' in page


def test_stock_bar_of_nothing_draws_only_its_track() -> None:
    page = drawn("{% stock_bar available=0 legend=False %}")
    assert page.count("<rect") == 1


@pytest.mark.parametrize(
    ("level", "width", "number"),
    [(Decimal("3.0"), "50.00%", "3.0"), (0, "0.00%", "0.0"), (6.0, "100.00%", "6.0"), (7.5, "100.00%", "7.5")],
)
def test_level_bar_shows_what_itep_sent(level: Decimal | float, width: str, number: str) -> None:
    page = drawn('{% level_bar "Reading" level "B1" 62 %}', level=level)
    assert f'class="level-fill" y="2" width="{width}"' in page
    assert f"<b>{number}</b>" in page


def test_level_bar_without_a_level_has_no_fill() -> None:
    page = drawn('{% level_bar "Speaking" None %}')
    assert "level-fill" not in page
    assert "none" in page


def test_widths_have_a_point_in_languages_with_a_decimal_comma() -> None:
    with translation.override("pt"):
        assert 'width="33.33%"' in drawn("{% stock_bar available=1 reserved=2 %}")


def test_texts_of_strangers_are_escaped() -> None:
    page = drawn("{% test_id value %}{% chip value %}{% tile value 1 %}", value="<b>x</b>")
    assert "<b>x</b>" not in page


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 6, 14, 10, tzinfo=UTC), "14:10"),
        (datetime(2026, 3, 5, 14, 10, tzinfo=UTC), "5 Mar 14:10"),
        (datetime(2025, 3, 6, 14, 10, tzinfo=UTC), "6 Mar 2025"),
    ],
)
def test_short_time(moment: datetime, text: str) -> None:
    with time_machine.travel(datetime(2026, 3, 6, 18, 0, tzinfo=UTC)), timezone.override("UTC"):
        assert short_time(moment) == text


def test_when_speaks_the_readers_zone() -> None:
    moment = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    with time_machine.travel(moment), timezone.override("Asia/Tokyo"):
        page = drawn("{% when moment %}", moment=moment)
    assert 'datetime="2026-03-07T08:30:00+09:00"' in page
    assert ">08:30</time>" in page


def test_when_takes_a_day_and_nothing() -> None:
    assert drawn("{% when day %}", day=date(2026, 3, 6)) == '<time datetime="2026-03-06">6 Mar 2026</time>'
    assert drawn('{% when none "never" %}', none=None) == "never"


def test_itep_chip_says_when_and_how_it_was_seen() -> None:
    moment = datetime(2026, 3, 6, 14, 10, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC)), timezone.override("UTC"):
        page = drawn('{% itep_chip "started" moment "webhook" %}', moment=moment)
    assert "Started" in page
    assert "seen 6 Mar 14:10 by webhook" in page
    assert "nothing heard yet" in drawn("{% itep_chip None %}")


def test_chart_rows() -> None:
    rows = chart_rows(
        {
            "labels": ["a", "b"],
            "columns": {"label": "x", "values": [1, 2]},
            "lines": [{"label": "y", "values": [3, None]}],
        }
    )
    assert rows == [("a", [1, 3]), ("b", [2, None])]


def test_the_gallery_draws_every_component_without_inline_code(sam_browser: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.portal.gallery"
    settings.TEMPLATES = with_gallery(settings.TEMPLATES)
    page = sam_browser.get("/gallery/").content.decode()
    assert "Components" in page
    assert 'aria-current="page"' not in page
    for forbidden in (" style=", "<style", " onclick", " onload", "javascript:"):
        assert forbidden not in page


@pytest.mark.parametrize(
    ("level", "shown"),
    [(Decimal("2.10"), "2.1"), (Decimal("3.25"), "3.25"), (Decimal("4"), "4.0"), (0, "0.0"), (None, "")],
)
def test_a_level_shows_what_itep_sent(level: Decimal | None, shown: str) -> None:
    assert drawn("{{ value|level }}", value=level) == shown
