"""What inventory refuses, with its numbers and the reason in words."""

from __future__ import annotations

from uuid import UUID


class NoInventory(Exception):
    """No test ID can be had now, and the asker does not want to wait."""

    def __init__(self, product: str, available: int) -> None:
        super().__init__(f"No test ID of {product} can be given now ({available} available).")
        self.product = product
        self.available = available


class ClaimMoved(Exception):
    """The claim is not (or no longer) in the state that the act needs. Nothing was changed."""

    def __init__(self, oid: UUID, why: str) -> None:
        super().__init__(why)
        self.oid = oid
        self.why = why


class AlreadyBegun(Exception):
    """Some of many requests are told to iTEP already, so that all of them together cannot be taken back."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} of these requests were told to iTEP already.")
        self.number = number


class NotPossible(Exception):
    """An act on a test ID that its holding forbids. `why` says so for the page."""

    def __init__(self, test_id: str, why: str) -> None:
        super().__init__(why)
        self.test_id = test_id
        self.why = why


class TestIdNeeded(Exception):
    """A person says that it is done at iTEP, but the portal does not know which ID iTEP gave."""

    __test__ = False


class ReasonNeeded(Exception):
    """An act that is kept in the history with its reason came without one."""
