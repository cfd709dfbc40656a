"""How long the event loop was busy at a stretch, and with what: no click is seen meanwhile."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 2
LOOK_S = 0.004
SUSPICIOUS_MS = 25.0
"""A turn longer than this has the stack of its thread looked at."""

_DEPTH = 4


@dataclass(frozen=True)
class Turn:
    """One turn of the event loop.

    Attributes:
        ms: How long an event that came at its beginning waited.
        cpu_ms: How much of that the window's own thread computed: the rest it was kept waiting.
        where: The innermost calls, if it was long enough to be looked at.
    """

    ms: float
    cpu_ms: float
    where: str = ""


class Stalls(QObject):
    """Watches the event loop of the thread it lives on, from ``start`` to ``stop``.

    A timer beats all the time; what a beat is late by is what the loop was busy with.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._turns: list[Turn] = []
        self._last = self._cpu = 0.0
        self._seen: tuple[float, str] = (0.0, "")
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins anew."""
        self._turns = []
        self._last, self._cpu = time.perf_counter(), time.thread_time()
        self._over.clear()
        ident = threading.get_ident()
        self._thread = threading.Thread(target=self._look, args=(ident,), name="stalls")
        self._thread.start()
        self._timer.start()

    def stop(self) -> list[Turn]:
        """Ends watching. Returns all turns since ``start``."""
        if self._thread is not None:
            self._beat()
            self._timer.stop()
            self._over.set()
            self._thread.join()
            self._thread = None
        return self._turns

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        late = max(0.0, (now - self._last) * 1000 - BEAT_MS)
        began, where = self._seen
        self._turns.append(
            Turn(late, (cpu - self._cpu) * 1000, where if began == self._last else "")
        )
        self._last, self._cpu = now, cpu

    def _look(self, ident: int) -> None:
        """On a thread: notes where a turn is that takes long, the first time it is seen."""
        while not self._over.wait(LOOK_S):
            began = self._last
            late = (time.perf_counter() - began) * 1000 - BEAT_MS
            if late > SUSPICIOUS_MS and self._seen[0] != began:
                frame = sys._current_frames().get(ident)
                if frame is not None:
                    self._seen = began, _place(frame)
                del frame


def longest(turns: list[Turn]) -> Turn:
    """The turn that took longest."""
    return max(turns, key=lambda turn: turn.ms)


def _place(frame: FrameType) -> str:
    """The innermost calls of the program. Quick: a frame that is held keeps its painters alive."""
    calls: list[str] = []
    at: FrameType | None = frame
    while at is not None and len(calls) < _DEPTH:
        _, found, file = at.f_code.co_filename.rpartition("void_studio/")
        if found:
            calls.append(f"{file}:{at.f_lineno} {at.f_code.co_name}")
        at = at.f_back
    return " < ".join(calls)
