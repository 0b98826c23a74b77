"""Fulfillments: one test ID on its way to one candidate; and what was written to, and asked by, candidates."""

from fulfillment.models.batches import NOT_YET, Batch, BatchFile, BatchRow, BatchState, Decision, Found, RowState
from fulfillment.models.bulk_acts import BulkAct, BulkRow, BulkState
from fulfillment.models.candidate_requests import CandidateRequest
from fulfillment.models.fulfillments import Fulfillment, Origin, State
from fulfillment.models.letters import LanguageSwitch, Letter, LetterKind
from fulfillment.models.list_columns import ListColumns
from fulfillment.models.mails import Mail, MailState
from fulfillment.models.organizations import Organization
from fulfillment.models.reminders import Reminder, ReminderRound
from fulfillment.models.sittings import Attendance, Seat, Sitting, SittingKind
from fulfillment.models.troubles import Trouble

__all__ = [
    "NOT_YET",
    "Attendance",
    "Batch",
    "BatchFile",
    "BatchRow",
    "BatchState",
    "BulkAct",
    "BulkRow",
    "BulkState",
    "CandidateRequest",
    "Decision",
    "Found",
    "Fulfillment",
    "LanguageSwitch",
    "Letter",
    "LetterKind",
    "ListColumns",
    "Mail",
    "MailState",
    "Organization",
    "Origin",
    "Reminder",
    "ReminderRound",
    "RowState",
    "Seat",
    "Sitting",
    "SittingKind",
    "State",
    "Trouble",
]
