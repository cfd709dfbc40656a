"""Errors that nobody foresaw, in the window: told and kept, and the artist goes on.

An exception that leaves what Qt called, a thread or a destructor ends up in one of Python's hooks.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, Signal

from void_studio.app.messages import Message
from void_studio.errors import VoidError
from void_studio.worker import error_log

_MOST_TOLD = 100
"""An error with a thousand faces is told and kept so many times."""


class LastResort(QObject):
    """Takes errors in on any thread and tells of each place once: a painting may fail 60 times a
    second, and telling of it paints.

    Signals:
        told: A Message for the message bar.
    """

    told = Signal(object)

    def __init__(self, tell: Callable[[Message], object]) -> None:
        """``tell`` is called on this thread, never inside of what failed."""
        super().__init__()
        self._places: set[str] = set()
        self.told.connect(tell, Qt.ConnectionType.QueuedConnection)

    def take(self, error: BaseException) -> None:
        """Tells of an error and keeps it, if it is new."""
        place = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        if place in self._places or len(self._places) >= _MOST_TOLD:
            return
        self._places.add(place)
        details = "".join(traceback.format_exception(error))
        self.told.emit(_message(error, details))
        with contextlib.suppress(OSError):
            print(details, file=sys.stderr, flush=True)


def _message(error: BaseException, details: str) -> Message:
    if isinstance(error, VoidError):
        return Message.of(error, details)
    kept = error_log.keep(error)
    return Message(
        "error",
        "Something went wrong that nobody foresaw",
        f"{type(error).__name__}: {error}"[:300],
        f"Your work is saved as you go; please report this{f' with {kept}' if kept else ''}",
        details,
    )


@contextmanager
def last_resort(tell: Callable[[Message], object]) -> Iterator[None]:
    """Meanwhile an error that nobody handles is told on this thread, and ends nothing."""
    taking = LastResort(tell)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook

    def take(error: BaseException | None) -> None:
        if isinstance(error, Exception):
            taking.take(error)

    sys.excepthook = lambda _, error, __: take(error)
    threading.excepthook = lambda said: take(said.exc_value)
    sys.unraisablehook = lambda said: take(said.exc_value)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
