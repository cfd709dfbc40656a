"""Shots and decoders are closed on threads of their own, so that the window never waits."""

from __future__ import annotations

from collections.abc import Callable

from void_studio.app.background import as_void_error
from void_studio.errors import VoidError
from void_studio.threads import Begin, Errand


class Leaving:
    """What is being closed. Nothing of it is dropped: ``wait`` before the program ends."""

    def __init__(self, failed: Callable[[VoidError], object], begin: Begin) -> None:
        """``failed`` is told, on another thread, what could not be closed; ``begin`` has those."""
        self._failed = failed
        self._begin = begin
        self._errands: list[Errand] = []

    def close(self, what: str, *closers: Callable[[], object]) -> None:
        """Calls ``closers`` in order; ``what`` says what could not be done should one fail."""

        def run() -> None:
            for closer in closers:
                try:
                    closer()
                except Exception as error:
                    self._failed(as_void_error(error, what))

        self._errands = [errand for errand in self._errands if not errand.over]
        self._errands.append(self._begin("leaving", run))

    def wait(self) -> None:
        """Returns when everything is closed; on any thread."""
        for errand in tuple(self._errands):
            errand.join()
