"""Reading for pages and API: stock, test IDs in the API's words, what a person has to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from inventory import held_back, last_word, text_search, texts
from inventory.models import Claim, ClaimState, Holding, Product, Standing, TestID
from inventory.models.test_ids import AVAILABLE
from inventory.products import done_by_hand

_OPEN_CLAIM = [ClaimState.RESERVED, ClaimState.CALLING, ClaimState.UNKNOWN]
_CURRENT = Q(holding=Holding.CURRENT)
IN_TEST = ("started", "finished", "review", "problem")
DONE = ("completed", "invalidated")
# How far the test is by iTEP's latest word: the webhook's, unless an export said more since.
STAGE = Case(
    When(Q(progress="") | Q(status__in=(*IN_TEST, *DONE), said_at__gt=F("progress_at")), then=F("status")),
    default=F("progress"),
    output_field=CharField(),
)

# The API's words (DESIGN.md section 7). First match wins.
STATE = Case(
    When(AVAILABLE, then=Value("available")),
    When(_CURRENT & Q(holder__state__in=_OPEN_CLAIM), then=Value("claimed")),
    When(_CURRENT & Q(holder__state=ClaimState.CONFIRMED), then=Value("assigned")),
    When(standing=Standing.OURS, holder__isnull=False, then=Value("assigned")),
    When(standing=Standing.OUTSIDE, then=Value("assigned_outside")),
    When(standing=Standing.WITHDRAWN, then=Value("withdrawn")),
    default=Value("unavailable"),
    output_field=CharField(),
)
ONLY = {
    "set_aside": Q(set_aside_at__isnull=False),
    "to_clear": Q(to_clear_since__isnull=False),
    "left_panel": Q(left_panel_at__isnull=False),
    "in_doubt": Q(holder__conflict_at__isnull=False),
}
STATES = ("available", "claimed", "assigned", "assigned_outside", "unavailable", "withdrawn")


@dataclass(frozen=True, slots=True)
class StockCard:
    """A product and its test IDs, counted; `waiting` are requests without an ID.

    `in_test` and `done` are among `assigned`, `set_aside` among `unavailable`. Done is what iTEP calls Completed or
    Invalidated; an ID that merely left its panel is neither.
    """

    product: Product
    available: int = 0
    reserved: int = 0
    assigned: int = 0
    in_test: int = 0
    done: int = 0
    outside: int = 0
    unavailable: int = 0
    set_aside: int = 0
    withdrawn: int = 0
    waiting: int = 0
    seen_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.available + self.reserved + self.assigned + self.outside + self.unavailable + self.withdrawn


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; blank means all. `search` is a part of the ID; `in_texts`: or whole words of its Assigned-to,
    which is for people alone: a system without the scope `secrets` may not find out what stands there."""

    product: str = ""
    state: str = ""
    search: str = ""
    only: str = ""  # a name of ONLY
    in_texts: bool = False


