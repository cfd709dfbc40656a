"""Playing a shot in real time: which frame belongs on screen at which moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject, Qt, QTimer, Signal

STALL = Fraction(1, 2)  # seconds without a ready frame after which time is taken up again


class Player(QObject):
    """Steps the current frame at the plate's own rate, dropping frames that are not ready.

    Signals:
        advanced: The frame that belongs on screen now.
        playing_changed: Whether it plays.
        starved: The frame that is due but is not ready: fetch it first.
        measured: Frames shown in the last second, and frames dropped since play began.
    """

    advanced = Signal(int)
    playing_changed = Signal(bool)
    starved = Signal(int)
    measured = Signal(float, int)

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._range = (0, -1)
        self._rate = Fraction(24)
        self._ready: Callable[[int], bool] = lambda index: True
        self._origin = (0.0, 0)
        self._index = 0
        self._speed = 0
        self._shown: list[float] = []
        self.loop = True
        self.dropped = 0

    @property
    def speed(self) -> int:
        """0 stopped, 1 forward, -1 backward, and whole multiples of these."""
        return self._speed

    def set_plate(self, count: int, rate: Fraction, ready: Callable[[int], bool]) -> None:
        """Says how long the plate is, its rate, and how to ask whether a frame can be shown."""
        self.stop()
        self._range = (0, count - 1)
        self._rate, self._ready = rate, ready

    def set_range(self, first: int, last: int) -> None:
        """Plays only from plate index ``first`` to ``last``, both included."""
        if (first, last) != self._range:
            self._range = (first, last)
            if self._speed:
                self.play(self._index, self._speed)

    def play(self, index: int, speed: int = 1) -> None:
        """Plays from ``index``; from the start where that is the end or outside of the range.

        A range that loops has no end.
        """
        first, last = self._range
        if last <= first or speed == 0:
            self.stop()
            return
        ended = not self.loop and index == (last if speed > 0 else first)
        restarts = ended or not first <= index <= last
        if restarts:
            index = first if speed > 0 else last
        was = self._speed
        self._speed = speed
        # Where it starts anew, the first frame is still to be shown.
        self._index = index - (restarts if speed > 0 else -restarts)
        self._origin = (self._clock(), index)
        self._shown.clear()
        self.dropped = 0
        frame_ms = 1000 / float(self._rate * abs(speed))
        self._timer.start(max(1, min(8, int(frame_ms / 2))))
        if not was:
            self.playing_changed.emit(True)

    def stop(self) -> None:
        if self._speed:
            self._speed = 0
            self._timer.stop()
            self.playing_changed.emit(False)

    def tick(self) -> None:
        """Shows the frame that is due, if it is another one and is ready."""
        if not self._speed:
            return
        began, start = self._origin
        first, last = self._range
        steps = int((self._clock() - began) * float(self._rate * abs(self._speed)))
        due = start + steps * (1 if self._speed > 0 else -1)
        ended = not self.loop and not first <= due <= last
        due = min(max(due, first), last) if ended else first + (due - first) % self._length
        if due != self._index:
            self._show(due)
        if ended:
            self.stop()

    @property
    def _length(self) -> int:
        return self._range[1] - self._range[0] + 1

    def _show(self, due: int) -> None:
        now = self._clock()
        passed = abs(due - self._index)
        passed = min(passed, abs(self._length - passed))
        if not self._ready(due):
            self.starved.emit(due)
            if passed > STALL * self._rate * abs(self._speed):
                # Nothing came for a while: go on from here instead of racing ahead of the cache.
                self._origin = (now, self._index)
            return
        self.dropped += max(0, passed - abs(self._speed))
        self._index = due
        self._shown = [moment for moment in self._shown if now - moment < 1.0]
        self._shown.append(now)
        self.advanced.emit(due)
        self.measured.emit(float(len(self._shown)), self.dropped)
