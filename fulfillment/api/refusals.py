"""The room's typed errors as problems of the API (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from access.problems import Invalid, Problem
from fulfillment import errors
from inventory.errors import NoInventory


@contextmanager
def as_problems() -> Iterator[None]:
    """Every refusal of the room, with its numbers."""
    try:
        yield
    except errors.BadRequest as error:
        raise Invalid([{"pointer": one.pointer, "detail": one.message} for one in error.errors]) from error
    except errors.DuplicateCandidate as error:
        raise Problem("duplicate-candidate", str(error), oid=str(error.oid)) from error
    except errors.UnknownPayer as error:
        raise Problem("unknown-payer", str(error)) from error
    except NoInventory as error:
        raise Problem("no-inventory", str(error), product=error.product, available=error.available) from error
    except errors.NotCancellable as error:
        raise Problem("not-cancellable", str(error)) from error
    except errors.NotResendable as error:
        raise Problem("not-resendable", str(error)) from error
