"""The one error an artist ever sees: what went wrong, why, and what to do about it."""

from __future__ import annotations


class VoidError(Exception):
    """A failure that is explained to the artist instead of shown as a traceback.

    Attributes:
        what: One short sentence: what could not be done, naming the file or object.
        why: The cause, as far as it is known. May be empty.
        remedy: What the artist can do about it. May be empty.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what, why, remedy)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        parts = (part.strip().rstrip(".") for part in (self.what, self.why, self.remedy))
        return ". ".join(part for part in parts if part) + "."


class Cancelled(Exception):
    """Raised inside heavy work when its owner asked it to stop; not an error."""
