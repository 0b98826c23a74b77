"""Words of a batch's pages."""

from django import template
from django.utils.translation import gettext as _

from fulfillment import batch_sheet
from fulfillment.forms.fields import DELIVERIES
from fulfillment.models import Batch, BatchRow, BatchState, RowState, State

register = template.Library()
_DELIVERIES = {str(value): words for value, words in DELIVERIES if value}
_KINDS = {RowState.GIVEN: "good", RowState.REUSED: "info", RowState.FAILED: "bad", RowState.UNDONE: "warn"}


@register.filter
def outcome_word(row: BatchRow) -> str:
    return batch_sheet.outcome(row)


@register.filter
def outcome_kind(row: BatchRow) -> str:
    return _KINDS.get(RowState(row.state), "neutral")


@register.filter
def why(row: BatchRow) -> str:
    return batch_sheet.why(row)


@register.filter
def delivery_word(delivery: str) -> str:
    return str(_DELIVERIES.get(delivery, delivery))


@register.filter
def batch_state_word(batch: Batch) -> str:
    words = {
        BatchState.COLUMNS: _("columns to check"),
        BatchState.FAULTY: _("to be corrected"),
        BatchState.DRAFT: _("to be looked at"),
        BatchState.CONFIRMED: _("given"),
        BatchState.UNDONE: _("undone"),
        BatchState.DISCARDED: _("given up"),
    }
    return words[BatchState(batch.state)]


@register.filter
def batch_state_kind(batch: Batch) -> str:
    kinds = {BatchState.CONFIRMED: "good", BatchState.UNDONE: "neutral", BatchState.FAULTY: "bad"}
    return kinds.get(BatchState(batch.state), "warn")


@register.filter
def can_be_cancelled(row: BatchRow) -> bool:
    """Whether it is given, and iTEP may have been told nothing of it."""
    one = row.fulfillment
    return row.state == RowState.GIVEN and one is not None and one.state in (State.WAITING, State.CLAIMED, State.FAILED)
