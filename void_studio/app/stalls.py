"""How long the event loop was busy at a stretch, and with what: no click is seen meanwhile."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 2
LOOK_S = 0.004
SUSPICIOUS_MS = 25.0
"""A turn longer than this says where it is."""

_DEPTH = 4
_SIGNAL: signal.Signals | None = getattr(signal, "SIGUSR1", None)  # Windows has none


@dataclass(frozen=True)
class Turn:
    """One turn of the event loop.

    Attributes:
        ms: How long an event that came at its beginning waited.
        cpu_ms: How much of that the window's own thread computed: the rest it was kept waiting.
        where: The innermost calls, if it was long enough and the system can ask.
    """

    ms: float
    cpu_ms: float
    where: str = ""


class Stalls(QObject):
    """Watches the event loop of the thread it lives on, from ``start`` to ``stop``.

    A timer beats all the time; what a beat is late by is what the loop was busy with. A turn that
    takes long is asked where it is by a signal, which its own thread answers: a frame that another
    thread held, for however short, would keep alive the painters in it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._turns: list[Turn] = []
        self._last = self._cpu = 0.0
        self._asked = 0.0
        self._seen: tuple[float, str] = (0.0, "")
        self._handler: Any = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins anew."""
        self._turns = []
        self._last, self._cpu = time.perf_counter(), time.thread_time()
        self._over.clear()
        ident = threading.get_ident()
        if _SIGNAL is not None:
            self._handler = signal.signal(_SIGNAL, self._note)
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
            if _SIGNAL is not None:
                signal.signal(_SIGNAL, self._handler)
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
        """On a thread: asks a turn that takes long where it is, once."""
        while not self._over.wait(LOOK_S):
            began = self._last
            late = (time.perf_counter() - began) * 1000 - BEAT_MS
            if late > SUSPICIOUS_MS and self._asked != began and _SIGNAL is not None:
                self._asked = began
                signal.pthread_kill(ident, _SIGNAL)

    def _note(self, number: int, frame: FrameType | None) -> None:
        """Answers, on the thread that is watched."""
        if frame is not None and self._asked == self._last:
            self._seen = self._asked, _place(frame)


def longest(turns: list[Turn]) -> Turn:
    """The turn that took longest."""
    return max(turns, key=lambda turn: turn.ms)


def _place(frame: FrameType) -> str:
    """The innermost calls of the program."""
    calls: list[str] = []
    at: FrameType | None = frame
    while at is not None and len(calls) < _DEPTH:
        _, found, file = at.f_code.co_filename.rpartition("void_studio/")
        if found:
            calls.append(f"{file}:{at.f_lineno} {at.f_code.co_name}")
        at = at.f_back
    return " < ".join(calls)
