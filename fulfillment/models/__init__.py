"""Fulfillments: one test ID on its way to one candidate; and what was written to, and asked by, candidates."""

from fulfillment.models.batches import Batch, BatchRow, RowState
from fulfillment.models.bulk_acts import BulkAct, BulkRow, BulkState
from fulfillment.models.candidate_requests import CandidateRequest
from fulfillment.models.fulfillments import Fulfillment, Origin, State
from fulfillment.models.list_columns import ListColumns
from fulfillment.models.mails import Mail, MailState
from fulfillment.models.organizations import Organization

__all__ = [
    "Batch",
    "BatchRow",
    "BulkAct",
    "BulkRow",
    "BulkState",
    "CandidateRequest",
    "Fulfillment",
    "ListColumns",
    "Mail",
    "MailState",
    "Organization",
    "Origin",
    "RowState",
    "State",
]
