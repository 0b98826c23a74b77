"""Why something was not done; each carries what a person or a system needs to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from fulfillment.earlier_results import EarlierResult


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with what was asked. `field` is dotted, as "candidate.email"."""

    field: str
    message: str

    @property
    def pointer(self) -> str:
        """The field as a JSON pointer (RFC 6901)."""
        return "/" + self.field.replace(".", "/")


class FulfillmentError(Exception):
    """What a person or a system asked for was refused; nothing was changed, nothing sent."""


class BadRequest(FulfillmentError):
    """What was asked cannot be done as it stands. All that is wrong, at once."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = list(errors)


class DuplicateCandidate(FulfillmentError):
    """The same person has an open test of the same product; `oid` points to the first.

    `earlier` is a result that would be asked about next, so that both can be answered at once.
    """

    def __init__(self, oid: UUID, earlier: EarlierResult | None = None) -> None:
        super().__init__("This person already has an open test of this product.")
        self.oid, self.earlier = oid, earlier


class HasEarlierResult(FulfillmentError):
    """The same person has a result of the same product that still counts: no test ID needs to be spent."""

    def __init__(self, earlier: EarlierResult) -> None:
        super().__init__("This person has a result of this product that still counts.")
        self.earlier = earlier


class UnknownPayer(FulfillmentError):
    """No such payer, or none that the asker may name."""

    def __init__(self, code: str) -> None:
        super().__init__(f'There is no payer "{code}".' if code else "Name the payer: there are several.")
        self.code = code


class NotCancellable(FulfillmentError):
    """It cannot be cancelled now; the text says why, and what would help."""


class NotResendable(FulfillmentError):
    """No mail can be sent now; the text says why, and what would help."""


class NotRepeatable(FulfillmentError):
    """iTEP cannot be called again now; the text says why."""


class NotNow(FulfillmentError):
    """The act is not possible as things stand; the text says why, and what would help."""


class NoSeats(FulfillmentError):
    """More people than seats are left; nobody was seated."""

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(f"{asked} chosen, {left} seats left: choose fewer, or add seats to the sitting.")
        self.asked, self.left = asked, left


class SittingRefuses(FulfillmentError):
    """The sitting, or the day, does not allow it; the text says why, and what would help."""


class BatchMoved(FulfillmentError):
    """Somebody else gave this batch, undid it, or gave it up meanwhile."""


class DoesNotFit(FulfillmentError):
    """Nothing of a batch is to be given unless every row gets a test ID now; and not every one would."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"Nothing was given: {waiting} of its rows would have to wait for a test ID.")
        self.waiting = waiting


class CannotUndo(FulfillmentError):
    """A batch can be undone until the first of it is told to iTEP; the text says what came first."""
