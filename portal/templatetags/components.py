"""Parts of pages that reckon something before they are drawn; the others are plain includes in `templates/components/`.

Widths are written as attributes of SVG: the content security policy forbids style attributes. They are formatted here,
since a template would write a decimal comma in some languages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NotRequired, TypedDict

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from access.models import User
from access.roles import is_administrator
from portal.icons import ICONS
from portal.navigation import NavItem, nav_items, url_or_blank
from portal.templatetags import words

register = template.Library()

TOP_LEVEL = 6


class Series(TypedDict):
    """One row of numbers of a chart, as long as its labels."""

    label: str
    values: list[float | None]


class Mark(TypedDict):
    """A dashed line over the label `at`."""

    label: str
    at: str


class ChartData(TypedDict):
    """What `components/chart.html` draws."""

    labels: list[str]
    columns: Series
    lines: NotRequired[list[Series]]
    marks: NotRequired[list[Mark]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a stock bar; `x` and `width` are SVG lengths like "37.00%"."""

    name: str
    label: str
    number: int
    x: str
    width: str


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon by its name in `portal/icons.py`, hidden from screen readers: `{% icon "plus" %}`."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="{}"/></svg>', ICONS[name]
    )


@register.inclusion_tag("components/stock_bar.html")
def stock_bar(available: int, reserved: int = 0, assigned: int = 0, legend: bool = True) -> dict[str, object]:
    """`{% stock_bar available=37 reserved=2 assigned=61 %}`; `legend=False` where a table already says the numbers."""
    parts = [("available", _("available"), available), ("reserved", _("reserved"), reserved)]
    parts.append(("assigned", _("assigned"), assigned))
    return _bar(parts, legend)


@register.inclusion_tag("components/stock_bar.html")
def seat_bar(taken: int, seats: int) -> dict[str, object]:
    """`{% seat_bar 12 20 %}`: the taken ones of all seats, and how many are free."""
    return _bar([("assigned", _("taken"), taken), ("available", _("free"), max(seats - taken, 0))])


def _bar(parts: list[tuple[str, str, int]], legend: bool = True) -> dict[str, object]:
    text = ", ".join(f"{number} {label}" for _name, label, number in parts)
    return {"segments": _segments(parts), "legend": legend, "text": text}


def _segments(parts: Iterable[tuple[str, str, int]]) -> list[Segment]:
    parts = list(parts)
    total = sum(number for _name, _label, number in parts)
    drawn, at = [], 0.0
    for name, label, number in parts:
        share = 100 * number / total if total else 0.0
        drawn.append(Segment(name, label, number, _percent(at), _percent(share)))
        at += share
    return drawn


def _percent(share: float) -> str:
    return f"{share:.2f}%"


@register.inclusion_tag("components/level_bar.html")
def level_bar(
    label: str, level: float | Decimal | None, cefr: str | None = "", score: object = None, main: bool = False
) -> dict[str, object]:
    """`{% level_bar "Reading" 4.0 "B2" 70 %}`: level 0-6 or None, as iTEP sent it. `main`: the overall."""
    share = min(max(float(level), 0), TOP_LEVEL) / TOP_LEVEL * 100 if level is not None else 0
    return {
        "label": label,
        "level": None if level is None else in_tenths(level),
        "width": _percent(share),
        "ticks": [(n, _percent(100 * n / TOP_LEVEL)) for n in range(1, TOP_LEVEL)],
        "cefr": cefr or "",
        "score": score,
        "main": main,
    }


@register.filter(name="level")
def in_tenths(level: float | Decimal | None) -> str:
    """iTEP's levels are tenths: `{{ result.overall_level|level }}` is "2.1"; empty where there is none.

    Nothing is rounded: should iTEP send hundredths, they show.
    """
    if level is None:
        return ""
    exact = Decimal(str(level)).normalize()
    return f"{exact:.1f}" if exact == round(exact, 1) else f"{exact:f}"


@register.inclusion_tag("components/chip.html")
def chip(text: object, kind: str = "neutral", theirs: bool = False, note: str = "") -> dict[str, object]:
    """`{% chip "Paused" "warn" %}`; kinds: neutral, info, good, warn, bad. `theirs`: a word of iTEP's."""
    return {"text": text, "kind": kind, "theirs": theirs, "note": note}


