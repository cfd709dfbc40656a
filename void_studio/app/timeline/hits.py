"""What is under the pointer in the timeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont

from void_studio.app.timeline import marks
from void_studio.app.timeline.contents import Contents
from void_studio.app.timeline.geometry import TimeScale, snapped
from void_studio.app.timeline.rows import Row

SNAP = 10.0
"""How near, in pixels, a mark of the artist's draws a drag with Shift to itself."""

SCROLL_END = 6.0
"""How near the end of the scroll bar's handle a press takes that end, in pixels."""

_GRIPS = {
    "in": "In {first}: drag to move it, Shift clings to marks",
    "out": "Out {last}: drag to move it, Shift clings to marks",
    "start": "Drag to zoom",
    "middle": "Drag to move along the shot",
    "end": "Drag to zoom",
}


@dataclass(frozen=True)
class Hits:
    """Answers for one state of the timeline; places are in device-independent pixels.

    Attributes:
        small: The font of names.
        height: Of the timeline.
        scroll: Height of the strip of the scroll bar, at the bottom.
    """

    contents: Contents
    rows: list[Row]
    scale: TimeScale
    small: QFont
    height: int
    scroll: int

    def grip(self, at: QPointF) -> str:
        """What a press would take: ``in``, ``out``, ``start``, ``middle``, ``end`` or nothing."""
        slack = marks.SLACK
        for which, box in marks.handles(self.rows, self.contents.in_out, self.scale).items():
            if box.adjusted(-slack, -slack, slack, slack).contains(at):
                return which
        bar = marks.scroll_bar(self.scale, self.height, self.scroll)
        if bar is None or at.y() < self.height - self.scroll:
            return ""
        if abs(at.x() - bar.left()) <= SCROLL_END:
            return "start"
        if abs(at.x() - bar.right()) <= SCROLL_END:
            return "end"
        return "middle"

    def flag(self, at: QPointF) -> int | None:
        """The frame whose flag is at a place."""
        row = marks.row_of(self.rows, "markers")
        if row is None or not row.top <= at.y() < row.bottom:
            return None
        flags = marks.flags(row, self.contents.markers, self.scale, self.small)
        return next((flag.index for flag in flags if flag.box.contains(at)), None)

    def frame(self, x: float, clings_to: NDArray[np.intp] | None) -> int:
        """The frame at ``x``, or that of ``clings_to``, ascending, which is near."""
        index = self.scale.index_at(x)
        if clings_to is None:
            return index
        return snapped(index, clings_to, SNAP / self.scale.frame_width)

    def page(self, at: QPointF) -> TimeScale:
        """The part of the shot that a press on the scroll bar brings: the same on its handle."""
        scale = self.scale
        bar = marks.scroll_bar(scale, self.height, self.scroll)
        if bar is None or bar.left() - SCROLL_END <= at.x() <= bar.right() + SCROLL_END:
            return scale
        middle = (at.x() - scale.left) / scale.width * scale.count
        return scale.panned(middle - scale.first - scale.shown / 2)

    def describe(self, at: QPointF) -> str:
        """What is at a place, in words."""
        grip = self.grip(at)
        if grip in _GRIPS:
            first, last = map(self.contents.number, self.contents.in_out)
            return _GRIPS[grip].format(first=first, last=last)
        row = next((row for row in self.rows if row.top <= at.y() < row.bottom), None)
        return self.contents.describe(self.scale.index_at(at.x()), row)
