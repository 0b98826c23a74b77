"""The watch over the stock: each thing is said once, by a mail and on Today, however often and wherever it runs.

A level is said when it is reached, with those below it, and again only after it was left upward. Old knowledge is said
once until the product was seen anew; an ID about to expire once per horizon; the digest once a week. What was said is a
row under a unique constraint, written in one transaction with its mail, while the products are locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from access import audit
from access.actors import Actor
from inventory import digest, expiring, locks, outlooks, stock_mails, warning_words
from inventory.levels import Level
from inventory.models import LEVELS, Product, Said, StockWarning
from inventory.outlooks import Outlook
from inventory.warning_words import Words
from outbox import staff_mails

WATCH = Actor.system("stock watch")
SAID = {Level.NOTICE: Said.NOTICE, Level.LOW: Said.LOW, Level.OUT: Said.OUT}
NEVER = "never"
HISTORY = 20  # lines on a product's page


@dataclass(frozen=True, slots=True)
class Change:
    """A level that a product reached, or left (`left`: the row that was open)."""

    one: Outlook
    level: Level
    left: StockWarning | None = None


def watch() -> int:
    """Says what is new: how many things. Run again, or twice at once, it says nothing twice."""
    today = timezone.localdate()
    if not _anything_new(outlooks.outlooks(today)):
        return 0
    with transaction.atomic():
        locks.products(ids=Product.objects.values_list("pk", flat=True))
        found = outlooks.outlooks(today)
        raised = [*_say_levels(found), *_say_overdue(found), *_say_expiring(found)]
        if raised:
            _mail(raised, found)
        return len(raised) + digest.send_if_due(found)


def open_since() -> dict[tuple[int, str], datetime]:
    """(product, level) -> since when it is said."""
    rows = StockWarning.objects.filter(said__in=LEVELS, left_at=None)
    return {(key, said): at for key, said, at in rows.values_list("product", "said", "raised_at") if key}


def history(product: Product) -> list[tuple[StockWarning, str]]:
    """What was said of a product, newest first, in words; of levels reached at once only the worst."""
    rows = product.warnings.exclude(numbers__has_key="part_of")[:HISTORY]
    return [(row, warning_words.headline(row.said, product, row.numbers)) for row in rows]


def headline(one: Outlook) -> str:
    """The level that it is at, in words."""
    return warning_words.headline(SAID[one.level()], one.product, warning_words.numbers_of(one))


def _anything_new(found: Sequence[Outlook]) -> bool:
    """A look without a lock: most of the time there is nothing to say."""
    return bool(_changes(found) or _overdue(found) or expiring.new(timezone.localdate()) or digest.due(timezone.now()))


def _changes(found: Sequence[Outlook]) -> list[Change]:
    rows = StockWarning.objects.filter(said__in=LEVELS, left_at=None)
    standing = {(row.product_id, row.said): row for row in rows}
    changes = []
    for one in found:
        now, still = one.level(), one.level(wider=True)
        for level, said in SAID.items():
            row = standing.get((one.product.pk, said))
            if row is None and level <= now:
                changes.append(Change(one, level))
            elif row is not None and level > max(now, still):
                changes.append(Change(one, level, row))
    return changes


def _say_levels(found: Sequence[Outlook]) -> list[StockWarning]:
    """The worst level that each product newly reached; the rows of all are written."""
    worst: dict[int, StockWarning] = {}
    for change in sorted(_changes(found), key=lambda change: -change.level):
        product = change.one.product
        if change.left is not None:
            _leave(change.left, product)
        elif product.pk in worst:
            _raise(product, SAID[change.level], numbers={"part_of": worst[product.pk].said})
        else:
            worst[product.pk] = _raise(product, SAID[change.level], numbers=warning_words.numbers_of(change.one))
    return list(worst.values())


def _overdue(found: Sequence[Outlook]) -> list[Outlook]:
    said = set(StockWarning.objects.filter(said=Said.OVERDUE).values_list("product", "about"))
    return [one for one in found if one.is_overdue and (one.product.pk, _seen(one)) not in said]


def _say_overdue(found: Sequence[Outlook]) -> list[StockWarning]:
    return [
        _raise(one.product, Said.OVERDUE, about=_seen(one), numbers={"seen": _seen(one, blank="")})
        for one in _overdue(found)
    ]


def _seen(one: Outlook, blank: str = NEVER) -> str:
    return one.knowledge.seen_at.isoformat() if one.knowledge.seen_at else blank


def _say_expiring(found: Sequence[Outlook]) -> list[StockWarning]:
    products = {one.product.pk: one.product for one in found}
    raised = []
    for new in expiring.new(timezone.localdate()):
        product = products[new.product]
        row = _raise(product, Said.EXPIRING, numbers=warning_words.numbers_of_expiring(new))
        expiring.remember(warning=row, product=product, days=new.days, today=timezone.localdate())
        raised.append(row)
    return raised


def _raise(product: Product, said: Said, *, numbers: dict[str, object], about: str = "") -> StockWarning:
    row = StockWarning.objects.create(product=product, said=said, about=about, numbers=numbers)
    audit.record(actor=WATCH, verb="stock.warned", product=product.code, subject=said.value)
    return row


def _leave(row: StockWarning, product: Product) -> None:
    StockWarning.objects.filter(pk=row.pk).update(left_at=timezone.now())
    audit.record(actor=WATCH, verb="stock.recovered", product=product.code, subject=row.said)


def _mail(raised: Sequence[StockWarning], found: Sequence[Outlook]) -> None:
    """One mail for all that is new, worst first; what is about one product stands together."""
    by_product = {one.product.pk: one for one in found}
    worst_first = [Said.OUT, Said.LOW, Said.NOTICE, Said.EXPIRING, Said.OVERDUE]
    rows: dict[int, list[StockWarning]] = {}
    for row in sorted(raised, key=lambda row: worst_first.index(Said(row.said))):
        rows.setdefault(row.product_id or 0, []).append(row)
    news = [_words(some, by_product[key]) for key, some in rows.items()]
    words = {"news": news, "first": news[0].headlines[0], "number": len(raised)}
    stock_mails.write(template="news", words=words, key=f"news-{raised[0].pk}")


def _words(rows: Sequence[StockWarning], one: Outlook) -> Words:
    headlines = [warning_words.headline(row.said, one.product, row.numbers) for row in rows]
    url = staff_mails.address(reverse("inventory:product", args=[one.product.code]))
    return Words(headlines, warning_words.lines(one), url)
