"""Pictures ready to be shown: decoded ahead on a thread of their own, in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.plate import Source

Picture = NDArray[np.uint8]  # (height, width, 3) RGB, read-only

# Going back costs a seek, so pictures behind are decoded forward in runs of this many.
_RUN_BEHIND = 12
# With a play direction, this part of the room looks ahead; the rest keeps what was just shown.
_AHEAD = 0.75
_AHEAD_PAUSED = 0.6


@dataclass(frozen=True)
class _Wish:
    """What the caller looks at: the last ``want``."""

    index: int
    direction: int


class FrameServer:
    """Serves pictures of one source by number without ever blocking the caller.

    One background thread opens the source, decodes the wanted picture first, then pictures in
    the play direction, then behind, and keeps at most ``budget_bytes`` of them. The latest
    ``want`` replaces those before. All callbacks run on that thread.

    Failures reach ``on_error`` once each and only for pictures that were wanted; the server goes
    on with the others.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        budget_bytes: int = 128 * 2**20,
        on_ready: Callable[[int], None] | None = None,
        on_error: Callable[[VoidError], None] | None = None,
    ) -> None:
        """Args:
        open_source: Opens the source; called on the background thread.
        budget_bytes: For all pictures together; two are always kept.
        on_ready: Called with the number of each picture that became available or was replaced.
        on_error: Called with each failure.
        """
        self._open_source = open_source
        self._budget = budget_bytes
        self._on_ready = on_ready
        self._on_error = on_error
        self._lock = threading.Condition()
        self._pictures: dict[int, Picture] = {}
        self._current: set[int] = set()  # of those, the ones at the present view size
        self._bytes = 0
        self._failed: dict[int, VoidError] = {}
        self._reported = ""
        self._wish: _Wish | None = None
        self._full: tuple[int, Callable[[int, Picture], None]] | None = None
        self._view_size: tuple[int, int] | None = None
        self._count = 0
        self._plate_size = (0, 0)
        self._epoch = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="frame-server", daemon=False)
        self._thread.start()

    def set_view_size(self, size: tuple[int, int] | None) -> None:
        """Pictures are wanted at ``size`` from now on (None: the source's own).

        Those of the old size stay available until replaced; their shape tells them apart.
        """
        with self._lock:
            if size != self._view_size:
                self._view_size = size
                self._current.clear()
                self._epoch += 1
                self._lock.notify()

    def want(self, index: int, direction: int = 0) -> None:
        """Decode picture ``index`` next, then look ahead: +1 forward, -1 backward, 0 around."""
        with self._lock:
            self._wish = _Wish(index, direction)
            self._lock.notify()

    def want_full(self, index: int, callback: Callable[[int, Picture], None]) -> None:
        """Decode ``index`` at the source's full size and hand it to ``callback``, uncached.

        A later call replaces one that has not been served.
        """
        with self._lock:
            self._full = (index, callback)
            self._lock.notify()

    def picture(self, index: int) -> Picture | None:
        """The picture if it is there, perhaps at an earlier view size; does not ask for it."""
        with self._lock:
            return self._pictures.get(index)

    def cached(self) -> set[int]:
        """The numbers of all pictures available at the present view size."""
        with self._lock:
            return set(self._current)

    def invalidate(self, indices: Iterable[int] | None = None) -> None:
        """Forgets pictures (None: all), because the source changed; failures are tried again."""
        with self._lock:
            for index in list(self._pictures) if indices is None else list(indices):
                self._drop(index)
                self._failed.pop(index, None)
            if indices is None:
                self._failed.clear()
            self._reported = ""
            self._epoch += 1
            self._lock.notify()

    def close(self) -> None:
        """Ends the thread and closes the source. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        with self._lock:
            self._pictures.clear()
            self._current.clear()

    def _run(self) -> None:
        source: Source | None = None
        try:
            while True:
                with self._lock:
                    while not self._closed and (source is not None or self._idle()):
                        if source is not None and self._has_work():
                            break
                        self._lock.wait()
                    if self._closed:
                        return
                if source is None:
                    source = self._opened()
                else:
                    self._do_next(source)
        finally:
            if source is not None:
                source.close()

    def _idle(self) -> bool:
        return self._wish is None and self._full is None

    def _opened(self) -> Source | None:
        """Opens the source; a failure is reported and tried again at the next wish."""
        try:
            source = self._open_source()
        except Exception as error:
            with self._lock:
                self._wish = None
                self._full = None
            self._report(_explained(error))
            return None
        with self._lock:
            self._count = source.count
            self._plate_size = source.size
        return source

    def _has_work(self) -> bool:
        return self._full is not None or self._next_index() is not None

    def _next_index(self) -> int | None:
        """The picture to decode next; under the lock."""
        if self._wish is None or not 0 <= self._wish.index < self._count:
            return None
        return next(
            (
                i
                for i in self._by_urgency(self._wish)
                if i not in self._current and i not in self._failed
            ),
            None,
        )

    def _by_urgency(self, wish: _Wish) -> Iterator[int]:
        """All numbers worth holding within the budget, the most urgent first."""
        yield wish.index
        first, last = self._window(wish)
        ahead, behind = range(wish.index + 1, last + 1), range(wish.index - 1, first - 1, -1)
        if wish.direction < 0:
            yield from _in_runs(behind)
            yield from ahead
        else:
            yield from ahead
            yield from _in_runs(behind)

    def _window(self, wish: _Wish) -> tuple[int, int]:
        """First and last number to hold, around the wish."""
        width, height = self._view_size or self._plate_size
        width, height = min(width, self._plate_size[0]), min(height, self._plate_size[1])
        room = max(2, self._budget // max(1, width * height * 3))
        share = _AHEAD if wish.direction else _AHEAD_PAUSED
        forward = int((room - 1) * (share if wish.direction >= 0 else 1 - share))
        first = max(0, wish.index - (room - 1 - forward))
        last = min(self._count - 1, first + room - 1)
        return max(0, last - room + 1), last

    def _do_next(self, source: Source) -> None:
        with self._lock:
            wish, full = self._wish, self._full
            index = self._next_index()
            size, epoch = self._view_size, self._epoch
            urgent = wish is not None and index == wish.index
            if full is not None and not urgent:
                self._full = None
            elif index is None:
                return
        if full is not None and not urgent:
            self._serve_full(source, *full)
        elif index is not None:
            self._serve(source, index, size, epoch)

    def _serve(self, source: Source, index: int, size: tuple[int, int] | None, epoch: int) -> None:
        try:
            picture = source.read_rgb8(index, size)
        except Exception as error:
            with self._lock:
                self._failed[index] = _explained(error)
            self._report_if_wanted(index)
            return
        picture.flags.writeable = False
        with self._lock:
            # What was decoded for an earlier size or content is not worth keeping.
            if epoch != self._epoch or self._closed:
                return
            self._drop(index)
            self._pictures[index] = picture
            self._current.add(index)
            self._bytes += picture.nbytes
            self._evict()
        if self._on_ready is not None:
            self._on_ready(index)

    def _serve_full(
        self, source: Source, index: int, callback: Callable[[int, Picture], None]
    ) -> None:
        try:
            picture = source.read_rgb8(index, None)
        except Exception as error:
            self._report(_explained(error))
            return
        callback(index, picture)

    def _evict(self) -> None:
        """Drops the pictures of least use until the rest fit the budget; under the lock."""
        if self._bytes <= self._budget or self._wish is None:
            return
        here = self._wish.index
        first, last = self._window(self._wish)
        by_use = sorted(
            self._pictures,
            key=lambda i: (first <= i <= last, i in self._current, -abs(i - here)),
        )
        for index in by_use[:-2]:
            if self._bytes <= self._budget:
                return
            self._drop(index)

    def _drop(self, index: int) -> None:
        picture = self._pictures.pop(index, None)
        self._current.discard(index)
        if picture is not None:
            self._bytes -= picture.nbytes

    def _report_if_wanted(self, index: int) -> None:
        with self._lock:
            wanted = self._wish is not None and self._wish.index == index
            error = self._failed.get(index)
        if wanted and error is not None:
            self._report(error)

    def _report(self, error: VoidError) -> None:
        if str(error) != self._reported and self._on_error is not None:
            self._reported = str(error)
            self._on_error(error)


def _in_runs(behind: range) -> Iterator[int]:
    """``behind`` (falling numbers) in runs from near to far, each run rising."""
    for start in range(0, len(behind), _RUN_BEHIND):
        yield from reversed(behind[start : start + _RUN_BEHIND])


def _explained(error: Exception) -> VoidError:
    if isinstance(error, VoidError):
        return error
    return VoidError("Could not read a frame", f"{type(error).__name__}: {error}")