@dataclass(frozen=True, slots=True)
class Assign:
    """A text to write into Assigned-to at iTEP. `taken` since: somebody has it in hand. No ID: a sale.

    No text: `why_none` says so, as one that is too long for iTEP.
    """

    oid: UUID
    product: Product
    test_id: str
    text: str
    taken: datetime | None
    since: datetime
    cancel_wanted: bool
    lacks_password: bool  # the product needs one, and the mirror has none
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """What a person has to do at iTEP: texts to write, IDs whose Assigned-to is to be cleared."""

    assign: list[Assign]
    clear: list[TestID]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that only a person can settle. `kind`: unknown, conflict, gave_up, paused."""

    kind: str
    product: Product
    since: datetime | None
    why: str
    oid: UUID | None = None
    test_id: str = ""


def products() -> QuerySet[Product]:
    return Product.objects.order_by("code")


def stock_by_product() -> list[StockCard]:
    """A card for each product, in four statements however many there are; those with stock or use first."""
    counts: dict[int, dict[str, int]] = {}
    rows = TestID.objects.annotate(state=STATE, stage=STAGE).values("product", "state").order_by()
    ours = Q(holder__state=ClaimState.CONFIRMED, state="assigned")
    aside = Q(set_aside_at__isnull=False, state="unavailable")
    rows = rows.annotate(
        number=Count("pk"),
        in_test=Count("pk", filter=ours & Q(stage__in=IN_TEST)),
        done=Count("pk", filter=ours & Q(stage__in=DONE)),
        set_aside=Count("pk", filter=aside),
    )
    for row in rows:
        found = counts.setdefault(row["product"], dict.fromkeys(("in_test", "done", "set_aside"), 0))
        found[row["state"]] = row["number"]
        found["in_test"] += row["in_test"]
        found["done"] += row["done"]
        found["set_aside"] += row["set_aside"]
    waiting = _by_product(Claim.objects.filter(state=ClaimState.WAITING))
    seen = last_word.by_exports()
    cards = [_card(product, counts.get(product.pk, {}), waiting, seen.get(product.pk)) for product in products()]
    return sorted(cards, key=lambda card: (card.total + card.waiting == 0, card.product.code))


def stock_of(product: Product) -> StockCard:
    return next(card for card in stock_by_product() if card.product == product)


def test_ids(filters: Filters) -> QuerySet[TestID]:
    """Rows of the mirror, each with its `state`. What is encrypted is read only where it is asked for."""
    rows = _annotated().select_related("product", "holder")
    rows = rows.defer("assigned_to", "password", "other").order_by("test_id")
    if filters.product:
        rows = rows.filter(product__code=filters.product)
    if filters.state:
        rows = rows.filter(Q(state=filters.state))
    if filters.only in ONLY:
        rows = rows.filter(ONLY[filters.only])
    return rows.filter(_named(filters)) if filters.search.strip() else rows


def _named(filters: Filters) -> Q:
    asked = filters.search.strip()
    named = Q(test_id__contains=asked.upper())
    return named | Q(pk__in=text_search.test_ids_with(asked).values("pk")) if filters.in_texts else named


def found_in_text(rows: Iterable[TestID], filters: Filters) -> set[int]:
    """Those of the rows that are there for what stands in their Assigned-to, and not for their ID."""
    asked = filters.search.strip()
    others = [one.pk for one in rows if asked and asked.upper() not in one.test_id]
    return set(text_search.test_ids_with(asked).filter(pk__in=others).values_list("pk", flat=True)) if others else set()


def one(test_id: str) -> TestID:
    """One row with its `state`. Raises TestID.DoesNotExist."""
    return _annotated().select_related("product", "holder").get(test_id=test_id)


def _annotated() -> QuerySet[TestID]:
    """With the API's word of its state, and with when iTEP last spoke of it and how."""
    return last_word.annotated(TestID.objects.all()).annotate(state=STATE)


def oid_shown(row: TestID) -> UUID | None:
    """The fulfillment of an ID as the API tells it: not while it is merely claimed, when it may still move."""
    return row.holder.oid if row.holder is not None and getattr(row, "state", "") != "claimed" else None


def matched_by_id(test_id: str) -> UUID | None:
    """The request whose confirmed ID this is, though iTEP's post does not name our OID: adopted, or done by hand."""
    held = TestID.objects.filter(test_id=test_id, holding=Holding.CURRENT, holder__state=ClaimState.CONFIRMED)
    found = held.select_related("holder").first()
    if found is None or found.holder is None:
        return None
    by_hand = found.holder.by_hand or found.holder.assigned_to_records.exclude(written_by="call").exists()
    return found.holder.oid if by_hand else None


