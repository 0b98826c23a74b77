"""What the pages of a plan show: the preview of an upload, and the same once applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import plan_list, plan_outlook, queries
from inventory.causes import TILE_KINDS, TILES, UNEXPLAINED
from inventory.models import Cause, Claim, ClaimState, PlanRow, Upload
from inventory.models.uploads import UploadState
from inventory.plan_list import Filter
from inventory.plan_outlook import Stock

PAGE = 50
MOST_PRODUCTS = 3  # that the foot names
YES = ("mass_change", "withdrawals")  # what needs an explicit yes
_NO_CHANGE = (Cause.UNCHANGED, Cause.INVALID)
_ALWAYS = (Cause.ADDED, Cause.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that filters; `query` is empty where choosing it shows all again."""

    label: str | Promise
    number: int
    query: str
    selected: bool
    kind: str


def table(upload: Upload, wanted: Filter, page: str | None) -> dict[str, Any]:
    """Tiles, filters and one page of rows: the part of the page that changes as one filters."""
    shown = Paginator(plan_list.rows(upload, wanted), PAGE).get_page(page)
    shown.object_list = list(shown.object_list)
    return {
        "upload": upload,
        "tiles": _tiles(upload, wanted),
        "wanted": wanted,
        "is_filtered": bool(wanted.query),
        "products": plan_list.products(upload),
        "page": shown,
        "known": plan_list.known(shown.object_list),
        "unchanged": upload.counts.get(Cause.UNCHANGED, 0),
    }


def preview(upload: Upload) -> dict[str, Any]:
    """What stands around the table before applying: what is known later, what needs a yes, what the stock becomes."""
    notes = {kind: [one for one in upload.warnings if one["kind"] == kind] for kind in ("remark", *YES)}
    is_open = upload.state == UploadState.PLANNED
    stock = plan_outlook.stock(upload) if is_open else []
    return {
        "notes": notes,
        "needs_yes": any(notes[kind] for kind in YES),
        "stock_words": stock_words(stock),
        "stock_by_product": stock_by_product(stock),
        "later_words": plan_outlook.later_words(upload) if is_open else [],
        "is_open": is_open,
        "has_errors": bool(upload.counts.get(Cause.INVALID)),
    }


def stock_words(stock: Sequence[Stock]) -> str:
    """What applying makes of the stock as a whole: "Apply: available 37 > 85"."""
    if not stock:
        return _("Apply: nothing changes, and the portal knows that iTEP's list was seen")
    before, after = sum(one.before for one in stock), sum(one.after for one in stock)
    return _("Apply: available %(before)s > %(after)s") % {"before": before, "after": after}


def stock_by_product(stock: Sequence[Stock]) -> str:
    """Each product that changes, where there are several: "ACAD-PLUS 37 > 85, BUS-PLUS 4 > 3"; else ""."""
    changed = [one for one in stock if one.before != one.after]
    if len(stock) < 2:
        return ""
    told = ", ".join(f"{one.product} {one.before} > {one.after}" for one in changed[:MOST_PRODUCTS])
    more = len(changed[MOST_PRODUCTS:])
    return told + (ngettext(" and %(n)s more product", " and %(n)s more products", more) % {"n": more} if more else "")


def applied(upload: Upload) -> dict[str, Any]:
    """What came of it, and what is to do next."""
    rows = PlanRow.objects.filter(upload=upload).exclude(dropped="").values_list("dropped").order_by("dropped")
    left_out = list(rows.annotate(Count("id")))
    waiting = Claim.objects.filter(state=ClaimState.WAITING, product__seen_in__upload=upload)
    work = queries.todo_at_itep()
    changed = sum(number for cause, number in upload.counts.items() if cause not in _NO_CHANGE)
    dropped = sum(number for _why, number in left_out)
    return {
        "changed": max(changed - dropped, 0),
        "left_out": left_out,
        "waiting": list(waiting.values_list("product__code").order_by("product__code").annotate(Count("id"))),
        "to_do": len(work.assign) + len(work.clear),
        "unexplained": sum(upload.counts.get(one, 0) for one in UNEXPLAINED),
        "outside": upload.counts.get(Cause.ASSIGNED_OUTSIDE, 0),
        "invalid": upload.counts.get(Cause.INVALID, 0),
    }


def _tiles(upload: Upload, wanted: Filter) -> list[Tile]:
    found = [
        (name, words, sum(upload.counts.get(one, 0) for one in causes), TILE_KINDS.get(name, ""))
        for name, words, causes in TILES
    ]
    tiles = [one for one in found if one[2] or one[0] in _ALWAYS]
    if dropped := PlanRow.objects.filter(upload=upload).exclude(dropped="").count():
        tiles.append((plan_list.LEFT_OUT, _("Left out"), dropped, "warn"))
    return [
        Tile(words, number, wanted.with_cause("" if wanted.cause == name else name), wanted.cause == name, kind)
        for name, words, number, kind in tiles
    ]
