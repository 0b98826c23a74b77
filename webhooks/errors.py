"""What can be wrong with a tracking code."""


class BadTrackingCode(ValueError):
    """The tracking code cannot be made, or changed so. Its message says why, for the person who sets it up."""