def todo_at_itep(product: str = "") -> Todo:
    """The hand work, oldest first: products worked by hand, texts that were taken, and calls that iTEP put off."""
    claims = _for_hands()
    clear = TestID.objects.filter(to_clear_since__isnull=False).select_related("product", "holder")
    if product:
        claims, clear = claims.filter(product__code=product), clear.filter(product__code=product)
    assign = [_assign(one) for one in claims if one.current or one.source != "inventory"]
    return Todo(assign, list(clear.order_by("to_clear_since", "id")))


def todo_row(oid: UUID) -> Assign | None:
    """One line of the hand work; None once it is done."""
    claim = _for_hands().filter(oid=oid).first()
    return _assign(claim) if claim else None


def _for_hands() -> QuerySet[Claim]:
    put_off = Q(call_ended_at__isnull=False)  # a reserved claim with a call behind it: iTEP surely did nothing
    which = Q(state=ClaimState.RESERVED) & (done_by_hand() | put_off) | Q(state=ClaimState.UNKNOWN, by_hand=True)
    claims = held_back.without(Claim.objects.filter(which))
    return claims.select_related("product").prefetch_related("held").order_by("id")


def needs_a_person() -> list[Need]:
    """Paused products first, then conflicts, unknown outcomes and requests that five IDs were refused for."""
    paused = Product.objects.filter(paused_at__isnull=False)
    needs = [Need("paused", one, one.paused_at, one.paused_because) for one in paused]
    doubtful = Q(conflict_at__isnull=False) | Q(state=ClaimState.UNKNOWN, by_hand=False)
    gave_up = Q(state=ClaimState.RESERVED, refused_ids__gt=0, source="inventory")
    claims = Claim.objects.filter(doubtful | gave_up).select_related("product").prefetch_related("held").order_by("id")
    found = [need for claim in claims if (need := _need(claim))]
    return needs + sorted(found, key=lambda need: ("conflict", "unknown", "gave_up").index(need.kind))


def _need(claim: Claim) -> Need | None:
    test_id = claim.current.test_id if claim.current else ""
    if claim.conflict_at:
        return Need("conflict", claim.product, claim.conflict_at, claim.conflict_because, claim.oid, test_id)
    if claim.state == ClaimState.UNKNOWN:
        since = claim.call_ended_at or claim.call_until
        return Need("unknown", claim.product, since, "iTEP did not answer.", claim.oid, test_id)
    if test_id:
        return None
    why = f"iTEP refused {claim.refused_ids} test IDs for this request."
    return Need("gave_up", claim.product, claim.call_ended_at, why, claim.oid)


def _assign(claim: Claim) -> Assign:
    record = claim.assigned_to_records.last() if claim.by_hand else None
    current, text = claim.current, record.text if record else texts.text_for(claim.oid)
    return Assign(
        oid=claim.oid,
        product=claim.product,
        test_id=current.test_id if current else "",
        text=text,
        taken=claim.call_until if claim.by_hand else None,
        since=claim.created_at,
        cancel_wanted=claim.cancel_wanted_at is not None,
        lacks_password=claim.product.needs_password and not (current and current.password_digest),
        why_none="" if text else texts.why_none(claim.oid),
    )


def _by_product(rows: QuerySet[Claim]) -> dict[int, int]:
    found = rows.values("product").order_by().annotate(number=Count("pk"))
    return {row["product"]: row["number"] for row in found}


def _card(
    product: Product,
    counts: dict[str, int],
    waiting: dict[int, int],
    seen_at: datetime | None,
) -> StockCard:
    return StockCard(
        product=product,
        available=counts.get("available", 0),
        reserved=counts.get("claimed", 0),
        assigned=counts.get("assigned", 0),
        in_test=counts.get("in_test", 0),
        done=counts.get("done", 0),
        outside=counts.get("assigned_outside", 0),
        unavailable=counts.get("unavailable", 0),
        set_aside=counts.get("set_aside", 0),
        withdrawn=counts.get("withdrawn", 0),
        waiting=waiting.get(product.pk, 0),
        seen_at=seen_at,
    )
