"""What this room refuses, and why."""


class Refused(Exception):
    """`why` is a sentence for people, and names who can lift it where somebody can."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnknownPayer(Refused):
    """A code that no payer has."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no payer {code!r}.")
        self.code = code
