"""Results as pages and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q, QuerySet

from fulfillment.models import Fulfillment
from itep.test_ids import UnreadableTestId, read_test_id
from results import report_hosts
from results.models import Asked, Result, ResultState


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section, as iTEP sent it."""

    name: str
    level: Decimal | None
    score: Decimal | None
    cefr: str


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One line of the history."""

    pk: int
    revision: int
    state: str
    itep_status: str
    itep_status_raw: str
    overall_level: Decimal | None
    overall_cefr: str
    received_at: datetime
    source: str
    current: bool
    taken: bool
    doubt: str
    asked: str

    @property
    def is_open(self) -> bool:
        return self.asked == Asked.OPEN


@dataclass(frozen=True, slots=True)
class ResultView:
    """The current revision of one test's result, with its history; all that `results/_result.html` needs.

    `report_url` is empty where the host is not on the operator's list; `report_host` then names it.
    """

    pk: int
    fulfillment: Fulfillment | None
    test_id: str
    state: str
    itep_status: str
    itep_status_raw: str
    overall_level: Decimal | None
    overall_cefr: str
    sections: list[SectionView]
    test_date: date | None
    duration_minutes: int | None
    report_url: str
    report_host: str
    received_at: datetime
    released_at: datetime | None
    source: str
    revisions: list[RevisionView]
    current: bool = True

    @property
    def oid(self) -> UUID | None:
        return self.fulfillment.oid if self.fulfillment else None

    @property
    def questions(self) -> list[RevisionView]:
        """What a person is asked."""
        return [one for one in self.revisions if one.is_open]


def of(oid: UUID) -> ResultView | None:
    """The result of a fulfillment; where nothing took effect yet, what was kept for a person to look at."""
    return _view(f"oid:{oid}")


def of_test_id(test_id: str) -> ResultView | None:
    """The result that stands for a test ID, in the portal or outside it."""
    found = Result.objects.filter(test_id=test_id).order_by("-current", "-pk").values_list("subject", flat=True).first()
    return None if found is None else _view(found)


def one(pk: int) -> ResultView | None:
    """The result that a revision belongs to."""
    subject = Result.objects.filter(pk=pk).values_list("subject", flat=True).first()
    return None if subject is None else _view(subject)


def latest(n: int) -> list[Result]:
    """The `n` final results that came last, with their fulfillments, products and payers."""
    return list(current().filter(state=ResultState.FINAL)[:n])


def asked() -> QuerySet[Result]:
    """Revisions that a person is asked about, the oldest first."""
    found = Result.objects.filter(asked=Asked.OPEN).select_related("fulfillment__product")
    return found.order_by("received_at", "pk")


def current() -> QuerySet[Result]:
    """Current results, the latest first."""
    found = Result.objects.filter(current=True).order_by("-received_at", "-pk")
    return found.select_related("fulfillment__product", "fulfillment__payer")


def search(results: QuerySet[Result], words: str) -> QuerySet[Result]:
    """Those whose test ID, oid, candidate or own number the words name."""
    words = words.strip()
    if not words:
        return results
    person = "fulfillment__"
    fits = Q(test_id=_as_test_id(words)) | Q(test_id__istartswith=words)
    for field in ("name__icontains", "email__iexact", "external_id__iexact", "reference__iexact"):
        fits |= Q(**{person + field: words})
    try:
        fits |= Q(fulfillment__oid=UUID(words))
    except ValueError:
        pass
    return results.filter(fits)


def _as_test_id(words: str) -> str:
    try:
        return read_test_id(words)
    except UnreadableTestId:
        return ""


def sections_of(result: Result) -> list[SectionView]:
    """The sections of a revision, in iTEP's order."""
    return [
        SectionView(name, _number(one.get("level")), _number(one.get("score")), one.get("cefr") or "")
        for name, one in result.sections.items()
    ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _view(subject: str) -> ResultView | None:
    revisions = list(Result.objects.filter(subject=subject).order_by("-revision"))
    shown = next((one for one in revisions if one.current), revisions[0] if revisions else None)
    if shown is None:
        return None
    fulfillments = Fulfillment.objects.select_related("product", "payer")
    link = report_hosts.shown(shown.score_report_url)
    return ResultView(
        pk=shown.pk,
        fulfillment=fulfillments.get(pk=shown.fulfillment_id) if shown.fulfillment_id else None,
        test_id=shown.test_id,
        state=shown.state,
        itep_status=shown.itep_status,
        itep_status_raw=shown.itep_status_raw,
        overall_level=shown.overall_level,
        overall_cefr=shown.overall_cefr,
        sections=sections_of(shown),
        test_date=shown.test_date,
        duration_minutes=shown.duration_minutes,
        report_url=link,
        report_host="" if link else _host(shown.score_report_url),
        received_at=shown.received_at,
        released_at=shown.released_at,
        source=shown.source,
        revisions=[_revision(one) for one in revisions],
        current=shown.current,
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _revision(result: Result) -> RevisionView:
    return RevisionView(
        pk=result.pk,
        revision=result.revision,
        state=result.state,
        itep_status=result.itep_status,
        itep_status_raw=result.itep_status_raw,
        overall_level=result.overall_level,
        overall_cefr=result.overall_cefr,
        received_at=result.received_at,
        source=result.source,
        current=result.current,
        taken=result.taken,
        doubt=result.doubt,
        asked=result.asked,
    )
