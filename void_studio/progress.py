"""What heavy work tells its owner while it runs, and how it is asked to stop."""

from __future__ import annotations

import threading
from typing import Protocol

from void_studio.errors import Cancelled


class CancelToken:
    """A request to stop, set from any thread and polled by the work."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raises Cancelled if the work was asked to stop. Call it once per frame or per step."""
        if self.cancelled:
            raise Cancelled


class Reporter(Protocol):
    """Receives the progress of one piece of work; every method returns quickly."""

    def progress(self, step: int, total: int, message: str = "") -> None:
        """``step`` of ``total`` units are done; ``message`` names the stage, e.g. "Aligning"."""

    def warning(self, text: str) -> None:
        """Something the artist should know that does not stop the work."""


class Silent:
    """A Reporter that ignores everything."""

    def progress(self, step: int, total: int, message: str = "") -> None:
        pass

    def warning(self, text: str) -> None:
        pass
