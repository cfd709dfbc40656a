"""Threads for work that somebody waits for the end of, and spare ones that are there already."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

Work = Callable[[], object]


class Errand:
    """One piece of work on a thread. The work must not raise."""

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self._work: Work | None = work
        self._over = threading.Event()
        self._thread = 0

    @property
    def over(self) -> bool:
        """Whether the work has come to its end."""
        return self._over.is_set()

    @property
    def here(self) -> bool:
        """Whether the calling thread is the one that does it."""
        return threading.get_ident() == self._thread and not self.over

    def join(self) -> None:
        """Returns when the work has come to its end."""
        self._over.wait()

    def do(self) -> None:
        """Does the work, on the calling thread."""
        self._thread = threading.get_ident()
        work, self._work = self._work, None
        try:
            if work is not None:
                work()
        finally:
            # Whoever keeps the errand must not keep what it worked with: pictures, decoders.
            del work
            self._over.set()


class Begin(Protocol):
    """Has work done on another thread from now on."""

    def __call__(self, name: str, work: Work, /) -> Errand: ...


def begin(name: str, work: Work) -> Errand:
    """Does the work on a thread made for it."""
    errand = Errand(name, work)
    threading.Thread(target=errand.do, name=name).start()
    return errand


class Crew:
    """Spare threads. Whoever starts a thread waits until that runs, which is long on a machine
    whose cores are busy; one that waits for work takes it at once.

    ``close`` it when all its errands are over.
    """

    def __init__(self, size: int) -> None:
        """``size`` threads are made, on one of them; more when more is to be done at a time."""
        self._size = size
        self._waiting: SimpleQueue[Errand | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._threads: list[threading.Thread] = []
        self._recruiter = threading.Thread(target=self._recruit, name="crew")
        self._recruiter.start()

    def begin(self, name: str, work: Work) -> Errand:
        """Has a spare thread do the work, or a new one if there is none."""
        errand = Errand(name, work)
        with self._lock:
            taken = self._idle > 0
            self._idle -= taken
        if taken:
            self._waiting.put(errand)
        else:
            self._start(errand)
        return errand

    def close(self) -> None:
        """Ends the threads; returns when they have ended."""
        self._recruiter.join()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _recruit(self) -> None:
        for _ in range(self._size):
            self._start(None)

    def _start(self, first: Errand | None) -> None:
        thread = threading.Thread(target=self._serve, args=(first,), name="crew")
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _serve(self, errand: Errand | None) -> None:
        """Does one errand after the other until there is told to be no more."""
        thread = threading.current_thread()
        while True:
            if errand is not None:
                thread.name = errand.name
                errand.do()
                thread.name = "crew"
            with self._lock:
                self._idle += 1
            errand = self._waiting.get()
            if errand is None:
                return
