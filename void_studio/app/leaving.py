"""Shots and decoders are closed on threads of their own, so that the window never waits."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from void_studio.app.background import as_void_error
from void_studio.errors import VoidError


class Leaving:
    """What is being closed. Nothing of it is dropped: ``wait`` before the program ends."""

    def __init__(self, failed: Callable[[VoidError], object]) -> None:
        """``failed`` is told, on a thread of its own, what could not be closed."""
        self._failed = failed
        self._threads: list[threading.Thread] = []

    def close(self, what: str, *closers: Callable[[], object]) -> None:
        """Calls ``closers`` in order; ``what`` says what could not be done should one fail."""

        def run() -> None:
            for closer in closers:
                try:
                    closer()
                except Exception as error:
                    self._failed(as_void_error(error, what))
            # What is left of it in cycles goes now, not when the window is busy.
            gc.collect()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run, name="leaving")
        self._threads.append(thread)
        thread.start()

    def wait(self) -> None:
        """Returns when everything is closed; on any thread."""
        for thread in tuple(self._threads):
            thread.join()
