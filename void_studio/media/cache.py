"""Pictures ready to be shown: decoded ahead on a thread of their own, in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import Cancelled, VoidError
from void_studio.media.lookahead import Wish, held
from void_studio.media.memory import apart
from void_studio.media.plate import Source
from void_studio.threads import Begin, begin

Picture = NDArray[np.uint8]  # (height, width, 3) RGB, read-only
FullCallback = Callable[[int, Picture], None]

# After this long without work the source releases its decoder, over 100 MB for 4K video.
_IDLE_SECONDS = 3.0


@dataclass(frozen=True)
class _Job:
    """One read of the source, at a view size and for a content that may be overtaken."""

    index: int
    size: tuple[int, int] | None
    epoch: int
    wanted: bool
    deliver: FullCallback | None = None


class FrameServer:
    """Serves pictures of one source by number without ever blocking the caller.

    One background thread opens the source, decodes the wanted picture first, then those in the
    play direction, then those behind, and keeps at most ``budget_bytes`` of them. The latest
    ``want`` replaces those before it. All callbacks run on that thread and must not raise.

    A failure reaches ``on_error`` once, and only when the picture is wanted; the server goes on.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        budget_bytes: int = 128 * 2**20,
        on_ready: Callable[[int], None] | None = None,
        on_error: Callable[[VoidError], None] | None = None,
        begin: Begin = begin,
    ) -> None:
        """Args:
        open_source: Opens the source; called on the background thread.
        budget_bytes: For all pictures together; two are always kept.
        on_ready: Called with the number of each picture that became available or was replaced.
        on_error: Called with each failure.
        begin: Has the background thread; one of its own if nothing is said.
        """
        self._open_source = open_source
        self._budget = budget_bytes
        self._on_ready = on_ready
        self._on_error = on_error
        self._lock = threading.Condition()
        self._source: Source | None = None
        self._source_size = (0, 0)
        self._pictures: dict[int, Picture] = {}
        self._current: set[int] = set()  # those of the present view size
        self._bytes = 0
        self._failed: dict[int, VoidError] = {}
        self._last_reported = ""
        self._wish: Wish | None = None
        self._full: tuple[int, FullCallback] | None = None
        self._view_size: tuple[int, int] | None = None
        self._epoch = 0  # counts changes of view size and content
        self._calls = 0
        self._looking_ahead = False
        self._closed = False
        self._serving = begin("frame-server", self._run)

    def set_view_size(self, size: tuple[int, int] | None) -> None:
        """Pictures are wanted at ``size`` from now on (None: the source's own).

        Those of the old size stay available until replaced; their shape tells them apart.
        """
        with self._lock:
            if size != self._view_size:
                self._view_size = size
                self._current.clear()
                self._epoch += 1
                self._called(interrupt=True)

    def set_budget(self, budget_bytes: int) -> None:
        """Keeps at most ``budget_bytes`` of pictures from now on; two are always kept."""
        with self._lock:
            self._budget = budget_bytes
            self._evict()
            self._called(interrupt=False)

    def want(self, index: int, direction: int = 0, loop: tuple[int, int] | None = None) -> None:
        """Decode picture ``index`` next, then look ahead: +1 forward, -1 backward, 0 around.

        Args:
            loop: First and last picture of what is played over and over.
        """
        with self._lock:
            if self._wish is None or index != self._wish.index:
                self._failed.pop(index, None)  # it may have failed unasked; try and tell
            self._wish = Wish(index, direction, loop)
            self._called(interrupt=index not in self._current)

    def want_full(self, index: int, callback: FullCallback) -> None:
        """Decode ``index`` at the source's own size and hand it to ``callback``, uncached.

        A later call replaces one that has not been served.
        """
        with self._lock:
            self._full = (index, callback)
            self._called(interrupt=True)

    def picture(self, index: int) -> Picture | None:
        """The picture if it is there, perhaps at an earlier view size. Does not ask for it."""
        with self._lock:
            return self._pictures.get(index)

    def expects(self, index: int, size: tuple[int, int]) -> bool:
        """Whether picture ``index`` is there, or is going to be, at ``size`` (width, height)."""
        with self._lock:
            if self._closed or self._wish is None or index in self._failed:
                return False
            if self._source is None or (self._view_size or self._source_size) != size:
                return False
            return index in held(self._wish, self._source.count, self._room())

    def gave_up(self, index: int) -> bool:
        """Whether picture ``index`` could not be read."""
        with self._lock:
            return index in self._failed

    def cached(self) -> set[int]:
        """The numbers of all pictures available at the present view size."""
        with self._lock:
            return set(self._current)

    def invalidate(self, indices: Iterable[int] | None = None) -> None:
        """Forgets pictures (None: all) because the source changed; failures are tried again."""
        with self._lock:
            for index in [*self._pictures, *self._failed] if indices is None else list(indices):
                self._drop(index)
                self._failed.pop(index, None)
            self._last_reported = ""
            self._epoch += 1
            self._called(interrupt=True)

    def renew(self) -> None:
        """Makes pictures anew because the source changed; those there are stay until replaced."""
        with self._lock:
            self._current.clear()
            self._failed.clear()
            self._epoch += 1
            self._called(interrupt=True)

    def close(self) -> None:
        """Ends the thread and closes the source. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._interrupt()
            self._lock.notify()
        if not self._serving.here:
            self._serving.join()

    # On the server's thread.

    def _run(self) -> None:
        while self._opened():
            job = self._next_job(_IDLE_SECONDS)
            if job is None:
                self._rest()
                job = self._next_job(None)
            if job is not None:
                self._do(job)
        if self._source is not None:
            self._source.close()

    def _opened(self) -> bool:
        """Opens the source when something is first wanted of it. False once closed."""
        tried = -1
        while self._source is None and self._awaited_call(tried):
            tried = self._calls
            try:
                source = self._open_source()
                self._source_size = source.size
                self._source = source
            except Exception as error:
                self._report(_explained(error))  # and try again at the next call
        return not self._closed

    def _awaited_call(self, tried: int) -> bool:
        """Waits for a wish made after call ``tried``. False once closed."""
        with self._lock:
            while not self._closed:
                if (self._wish is not None or self._full is not None) and self._calls != tried:
                    return True
                self._lock.wait()
        return False

    def _next_job(self, patience: float | None) -> _Job | None:
        """The next read; None when there was none for ``patience`` seconds, or once closed."""
        with self._lock:
            while not self._closed:
                job = self._most_urgent()
                if job is not None:
                    self._looking_ahead = not job.wanted
                    return job
                if not self._lock.wait(patience):
                    break
        return None

    def _rest(self) -> None:
        rest = getattr(self._source, "rest", None)
        if rest is not None:
            rest()

    def _most_urgent(self) -> _Job | None:
        """The next read, under the lock."""
        assert self._source is not None
        wish, count = self._wish, self._source.count
        index = None
        if wish is not None and 0 <= wish.index < count:
            done = self._current
            missing = (
                i
                for i in held(wish, count, self._room())
                if i not in done and i not in self._failed
            )
            index = next(missing, None)
        wanted = wish is not None and index == wish.index
        if self._full is not None and not wanted:
            number, callback = self._full
            self._full = None
            return _Job(number, None, self._epoch, True, callback)
        if index is None:
            return None
        return _Job(index, self._view_size, self._epoch, wanted)

    def _do(self, job: _Job) -> None:
        assert self._source is not None
        try:
            picture = self._source.read_rgb8(job.index, job.size)
        except Cancelled:
            self._take_back(job)
            return
        except Exception as error:
            self._fail(job, _explained(error))
            return
        finally:
            self._looking_ahead = False
        if job.deliver is not None:
            job.deliver(job.index, picture)
        elif self._keep(job, picture) and self._on_ready is not None:
            self._on_ready(job.index)

    def _take_back(self, job: _Job) -> None:
        """A read was interrupted: what is still wanted of it comes up again."""
        with self._lock:
            if job.deliver is not None and self._full is None:
                self._full = (job.index, job.deliver)

    def _keep(self, job: _Job, picture: Picture) -> bool:
        if picture.flags.writeable:  # else another server keeps it already
            picture = apart(picture)
            picture.flags.writeable = False
        with self._lock:
            if job.epoch != self._epoch or self._closed:
                return False  # of an earlier size or content
            self._drop(job.index)
            self._pictures[job.index] = picture
            self._current.add(job.index)
            self._bytes += picture.nbytes
            self._evict()
            return job.index in self._pictures

    def _fail(self, job: _Job, error: VoidError) -> None:
        with self._lock:
            if job.deliver is None:
                self._failed[job.index] = error
            wanted = job.deliver is not None or (
                self._wish is not None and self._wish.index == job.index
            )
        if wanted:
            self._report(error)

    def _report(self, error: VoidError) -> None:
        if str(error) != self._last_reported and self._on_error is not None:
            self._last_reported = str(error)
            self._on_error(error)

    # Under the lock.

    def _called(self, interrupt: bool) -> None:
        """Wakes the thread; ``interrupt`` what it does if that is only looking ahead."""
        self._calls += 1
        if interrupt and self._looking_ahead:
            self._interrupt()
        self._lock.notify()

    def _interrupt(self) -> None:
        interrupt = getattr(self._source, "interrupt", None)
        if interrupt is not None:
            interrupt()

    def _room(self) -> int:
        """How many pictures of the present size the budget holds."""
        sides = zip(self._view_size or self._source_size, self._source_size, strict=True)
        width, height = (min(side) for side in sides)
        return max(2, self._budget // max(1, width * height * 3))

    def _evict(self) -> None:
        """Drops the pictures of least use until the rest fit the budget."""
        if self._bytes <= self._budget or self._wish is None or self._source is None:
            return
        wish = self._wish
        useful = set(held(wish, self._source.count, self._room()))
        by_use = sorted(
            self._pictures,
            key=lambda i: (i in useful, i in self._current, -abs(i - wish.index)),
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


def _explained(error: Exception) -> VoidError:
    if isinstance(error, VoidError):
        return error
    return VoidError("Could not read a frame", f"{type(error).__name__}: {error}")
