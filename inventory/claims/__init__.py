"""What the portal did about each request, from its opening to its end: the only writers of claims and of holders.

Fulfillment, the webhooks, reconciliation and the pages call these functions; each is one transaction.
"""

from inventory.claims.by_hand import (
    all_done_at_itep,
    done_at_itep,
    done_was_wrong,
    not_arrived,
    not_done_at_itep,
    text_rewritten,
    text_taken,
    texts_taken,
    why_done_stands,
)
from inventory.claims.calls import begin_call, call_lost, record_answer
from inventory.claims.confirming import Confirmed, confirm, confirm_by_webhook, leave_stock, note_conflict
from inventory.claims.ending import Cancelled, cancel
from inventory.claims.moves import Word
from inventory.claims.opening import open_claim, serve_waiting
from inventory.claims.outcomes import Recorded
from inventory.claims.outliving import expire_before, hold, must_outlive
from inventory.claims.releasing import (
    cleared,
    each,
    release,
    set_aside,
    take_back,
    tell,
    told,
    told_by_file,
    try_again,
    why_not_release,
    why_not_set_aside,
)
from inventory.claims.repairing import Repaired
from inventory.claims.replacing import expires_before, outlive, replace, why_not_replace
from inventory.claims.telling import tell_all
from inventory.claims.undoing import BEGUN, undo_all
from inventory.errors import AlreadyBegun, ClaimMoved, NoInventory, NotPossible, ReasonNeeded, TestIdNeeded

__all__ = [
    "BEGUN",
    "AlreadyBegun",
    "Cancelled",
    "ClaimMoved",
    "Confirmed",
    "NoInventory",
    "NotPossible",
    "ReasonNeeded",
    "Recorded",
    "Repaired",
    "TestIdNeeded",
    "Word",
    "all_done_at_itep",
    "begin_call",
    "call_lost",
    "cancel",
    "cleared",
    "confirm",
    "confirm_by_webhook",
    "done_at_itep",
    "done_was_wrong",
    "each",
    "expire_before",
    "expires_before",
    "hold",
    "leave_stock",
    "must_outlive",
    "not_arrived",
    "not_done_at_itep",
    "note_conflict",
    "open_claim",
    "outlive",
    "record_answer",
    "release",
    "replace",
    "serve_waiting",
    "set_aside",
    "take_back",
    "tell",
    "tell_all",
    "text_rewritten",
    "text_taken",
    "texts_taken",
    "told",
    "told_by_file",
    "try_again",
    "undo_all",
    "why_done_stands",
    "why_not_release",
    "why_not_replace",
    "why_not_set_aside",
]
