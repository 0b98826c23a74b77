"""`/metrics`: what the database says right now, for Prometheus. Every web process gives the same answer.

Numbers only, by product code, kind and state: no names, no test IDs. Close the path at the proxy all the same, if stock
is nobody's business: docs/operator.md.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from fulfillment import calls
from fulfillment.models import Fulfillment
from inventory import unexplained
from inventory.queries import StockCard, stock_by_product
from outbox.models import Entry, EntryState
from webhooks.models import Post

STOCK = ("available", "reserved", "assigned", "in_test", "outside", "unavailable", "withdrawn", "waiting")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class FromDatabase(Collector):
    """Counts in a handful of statements, each grouped by the database."""

    def collect(self) -> Iterable[Metric]:
        yield from _stock(stock_by_product())
        yield GaugeMetricFamily(
            "portal_unexplained_differences", "IDs of which iTEP says what nothing explains", value=unexplained.number()
        )
        yield _counted("portal_outbox_entries", "Entries of the outbox", Entry.objects.all(), "kind", "state")
        yield _waits("portal_outbox_oldest_due_seconds", "How long the oldest due entry waits", _due(), "due_at")
        yield from _calls()
        yield _counted("portal_fulfillments", "Fulfillments by state", Fulfillment.objects.all(), "state")
        yield _counted("portal_webhook_posts", "What iTEP posted, by state", Post.objects.all(), "state")
        kept = Post.objects.filter(state="kept")
        yield _waits(
            "portal_webhook_oldest_kept_seconds", "How long the oldest unjudged post waits", kept, "received_at"
        )


def _calls() -> Iterator[Metric]:
    """Calls to iTEP: unknown ones are rare, or something is wrong."""
    unknown = Fulfillment.objects.filter(calls.LISTS["unknown"]).count()
    yield GaugeMetricFamily("portal_calls_unknown", "Calls to iTEP whose outcome nobody knows yet", value=unknown)
    silence = calls.silence()
    seconds = (timezone.now() - silence.since).total_seconds() if silence else 0
    yield GaugeMetricFamily(
        "portal_itep_silent_seconds", "How long iTEP has not answered (0: it answers)", value=seconds
    )
    waiting = Entry.objects.filter(kind=calls.CALL, state=EntryState.PENDING, due_at__lte=timezone.now())
    yield GaugeMetricFamily("portal_calls_waiting", "Calls to iTEP that are due", value=waiting.count())
    yield _waits("portal_calls_oldest_waiting_seconds", "How long the oldest of them waits", waiting, "created_at")


def _stock(cards: list[StockCard]) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "portal_test_ids", "Test IDs (waiting: requests without one)", labels=["product", "state"]
    )
    for card in cards:
        for state in STOCK:
            family.add_metric([card.product.code, state], getattr(card, state))
    yield family


def _counted(name: str, what: str, rows: QuerySet[Entry] | QuerySet[Fulfillment] | QuerySet[Post], *by: str) -> Metric:
    family = GaugeMetricFamily(name, what, labels=by)
    for row in rows.order_by().values(*by).annotate(number=Count("pk")):
        family.add_metric([str(row[label]) for label in by], row["number"])
    return family


def _due() -> QuerySet[Entry]:
    return Entry.objects.filter(state=EntryState.PENDING, due_at__lte=timezone.now())


def _waits(name: str, what: str, rows: QuerySet[Entry] | QuerySet[Post], since: str) -> Metric:
    """Seconds; 0 where nothing waits."""
    oldest = rows.aggregate(oldest=Min(since))["oldest"]
    return GaugeMetricFamily(name, what, value=(timezone.now() - oldest).total_seconds() if oldest else 0)
