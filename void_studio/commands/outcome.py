"""How a command ends: with an outcome, with a VoidError, or because it was asked wrongly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from void_studio.errors import VoidError


@dataclass(frozen=True)
class Outcome:
    """What a command did.

    Attributes:
        facts: The one object that ``--json`` prints.
        text: What is printed without ``--json``; nothing if empty.
        code: The exit code: 0, or 1 when ``facts`` and ``text`` say what is wrong.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    code: int = 0


class WrongUsage(Exception):
    """The command line asks for something that does not exist or does not go together."""


class JobEnded(VoidError):
    """A job did not end as done.

    Attributes:
        job: Its id.
    """

    def __init__(self, job: str, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what, why, remedy)
        self.job = job


def frames(count: int) -> str:
    """A number of frames, for people."""
    return f"{count} frame" if count == 1 else f"{count} frames"
