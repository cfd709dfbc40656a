"""Where frames stand along the time axis: pure functions, no widget, no painting.

Positions along the axis are in device-independent pixels; a frame takes the half-open span from
its own left edge to that of the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

CLOSEST = 8
"""The fewest frames that zooming in leaves in sight."""

HANDLE = 24.0
"""The least width of a scroll bar's handle, in pixels."""


@dataclass(frozen=True)
class TimeScale:
    """Which frames are in sight, and where.

    Attributes:
        count: Frames in the shot.
        left: Where the axis begins, in pixels.
        width: How long it is, in pixels.
        first: The position, in frames, at the left edge.
        shown: How many frames are in sight; need not be whole.
    """

    count: int
    left: float
    width: float
    first: float
    shown: float

    @classmethod
    def whole(cls, count: int, left: float, width: float) -> TimeScale:
        """The scale that shows all of a shot."""
        return cls(count, left, max(1.0, width), 0.0, float(max(1, count)))

    @property
    def frame_width(self) -> float:
        return self.width / self.shown

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def is_whole(self) -> bool:
        return self.shown >= self.count

    @property
    def visible(self) -> range:
        """The frames of which any part is in sight."""
        start = max(0, math.floor(self.first))
        return range(start, min(self.count, math.ceil(self.first + self.shown)))

    def x_of(self, index: float) -> float:
        """The left edge of a frame."""
        return self.left + (index - self.first) * self.frame_width

    def centre_of(self, index: int) -> float:
        return self.x_of(index + 0.5)

    def index_at(self, x: float) -> int:
        """The frame at ``x``; the nearest one beyond either end."""
        at = math.floor(self.first + (x - self.left) / self.frame_width)
        return min(max(at, 0), max(0, self.count - 1))

    def resized(self, left: float, width: float) -> TimeScale:
        """The same frames on an axis of another place and length."""
        return replace(self, left=left, width=max(1.0, width))

    def zoomed(self, factor: float, x: float) -> TimeScale:
        """Closer by ``factor`` (further if below 1), keeping what is at ``x`` under it."""
        whole = float(max(1, self.count))
        shown = min(max(self.shown / factor, min(CLOSEST, whole)), whole)
        part = (x - self.left) / self.width
        return replace(self, shown=shown)._from(self.first + part * (self.shown - shown))

    def panned(self, frames: float) -> TimeScale:
        """Moved along the shot, not beyond its ends."""
        return self._from(self.first + frames)

    def revealing(self, index: int) -> TimeScale:
        """The same scale with ``index`` in sight: turned like a page, not dragged."""
        if self.first <= index and index + 1 <= self.first + self.shown:
            return self
        margin = self.shown * 0.1
        if index < self.first:
            return self._from(index + 1 + margin - self.shown)
        return self._from(index - margin)

    def spanning(self, first: float, last: float, holds_last: bool) -> TimeScale:
        """What is between two positions, in frames, and not less than can be told apart.

        Args:
            holds_last: Whether it is ``first`` that gives way where they are too close.
        """
        whole = float(max(1, self.count))
        shown = min(max(last - first, min(CLOSEST, whole)), whole)
        return replace(self, shown=shown)._from(last - shown if holds_last else first)

    def scroll_handle(self) -> tuple[float, float]:
        """Left edge and width of the part of a scroll bar that stands for what is in sight."""
        width = max(HANDLE, self.width * self.shown / max(1, self.count))
        room = self.count - self.shown
        part = self.first / room if room > 0 else 0.0
        return self.left + (self.width - width) * part, width

    def _from(self, first: float) -> TimeScale:
        return replace(self, first=min(max(first, 0.0), max(0.0, self.count - self.shown)))


def snapped(index: int, targets: NDArray[np.intp], reach: float) -> int:
    """The nearest of ``targets``, ascending, within ``reach`` frames of ``index``; else itself."""
    if targets.size == 0:
        return index
    at = int(np.searchsorted(targets, index))
    near = targets[max(0, at - 1) : at + 1]
    best = int(near[np.argmin(np.abs(near - index))])
    return best if abs(best - index) <= reach else index


def neighbour(frames: NDArray[np.intp], index: int, direction: int) -> int | None:
    """The next of ``frames``, ascending, after ``index`` (direction 1) or before it (-1)."""
    if direction > 0:
        at = int(np.searchsorted(frames, index, side="right"))
    else:
        at = int(np.searchsorted(frames, index, side="left")) - 1
    return int(frames[at]) if 0 <= at < frames.size else None


