"""An export's row and a mirror's row as facts for the judgement. `inventory.pairing` finds which are to be paired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from access.models import AuditEntry
from inventory.columns import Field
from inventory.judgement import ClaimFacts, MirrorFacts, RowFacts
from inventory.models import Claim, ClaimState, Holding, Standing, TestID, WordSource

BY_EXPORT = "An export"  # how the reason of a conflict begins that an export found
OTHER = "other"  # the columns that the portal does not know, compared as one
COMPARED = (
    Field.STATUS,
    Field.ASSIGNED_TO,
    Field.PASSWORD,
    Field.VALID_UNTIL,
    Field.PURCHASED_ON,
    Field.TRACKING_CODE,
    OTHER,
)
InFile = Mapping[int, frozenset[str]]  # claim -> the IDs of the file that carry its text


class Staged(NamedTuple):
    """The file's half of a pair. Days as ISO texts or dates, as the database gives them."""

    sheet: str
    row: int
    test_id: str
    product: str
    status_raw: str
    status: str
    assigned_to_digest: str
    password_digest: str
    valid_until: Any
    purchased_on: Any
    tracking_code: str
    other_digest: str
    claim_ids: tuple[int, ...]


class Mirrored(NamedTuple):
    """The mirror's half of a pair."""

    id: int
    test_id: str
    product: str
    status_raw: str
    status: str
    assigned_to_digest: str
    password_digest: str
    valid_until: Any
    purchased_on: Any
    tracking_code: str
    other_digest: str
    said_by: str
    said_at: Any
    standing: str
    left_panel_at: Any
    progress: str
    progress_at: Any
    holder_id: int | None
    holding: str
    set_aside_at: Any
    to_clear_since: Any
    revision: int


Halves = tuple[Staged | None, Mirrored | None]


@dataclass(frozen=True, slots=True)
class Pair:
    """An ID with its two halves, as they are and as facts; `claim` is the one that applying would touch, if any."""

    test_id: str
    staged: Staged | None
    mirrored: Mirrored | None
    row: RowFacts | None
    mirror: MirrorFacts | None
    claim: Claim | None


def paired(halves: Sequence[Halves], compared: Sequence[str], in_file: InFile) -> Iterator[Pair]:
    """The pairs of these halves, each with the facts of the claims that it concerns."""
    ids = concerned(halves)
    claims = _Claims(ids, in_file) if ids else _NOBODY
    for staged, mirrored in halves:
        yield claims.pair(compared, staged, mirrored)


def concerned(halves: Iterable[Halves]) -> set[int]:
    """The claims whose text stands in one of the rows, or that hold one of the IDs."""
    halves = list(halves)
    ids = {one for staged, _ in halves if staged for one in staged.claim_ids}
    return ids | {mirrored.holder_id for _, mirrored in halves if mirrored and mirrored.holder_id}


