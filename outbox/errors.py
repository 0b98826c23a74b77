"""What the outbox refuses, and why."""

from outbox.models import Entry


class NotNow(Exception):
    """The entry stands where this cannot be asked of it; `why` is a sentence for people."""

    def __init__(self, entry: Entry, why: str) -> None:
        super().__init__(why)
        self.entry, self.why = entry, why