def tick_step(frame_width: float, spacing: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, ... frames that are at least ``spacing`` apart."""
    magnitude = 1
    while True:
        for unit in (1, 2, 5):
            if unit * magnitude * frame_width >= spacing:
                return unit * magnitude
        magnitude *= 10


def ruler_labels(scale: TimeScale, first_number: int, spacing: float) -> list[int]:
    """The frames whose numbers are written: round numbers, and the first and last in sight.

    Args:
        first_number: The number shown for frame 0.
        spacing: The least distance between two labels, in pixels.

    Returns:
        Frame indices, ascending, none closer than ``spacing``.
    """
    visible = scale.visible
    if not visible:
        return []
    ends = [visible[0]] if len(visible) == 1 else [visible[0], visible[-1]]
    if len(ends) == 2 and (ends[1] - ends[0]) * scale.frame_width < spacing:
        ends.pop()
    step = tick_step(scale.frame_width, spacing)
    start = visible[0] + (-(visible[0] + first_number)) % step
    inner = [
        index
        for index in range(start, visible.stop, step)
        if all(abs(index - end) * scale.frame_width >= spacing for end in ends)
    ]
    return sorted({*ends, *inner})


def columns(
    states: NDArray[np.uint8], scale: TimeScale, ratio: float, gap: bool = True
) -> NDArray[np.uint8]:
    """What each device pixel of the axis shows of a lane.

    Where several frames share a pixel the highest state wins, so that one painted frame among
    thousands is never lost. Where there is room, the first pixel of each frame is left empty.

    Args:
        states: ``(count,)``; what each frame carries, 0 for nothing.
        ratio: Device pixels to one device-independent pixel.
        gap: Whether frames are drawn apart where they are wide enough.

    Returns:
        ``(round(width * ratio),)``.
    """
    pixels = max(1, round(scale.width * ratio))
    if states.size == 0:
        return np.zeros(pixels, np.uint8)
    per_pixel = scale.shown / pixels
    if per_pixel > 1:
        edges = scale.first + np.arange(pixels + 1) * per_pixel
        starts = np.clip(np.floor(edges).astype(np.intp), 0, states.size - 1)
        # reduceat takes single elements where a span is empty, which is what is wanted here.
        shown: NDArray[np.uint8] = np.maximum.reduceat(states, starts)[:-1]
        return shown
    position = scale.first + (np.arange(pixels) + 0.5) * per_pixel
    index = np.clip(np.floor(position).astype(np.intp), 0, states.size - 1)
    shown = states[index]
    if gap and scale.frame_width >= 4:
        inside = (position - np.floor(position)) * scale.frame_width
        shown = np.where(inside < 1.0, np.uint8(0), shown)
    return shown


def curve(
    values: NDArray[np.float64], scale: TimeScale, ratio: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and highest value that a per-frame curve takes within each device pixel.

    Between the centres of known frames it runs straight; where frames are narrower than a pixel,
    nothing of their range is lost.

    Args:
        values: ``(count,)``; NaN where there is none.
        ratio: Device pixels to one device-independent pixel.

    Returns:
        Two arrays of ``(round(width * ratio),)``; NaN where there is nothing to draw.
    """
    pixels = max(1, round(scale.width * ratio))
    if values.size == 0:
        return np.full(pixels, np.nan), np.full(pixels, np.nan)
    edges = scale.first + np.arange(pixels + 1) * (scale.shown / pixels)
    centres = edges - 0.5
    before = np.floor(centres).astype(np.intp)
    part = centres - before
    left = values[np.clip(before, 0, values.size - 1)]
    right = values[np.clip(before + 1, 0, values.size - 1)]
    # Beside an unknown frame a known one keeps its value up to its own edge.
    at = np.where(
        np.isnan(left), right, np.where(np.isnan(right), left, left + (right - left) * part)
    )
    at[np.where(part < 0.5, np.isnan(left), np.isnan(right))] = np.nan
    low, high = np.fmin(at[:-1], at[1:]), np.fmax(at[:-1], at[1:])
    if scale.shown > pixels:
        starts = np.clip(np.floor(edges).astype(np.intp), 0, values.size - 1)
        low = np.fmin(low, np.fmin.reduceat(values, starts)[:-1])
        high = np.fmax(high, np.fmax.reduceat(values, starts)[:-1])
    return low, high


def dips(values: NDArray[np.float64], threshold: float) -> NDArray[np.intp]:
    """The lowest frame of every run below ``threshold``: where a tracker wants to be looked at."""
    low = np.flatnonzero(np.nan_to_num(values, nan=np.inf) < threshold)
    run = np.cumsum(np.diff(low, prepend=low[:1]) > 1)
    by_depth = np.lexsort((values[low], run))
    _, first = np.unique(run[by_depth], return_index=True)
    return low[by_depth[first]]


def apart(scale: TimeScale, frames: NDArray[np.intp], spacing: float) -> NDArray[np.intp]:
    """Those of ``frames``, ascending, that can be told apart: one for every ``spacing`` pixels."""
    slots = np.floor((frames - scale.first) * (scale.frame_width / spacing))
    _, first = np.unique(slots, return_index=True)
    return frames[first]


def thumb_slots(scale: TimeScale, thumb_width: float) -> list[tuple[int, float, float]]:
    """Where the thumbnails stand: (frame, left edge, width), each over a whole number of frames.

    Slots are counted from frame 0, so that panning does not ask for other pictures.
    """
    frames = max(1, round(thumb_width / scale.frame_width))
    visible = scale.visible
    if not visible:
        return []
    start = visible.start - visible.start % frames
    return [
        (
            index,
            scale.x_of(index),
            (min(index + frames, scale.count) - index) * scale.frame_width,
        )
        for index in range(start, visible.stop, frames)
    ]


def pack(spans: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """Rows for spans of frames, so that none overlap: the last span is always in row 0.

    Args:
        spans: (first, last) inclusive, oldest first.
        limit: How many rows there are.

    Returns:
        The row of each span, -1 for those that no longer fit.
    """
    rows: list[list[tuple[int, int]]] = []
    placed = [-1] * len(spans)
    for which in range(len(spans) - 1, -1, -1):
        first, last = spans[which]
        free = (
            row
            for row, taken in enumerate(rows)
            if all(last < start or first > stop for start, stop in taken)
        )
        row = next(free, len(rows))
        if row == limit:
            continue
        if row == len(rows):
            rows.append([])
        rows[row].append((first, last))
        placed[which] = row
    return placed