class _Claims:
    """The claims of some pairs, each with its IDs and where in the file its text stands."""

    def __init__(self, ids: Iterable[int], in_file: InFile) -> None:
        wanted = list(ids)
        self.by_id = {one.pk: one for one in Claim.objects.filter(pk__in=wanted).select_related("product")}
        held: dict[int, list[tuple[str, str]]] = {}
        rows = TestID.objects.filter(holder_id__in=wanted) if wanted else TestID.objects.none()
        for claim_id, test_id, holding in rows.values_list("holder_id", "test_id", "holding"):
            held.setdefault(claim_id or 0, []).append((test_id, holding))
        self.facts = {pk: _facts(one, held.get(pk, []), in_file.get(pk)) for pk, one in self.by_id.items()}
        self.replaced = _replaced([one for ids in held.values() for one, holding in ids if holding == Holding.EARLIER])

    def pair(self, compared: Sequence[str], staged: Staged | None, mirrored: Mirrored | None) -> Pair:
        test_id = staged.test_id if staged else mirrored.test_id if mirrored else ""
        row = self._row(compared, staged) if staged else None
        mirror = self._mirror(compared, mirrored) if mirrored else None
        texts = staged.claim_ids[:1] if staged else ()
        claim_id = texts[0] if texts else mirrored.holder_id if mirrored else None
        return Pair(test_id, staged, mirrored, row, mirror, self.by_id.get(claim_id or 0))

    def _row(self, compared: Sequence[str], staged: Staged) -> RowFacts:
        ours = tuple(self.facts[one] for one in staged.claim_ids if one in self.facts)
        blank = staged.assigned_to_digest == ""
        return RowFacts(staged.product, staged.status == "ready", blank, _fields(compared, staged, of_file=True), ours)

    def _mirror(self, compared: Sequence[str], mirrored: Mirrored) -> MirrorFacts:
        holder = self.facts.get(mirrored.holder_id or 0)
        return MirrorFacts(
            product=mirrored.product,
            standing=Standing(mirrored.standing),
            said_at=_time(mirrored.said_at) or datetime.min.replace(tzinfo=UTC),
            said_by=WordSource(mirrored.said_by),
            fields=_fields(compared, mirrored, of_file=False),
            holder=holder,
            told=holder is not None and self._told(mirrored, self.by_id[holder.id]),
            set_aside=mirrored.set_aside_at is not None,
            progress=mirrored.progress,
            progress_at=_time(mirrored.progress_at),
            left_panel=mirrored.left_panel_at is not None,
            to_clear=mirrored.to_clear_since is not None,
        )

    def _told(self, mirrored: Mirrored, holder: Claim) -> bool:
        """Whether anybody may know this ID. An earlier ID: only if its claim was told before it got another."""
        if holder.told_at is None or mirrored.holding != Holding.EARLIER:
            return holder.told_at is not None
        replaced = self.replaced.get((mirrored.test_id, holder.oid))
        return replaced is None or holder.told_at <= replaced


class _Nobody(_Claims):
    """Where no claim is concerned, none is asked for."""

    def __init__(self) -> None:
        self.by_id, self.facts, self.replaced = {}, {}, {}


_NOBODY = _Nobody()


def _replaced(test_ids: Sequence[str]) -> dict[tuple[str, Any], datetime]:
    """When each earlier ID was replaced, as its story tells."""
    if not test_ids:
        return {}
    told = AuditEntry.objects.filter(test_id__in=test_ids, verb="test_id.replaced").order_by("id")
    return {(test_id, oid): at for test_id, oid, at in told.values_list("test_id", "oid", "at")}


def _facts(claim: Claim, held: Iterable[tuple[str, str]], in_file: frozenset[str] | None) -> ClaimFacts:
    ids = list(held)
    return ClaimFacts(
        id=claim.pk,
        state=ClaimState(claim.state),
        current=next((one for one, holding in ids if holding == Holding.CURRENT), ""),
        earlier=frozenset(one for one, holding in ids if holding == Holding.EARLIER),
        called_at=claim.call_ended_at or claim.call_began_at,
        settles_from=claim.call_ended_at or claim.call_until or claim.call_began_at,
        in_file=in_file or frozenset(),
        contradicted=claim.conflict_because.startswith(BY_EXPORT),
    )


def _fields(compared: Sequence[str], half: Staged | Mirrored, *, of_file: bool) -> tuple[tuple[str, object], ...]:
    """The comparable values of one half. A blank password says nothing: it would take away what the candidate needs."""
    values = (
        (Field.STATUS, half.status or half.status_raw.casefold()),
        (Field.ASSIGNED_TO, half.assigned_to_digest),
        (Field.PASSWORD, half.password_digest),
        (Field.VALID_UNTIL, _day(half.valid_until)),
        (Field.PURCHASED_ON, _day(half.purchased_on)),
        (Field.TRACKING_CODE, half.tracking_code),
        (OTHER, half.other_digest),
    )
    return tuple(
        (str(one), value)
        for one, value in values
        if one in compared and not (of_file and one == Field.PASSWORD and value == "")
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _time(value: Any) -> datetime | None:
    """SQLite gives times in UTC without saying so, or as texts."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
