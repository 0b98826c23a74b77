"""Fulfillments: one test ID on its way to one candidate; and what was written to, and asked by, candidates."""

from fulfillment.models.batches import Batch, BatchRow, RowState
from fulfillment.models.candidate_requests import CandidateRequest
from fulfillment.models.fulfillments import Fulfillment, Origin, State
from fulfillment.models.letters import LanguageSwitch, Letter, LetterKind
from fulfillment.models.mails import Mail, MailState
from fulfillment.models.organizations import Organization

__all__ = [
    "Batch",
    "BatchRow",
    "CandidateRequest",
    "Fulfillment",
    "LanguageSwitch",
    "Letter",
    "LetterKind",
    "Mail",
    "MailState",
    "Organization",
    "Origin",
    "RowState",
    "State",
]