@register.inclusion_tag("components/chip.html")
def state_chip(state: str, how: str = "") -> dict[str, object]:
    """Our state of a fulfillment: `{% state_chip fulfillment.state %}`; `how` as for the filter `state_word`."""
    return chip(words.state_word(state, how), words.state_kind(state))


@register.inclusion_tag("components/chip.html")
def itep_chip(
    status: str | None, seen_at: datetime | None = None, source: str = "", raw: str = ""
) -> dict[str, object]:
    """iTEP's status, when and how it was seen: `{% itep_chip "started" at "webhook" %}`. None: nothing heard yet."""
    if not status and not raw:
        return chip(_("nothing heard yet"), "neutral", theirs=True)
    return chip(raw or words.itep_word(status), words.itep_kind(status), theirs=True, note=_seen(seen_at, source))


def _seen(at: datetime | None, source: str) -> str:
    if at is None:
        return ""
    if not source:
        return _("seen %(when)s") % {"when": short_time(at)}
    return _("seen %(when)s by %(source)s") % {"when": short_time(at), "source": words.source_word(source)}


@register.inclusion_tag("components/tile.html")
def tile(
    label: str | Promise, number: object, url: str = "", selected: bool = False, note: str = "", kind: str = ""
) -> dict[str, object]:
    """A number with its label, a link if `url` is given; `selected` where it filters the table below."""
    return {"label": label, "number": number, "url": url, "selected": selected, "note": note, "kind": kind}


@register.inclusion_tag("components/test_id.html", name="test_id")
def shown_test_id(value: str | None, copy: bool = True) -> dict[str, object]:
    """A test ID in monospace with a copy button; nothing yet is a dash: `{% test_id fulfillment.test_id %}`."""
    return {"value": value or "", "copy": copy}


@register.simple_tag
def when(moment: datetime | date | None, blank: str = "") -> str:
    """`{% when event.at %}`: short, in the reader's zone, with the full date and zone on hover; `blank` for None."""
    if moment is None:
        return blank
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, "j M Y"))
    here = timezone.localtime(moment)
    full = f"{date_format(here, 'l j F Y, H:i')} {timezone.get_current_timezone_name()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', here.isoformat(), full, short_time(moment))


def short_time(moment: datetime) -> str:
    """Today by the clock; this year by day and clock; else by day: "14:10", "6 Mar 14:10", "6 Mar 2025"."""
    here, now = timezone.localtime(moment), timezone.localtime()
    if here.date() == now.date():
        return date_format(here, "H:i")
    return date_format(here, "j M H:i" if here.year == now.year else "j M Y")


@register.filter
def administers(user: User | AnonymousUser | None) -> bool:
    """Whether the reader may set the portal up: what only says no to others is not shown to them."""
    return user is not None and is_administrator(user)


@register.simple_tag(takes_context=True)
def main_navigation(context: Context) -> list[NavItem]:
    """The main navigation's links: `{% main_navigation as nav %}`."""
    request = context.get("request")
    user = context.get("user")
    return nav_items(request.path if request is not None else "", administers=user is None or administers(user))


@register.simple_tag
def url_if_any(name: str) -> str:
    """Like `url`, but empty where the page does not exist: `{% url_if_any "search" as there %}`."""
    return url_or_blank(name)


@register.filter
def blank_dash(value: object) -> object:
    """A dash for what is not known: an empty cell looks like a mistake."""
    return value if value not in (None, "") else mark_safe('<span class="text-muted" aria-hidden="true">–</span>')


@register.simple_tag
def chart_json(chart_id: str, data: ChartData) -> SafeString:
    """The numbers of a chart as a JSON element that `charts.js` reads."""
    return json_script(data, f"{chart_id}-data")


@register.filter
def chart_rows(data: ChartData) -> list[tuple[str, list[float | None]]]:
    """A chart's numbers by row, for its table."""
    series = [data["columns"]["values"], *(line["values"] for line in data.get("lines", []))]
    return [(label, [values[n] for values in series]) for n, label in enumerate(data["labels"])]
