"""Playing a shot: which frame belongs on screen at which moment."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction

from PySide6.QtCore import QObject, Qt, QTimer, Signal

STALL = 0.5
"""Seconds without a ready frame after which time is taken up again."""

POLL_MS = 4
"""How often a frame that is due is looked for while it is not ready."""

REPORT_S = 0.25
"""How often the true rate is said: more often nobody can read it."""


class Loop(StrEnum):
    """What happens at the end of the range."""

    NONE = "once"
    LOOP = "loop"
    PING_PONG = "ping-pong"


def frame_at(position: int, length: int, loop: Loop) -> int | None:
    """The frame that a playhead shows which has gone on without end.

    Args:
        position: Frames gone from the first one of the range; negative before it.
        length: Frames in the range, at least 2.

    Returns:
        0 to ``length`` - 1, or None beyond the end of what does not loop.
    """
    if loop is Loop.LOOP:
        return position % length
    if loop is Loop.PING_PONG:
        turn = 2 * (length - 1)
        return length - 1 - abs(position % turn - (length - 1))
    return position if 0 <= position < length else None


class Player(QObject):
    """Steps the current frame at the plate's own rate.

    In real time, frames that are not ready or come too late are left out and counted; where every
    frame is shown, it waits for each.

    Attributes:
        loop: What happens at the end of the range.
        dropped: Frames left out since play began.

    Signals:
        advanced: The frame that belongs on screen now.
        playing_changed: Whether it plays.
        starved: The frame that is due but is not ready: fetch it first.
        measured: Frames shown each second now, and frames dropped since play began.
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
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._range = (0, -1)
        self._rate = Fraction(24)
        self._pace = Fraction(1)
        self._ready: Callable[[int], bool] = lambda index: True
        self._per_second = 24.0  # frames that are meant to be shown or passed
        self._origin = (0.0, 0)
        self._position = 0
        self._speed = 0
        self._direction = 1
        self._every_frame = False
        self._shown: deque[float] = deque()
        self._reported = 0.0
        self.loop = Loop.LOOP
        self.dropped = 0

    @property
    def speed(self) -> int:
        """0 stopped, 1 forward, -1 backward, and whole multiples of these."""
        return self._speed

    @property
    def direction(self) -> int:
        """Where frames are needed next: 1 forward, -1 backward, 0 while stopped."""
        return self._direction if self._speed else 0

    @property
    def looped(self) -> tuple[int, int] | None:
        """The first and last frame of what is played over and over; None if nothing is."""
        return self._range if self._speed and self.loop is Loop.LOOP else None

    @property
    def every_frame(self) -> bool:
        """Whether no frame is left out, however long it takes."""
        return self._every_frame

    @property
    def pace(self) -> Fraction:
        """How fast it plays beside the plate's own rate: 1 is real time."""
        return self._pace

    def set_plate(self, count: int, rate: Fraction, ready: Callable[[int], bool]) -> None:
        """Says how long the plate is, its rate, and how to ask whether a frame can be shown."""
        self.stop()
        self._range = (0, count - 1)
        self._rate, self._ready = rate, ready

    def set_range(self, first: int, last: int) -> None:
        """Plays only from plate index ``first`` to ``last``, both included."""
        if (first, last) != self._range:
            index = self._index()
            self._range = (first, last)
            self._again(index)

    def set_loop(self, loop: Loop) -> None:
        """Says what happens at the end, also while it plays."""
        index = self._index()
        self.loop = loop
        self._again(index)

    def set_every_frame(self, every_frame: bool) -> None:
        """Shows every frame, or keeps time."""
        self._every_frame = every_frame
        self._again(self._index())

    def set_pace(self, pace: Fraction) -> None:
        """Plays slower or faster than the plate's own rate, e.g. 1/2."""
        self._pace = pace
        self._again(self._index())

    def play(self, index: int, speed: int = 1) -> None:
        """Plays from ``index``; from the start where that is the end or outside of the range.

        A range that loops has no end.
        """
        first, last = self._range
        if last <= first or speed == 0:
            self.stop()
            return
        ended = self.loop is Loop.NONE and index == (last if speed > 0 else first)
        restarts = ended or not first <= index <= last
        if restarts:
            index = first if speed > 0 else last
        was = self._speed
        self._speed = speed
        self._per_second = float(self._rate * self._pace * abs(speed))
        self._direction = sign = self._sign
        # Where it starts anew, the first frame is still to be shown.
        self._position = index - first - (sign if restarts else 0)
        self._origin = (self._clock(), index - first)
        self._shown.clear()
        self._reported = self._clock()
        self.dropped = 0
        self._timer.start(1)
        if not was:
            self.playing_changed.emit(True)

    def stop(self) -> None:
        if self._speed:
            self._speed = 0
            self._timer.stop()
            self.playing_changed.emit(False)

    def forgive(self) -> None:
        """Counts dropped frames from zero."""
        self.dropped = 0

    def tick(self) -> None:
        """Shows the frame that is due, if it is another one and is ready."""
        if not self._speed:
            return
        starved = False
        due = self._due()
        if due != self._position:
            starved = not self._step_to(due)
        if self._speed:
            self._timer.start(POLL_MS if starved else self._wait_ms())

    # Time

    @property
    def _length(self) -> int:
        return self._range[1] - self._range[0] + 1

    @property
    def _sign(self) -> int:
        return 1 if self._speed > 0 else -1

    @property
    def _gone(self) -> int:
        """Positions shown since ``_origin``; -1 where the first is still to be shown."""
        return (self._position - self._origin[1]) * self._sign

    def _index(self) -> int:
        """The frame that was shown last."""
        first, last = self._range
        if last <= first:
            return first
        at = frame_at(self._position, self._length, self.loop)
        return first + (at if at is not None else 0)

    def _again(self, index: int) -> None:
        if self._speed:
            self.play(index, self._speed)

    def _due(self) -> int:
        """The position that belongs on screen now."""
        now = self._clock()
        began, start = self._origin
        # A hair more: a timer that fires on the very moment is not early.
        steps = int((now - began) * self._per_second + 1e-6)
        if self._every_frame and steps > self._gone + 1:
            # Lost time is not made up for.
            self._origin = (now - 1 / self._per_second, self._position)
            return self._position + self._sign
        return start + steps * self._sign

    def _wait_ms(self) -> int:
        """Milliseconds until the next position is due."""
        moment = self._origin[0] + (self._gone + 1) / self._per_second
        return max(1, math.ceil((moment - self._clock()) * 1000))

    def _step_to(self, due: int) -> bool:
        """Shows the frame of a position, or stops at the end; False if it is not ready."""
        at = frame_at(due, self._length, self.loop)
        if at is None:
            self._show_end()
            return True
        index = self._range[0] + at
        if not self._ready(index):
            self._starve(index, abs(due - self._position))
            return False
        self.dropped += max(0, abs(due - self._position) - abs(self._speed))
        self._direction = self._heading(at, due)
        self._show(due, index)
        return True

    def _show_end(self) -> None:
        """What does not loop ends on its last frame."""
        end = self._length - 1 if self._speed > 0 else 0
        if self._position != end:
            self._show(end, self._range[0] + end)
        self.stop()

    def _heading(self, at: int, position: int) -> int:
        """Where the frames after this one are."""
        following = frame_at(position + self._sign, self._length, self.loop)
        if self.loop is not Loop.PING_PONG or following is None:
            return self._sign
        return 1 if following > at else -1

    def _starve(self, index: int, passed: int) -> None:
        self.starved.emit(index)
        if not self._every_frame and passed > STALL * self._per_second:
            # Nothing came for a while: go on from here instead of racing ahead of the cache.
            self._origin = (self._clock(), self._position)

    def _show(self, position: int, index: int) -> None:
        now = self._clock()
        self._position = position
        self._shown.append(now)
        while now - self._shown[0] > 1.0:
            self._shown.popleft()
        self.advanced.emit(index)
        if now - self._reported >= REPORT_S and len(self._shown) > 1:
            self._reported = now
            rate = (len(self._shown) - 1) / (now - self._shown[0])
            self.measured.emit(rate, self.dropped)
