"""Work off the window's thread, with the outcome delivered back on it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken
from void_studio.worker import error_log

Result = TypeVar("Result")
log = logging.getLogger(__name__)


def as_void_error(error: BaseException, what: str) -> VoidError:
    """Any exception as something the artist can read."""
    if isinstance(error, VoidError):
        return error
    log.exception("%s", what, exc_info=error)
    kept = error_log.keep(error)
    remedy = f"Please report this{f' with {kept}' if kept else ''}"
    return VoidError(what, f"{type(error).__name__}: {error}", remedy)


def _give_way() -> None:
    """Lowers the priority of this thread, and of those that codecs start from it."""
    if sys.platform == "linux":  # elsewhere a priority is the whole process's
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


class Background(QObject):
    """A small pool of threads. Lives on the window's thread; ``close`` waits for what runs.

    Attributes:
        closing: Set by ``close``: work that takes seconds looks at it now and then.
    """

    _settled = Signal(object)

    def __init__(
        self, parent: QObject | None = None, threads: int = 2, polite: bool = False
    ) -> None:
        """``polite`` threads give way to all others of the machine, where that can be asked."""
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(
            threads, "void-background", initializer=_give_way if polite else None
        )
        self._under_way: dict[Future[Any], str] = {}
        self._closed = False
        self.closing = CancelToken()
        self._settled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        what: str,
        work: Callable[[], Result],
        done: Callable[[Result], Any] | None = None,
        failed: Callable[[VoidError], Any] | None = None,
    ) -> None:
        """Runs ``work`` on a thread, then ``done`` or ``failed`` on the window's thread.

        Args:
            what: What could not be done, should it fail unexpectedly.
        """
        if self._closed:
            return

        def settle(future: Future[Result]) -> None:
            if self._closed or future.cancelled():
                return
            error = future.exception()
            if error is None:
                if done is not None:
                    result = future.result()
                    self._settled.emit(lambda: done(result))
            elif not isinstance(error, Cancelled) and failed is not None:
                explained = as_void_error(error, what)
                self._settled.emit(lambda: failed(explained))

        future = self._pool.submit(work)
        self._under_way[future] = what
        future.add_done_callback(lambda over: self._under_way.pop(over, None))
        future.add_done_callback(settle)

    @property
    def idle(self) -> bool:
        """Whether nothing waits or runs."""
        return not self._under_way

    @property
    def under_way(self) -> list[str]:
        """What waits or runs, by what could not be done should it fail."""
        return list(self._under_way.values())

    def _deliver(self, outcome: Callable[[], None]) -> None:
        if not self._closed:
            outcome()

    def close(self) -> None:
        """Drops what has not begun, waits for what has, and delivers nothing more."""
        self._closed = True
        self.closing.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
