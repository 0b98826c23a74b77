"""What giving a test would come to, in words: said beside the product before anybody presses *Give test*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import outlook_words
from inventory.models import ClaimSource, Delivery
from inventory.prospects import Prospect


@dataclass(frozen=True, slots=True)
class ProspectWords:
    """`first` says whether there is a test ID for it; `then` what happens afterwards; `waits` whether it would wait."""

    waits: bool
    first: str
    then: list[str]

    @classmethod
    def of(cls, one: Prospect, *, delivery: str, deadline: date | None = None) -> ProspectWords:
        """`delivery` as asked for, "" as the product says."""
        return cls(one.waits, _first(one), list(_then(one, delivery or one.product.delivery, deadline)))


def seen(at: datetime | None) -> str:
    """How old the knowledge of a stock is: "seen at iTEP 2 days ago"."""
    if at is None:
        return _("never seen in an export")
    day = timezone.localtime(at).date()
    return _("seen at iTEP %(ago)s") % {"ago": outlook_words.ago(day, timezone.localdate())}


def _first(one: Prospect) -> str:
    if one.product.paused_at is not None:
        return _("It waits: the product is paused. %(because)s") % {"because": one.product.paused_because}
    if one.waiting:
        before = ngettext("%d request waits before it.", "%d requests wait before it.", one.waiting) % one.waiting
        return _("It waits in order: %(before)s") % {"before": before}
    if one.source == ClaimSource.SALE:
        return _("iTEP sells a test ID for it at that moment: nothing leaves your stock.")
    if one.available <= 0:
        return _("It waits in order: none available.")
    left = one.available - 1
    words = {"number": one.available, "left": ngettext("%d is left", "%d are left", left) % left}
    if one.source == ClaimSource.ITEP_PICKS:
        return _("iTEP picks one of %(number)s available; %(left)s.") % words
    if left == 0:
        return _("It takes the last available test ID.")
    return _("It takes one of %(number)s available; %(left)s.") % words


def _then(one: Prospect, delivery: str, deadline: date | None) -> Iterator[str]:
    if deadline and not one.waits and one.source == ClaimSource.INVENTORY and one.outlives == 0:
        yield _("No available test ID is valid until the deadline: it takes the oldest.")
    if one.by_hand:
        yield _("By hand: a person writes it at iTEP; it stands under “To do at iTEP”.")
    elif one.product.paused_at is None:
        yield _("The portal tells iTEP by itself.")
    yield {
        Delivery.PORTAL.value: _("Once iTEP has it, we mail the candidate."),
        Delivery.ITEP.value: _("iTEP mails the candidate."),
        Delivery.NONE.value: _("Nobody is mailed: you hand the test ID out."),
    }.get(delivery, "")
    if one.source != ClaimSource.SALE:
        yield _("The stock: %(seen)s.") % {"seen": seen(one.seen_at)}
