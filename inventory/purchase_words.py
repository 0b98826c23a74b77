"""Orders of test IDs in words: one sentence for each, what came of it by what, and its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access import audit
from access.models import AuditEntry
from inventory import purchases, sources
from inventory.models import Arrival, Purchase
from inventory.stories import Event

# Verb of the audit trail: the words on the page, and how loud they are.
STORY: dict[str, tuple[Promise | str, str]] = {
    "purchase.entered": (gettext_lazy("Entered"), "info"),
    "purchase.changed": (gettext_lazy("Corrected"), "neutral"),
    "purchase.arrived": (gettext_lazy("Test IDs came"), "good"),
    "purchase.arrived_by_word": (gettext_lazy("A person said how many have arrived"), "info"),
    "purchase.cancelled": (gettext_lazy("Cancelled: no more is expected"), "warn"),
}
FIELDS = {
    "count": gettext_lazy("how many"),
    "ordered_on": gettext_lazy("ordered on"),
    "expected_on": gettext_lazy("expected on"),
    "price": gettext_lazy("price"),
    "currency": gettext_lazy("currency"),
    "distributor": gettext_lazy("from whom"),
    "note": gettext_lazy("note"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An order for a template. `came`: (words, page of the upload or "") of each arrival, the oldest first."""

    one: Purchase
    sentence: str
    arrived: str
    came: list[tuple[str, str]]
    state: str
    kind: str  # of the state's chip

    @classmethod
    def of(cls, one: Purchase) -> Row:
        state, kind = _state(one)
        came = [(_came(each), sources.page_of(each.source)) for each in one.arrivals.all()]
        return cls(one, sentence(one), arrived(one), came, state, kind)


def sentence(one: Purchase) -> str:
    """ "Ordered 50 on 4 March at 129 USD from X, expected 11 March"."""
    words = _("Ordered %(n)s on %(day)s from %(whom)s, expected %(due)s")
    if one.price is not None:
        words = _("Ordered %(n)s on %(day)s at %(price)s from %(whom)s, expected %(due)s")
    return words % {
        "n": one.count,
        "day": day(one.ordered_on),
        "price": price(one.price, one.currency),
        "whom": one.distributor or "iTEP",
        "due": day(one.expected_on),
    }


def arrived(one: Purchase) -> str:
    """ "30 of 50 arrived"."""
    return _("%(n)s of %(all)s arrived") % {"n": one.arrived, "all": one.count}


def price(amount: Decimal | None, currency: str) -> str:
    """ "129 USD", "129.50 USD"."""
    if amount is None:
        return ""
    return f"{amount:.0f} {currency}" if amount == amount.to_integral_value() else f"{amount:.2f} {currency}"


def day(then: date) -> str:
    """ "4 March"; the year where it is another one."""
    return date_format(then, "j F" if then.year == timezone.localdate().year else "j F Y")


def story(one: Purchase) -> list[Event]:
    """What happened to the order, newest first."""
    return [_event(entry) for entry in reversed(purchases.story(one))]


def _state(one: Purchase) -> tuple[str, str]:
    today = timezone.localdate()
    if one.cancelled_at:
        return _("Cancelled"), "neutral"
    if not one.is_open:
        return _("All here"), "good"
    if one.is_overdue(today):
        late = (today - one.expected_on).days
        return ngettext("Overdue by %d day", "Overdue by %d days", late) % late, "bad"
    return _("On its way"), "info"


def _came(each: Arrival) -> str:
    return f"{each.count} · {each.source}" if each.count > 0 else f"−{-each.count} · {each.source}"


def _event(entry: AuditEntry) -> Event:
    words, kind = STORY.get(entry.verb, (entry.verb, "neutral"))
    return Event(
        at=entry.at,
        what=str(words),
        who=audit.who(entry),
        source=entry.source,
        source_url=sources.page_of(entry.source),
        detail=_detail(entry),
        kind=kind,
        reason=entry.reason,
    )


def _detail(entry: AuditEntry) -> str:
    told = entry.detail
    if entry.verb == "purchase.arrived":
        return _("%(n)s came, %(left)s are still to come.") % {"n": told["count"], "left": told["outstanding"]}
    if entry.verb == "purchase.arrived_by_word":
        return _("%(after)s instead of %(before)s.") % {"after": told["after"], "before": told["before"]}
    if entry.verb == "purchase.cancelled":
        return _("%(n)s had not arrived.") % {"n": told["outstanding"]}
    return ", ".join(str(FIELDS.get(name, name)) for name in told.get("fields", []))
