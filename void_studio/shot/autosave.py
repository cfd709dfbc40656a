"""Saving as the artist works: off their thread, no dialog, no delay."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from void_studio.errors import VoidError
from void_studio.threads import Begin, begin

if TYPE_CHECKING:
    from void_studio.shot.history import Change
    from void_studio.shot.shot import Shot

RETRY_S = 5.0
LEFT_S = 0.25


class Autosaver:
    """Saves a shot on its own thread after every edit.

    A save starts at once when the last one is done, for what waits is what a crash would lose;
    edits that come while one runs are saved together by the next.

    A failure is reported once. The edits are kept and tried again after the next edit and every few
    seconds; the first save that works reports ``on_saved`` and arms ``on_error`` again.
    """

    def __init__(
        self,
        shot: Shot,
        on_saved: Callable[[int], None] | None = None,
        on_error: Callable[[VoidError], None] | None = None,
        retry_s: float = RETRY_S,
        begin: Begin = begin,
    ) -> None:
        """Starts the thread and listens to the shot's edits.

        Args:
            on_saved: Called on the saver's thread with the number of files written.
            on_error: Called on the saver's thread when saving begins to fail.
            retry_s: Seconds after which a save that failed is tried again.
            begin: Has the thread; one of its own if nothing is said.
        """
        self._shot = shot
        self._retry_s = retry_s
        self._on_saved = on_saved
        self._on_error = on_error
        self._wake = threading.Condition()
        self._asked = 0
        self._done = 0
        self._failed: VoidError | None = None
        self._closing = False
        shot.history.listeners.append(self._changed)
        self._saving = begin("autosave", self._run)

    @property
    def error(self) -> VoidError | None:
        """Why the last save failed, or None."""
        return self._failed

    def notify(self) -> None:
        """Something was edited. Edits through the shot's history are noticed without it."""
        with self._wake:
            self._asked += 1
            self._wake.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until all edits up to now are on disk; False if saving failed or took longer.

        Args:
            timeout: Seconds to wait at most; None for as long as it takes.
        """
        with self._wake:
            self._asked += 1
            asked = self._asked
            self._wake.notify_all()
            finished = self._wake.wait_for(lambda: self._done >= asked, timeout)
        return finished and self._failed is None

    def close(self) -> bool:
        """Saves what is left and ends the thread; False if something could not be saved."""
        if self._changed in self._shot.history.listeners:
            self._shot.history.listeners.remove(self._changed)
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._saving.join()
        return not self._shot.unsaved

    def _changed(self, change: Change) -> None:
        self.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                # A disk that was full, or a share that was gone, comes back without an edit.
                patience = None if self._failed is None else self._retry_s
                if patience is None and self._shot.waiting:
                    # A mask was under the pen, or changed while it was packed.
                    patience = LEFT_S
                self._wake.wait_for(lambda: self._asked > self._done or self._closing, patience)
                asked, closing = self._asked, self._closing
            self._save()
            with self._wake:
                self._done = asked
                self._wake.notify_all()
            if closing:
                return

    def _save(self) -> None:
        try:
            written = self._shot.save()
        except Exception as error:
            # Whatever it is, the artist must hear of it, and the thread must go on.
            self._report(error if isinstance(error, VoidError) else _unexpected(error))
            return
        failed, self._failed = self._failed, None
        if (written or failed is not None) and self._on_saved is not None:
            self._on_saved(written)

    def _report(self, error: VoidError) -> None:
        first, self._failed = self._failed is None, error
        if first and self._on_error is not None:
            self._on_error(error)


def _unexpected(error: Exception) -> VoidError:
    return VoidError("Could not save the shot", f"{type(error).__name__}: {error}")
