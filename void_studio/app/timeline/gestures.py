"""What a drag over the timeline does, from the press to the release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from void_studio.app.timeline.geometry import TimeScale


class Gesture(Protocol):
    """A button held down. Positions are in device-independent pixels."""

    def move(self, x: float, snap: bool) -> None:
        """The pointer is at ``x`` now; ``snap`` is whether Shift is held."""

    def finish(self) -> None:
        """The button went up."""

    def cancel(self) -> None:
        """Everything is as before the press."""


class Pan:
    """Takes the frames along."""

    def __init__(self, x: float, scale: TimeScale, show: Callable[[TimeScale], None]) -> None:
        self._x, self._scale, self._show = x, scale, show

    def move(self, x: float, snap: bool) -> None:
        self._show(self._scale.panned((self._x - x) / self._scale.frame_width))

    def finish(self) -> None:
        pass

    def cancel(self) -> None:
        self._show(self._scale)


class Scroll:
    """Drags the scroll bar's handle, or one of its ends to zoom."""

    def __init__(
        self, part: str, x: float, scale: TimeScale, show: Callable[[TimeScale], None]
    ) -> None:
        """``part`` is ``start``, ``middle`` or ``end`` of the handle."""
        self._part, self._x, self._scale, self._show = part, x, scale, show

    def move(self, x: float, snap: bool) -> None:
        scale = self._scale
        moved = (x - self._x) / scale.width * scale.count
        stop = scale.first + scale.shown
        if self._part == "middle":
            self._show(scale.panned(moved))
        elif self._part == "start":
            self._show(scale.spanning(max(0.0, scale.first + moved), stop, holds_last=True))
        else:
            last = min(float(scale.count), stop + moved)
            self._show(scale.spanning(scale.first, last, holds_last=False))

    def finish(self) -> None:
        pass

    def cancel(self) -> None:
        self._show(self._scale)


class RangeDrag:
    """Moves the in or the out point; the other stays where it is."""

    def __init__(
        self,
        edge: str,
        before: tuple[int, int],
        index_at: Callable[[float, bool], int],
        show: Callable[[int, int], None],
        chosen: Callable[[int, int], None],
    ) -> None:
        """
        Args:
            edge: ``in`` or ``out``.
            index_at: The frame at a position; with True it clings to what is near.
            show: Told while it is dragged.
            chosen: Told at the end, if it is another range than before.
        """
        self._edge, self._before, self._now = edge, before, before
        self._index_at, self._show, self._chosen = index_at, show, chosen

    def move(self, x: float, snap: bool) -> None:
        first, last = self._before
        index = self._index_at(x, snap)
        self._now = (min(index, last), last) if self._edge == "in" else (first, max(index, first))
        self._show(*self._now)

    def finish(self) -> None:
        if self._now != self._before:
            self._chosen(*self._now)

    def cancel(self) -> None:
        self._show(*self._before)


class MarkerDrag:
    """Moves a marker; a press that does not move goes to it."""

    def __init__(
        self,
        index: int,
        index_at: Callable[[float, bool], int],
        show: Callable[[int], None],
        moved: Callable[[int, int], None],
        clicked: Callable[[int], None],
    ) -> None:
        """
        Args:
            index: The frame it marks.
            index_at: The frame at a position; with True it clings to what is near.
            show: Told where it is while it is dragged.
            moved: Told from where to where, at the end.
            clicked: Told instead if it stayed.
        """
        self._index, self._now = index, index
        self._index_at, self._show, self._moved, self._clicked = index_at, show, moved, clicked

    def move(self, x: float, snap: bool) -> None:
        self._now = self._index_at(x, snap)
        self._show(self._now)

    def finish(self) -> None:
        if self._now == self._index:
            self._clicked(self._index)
        else:
            self._moved(self._index, self._now)

    def cancel(self) -> None:
        self._show(self._index)
