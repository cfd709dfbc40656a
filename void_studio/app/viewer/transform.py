"""Where the plate is in the view: pure geometry for zoom, pan, fit and hit tests.

View coordinates are device pixels with the origin at the view's top left; plate coordinates are
plate pixels, a pixel's centre at +0.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from void_studio.quadmask.bits import Rect

MAX_ZOOM = 64.0
MIN_SHOWN = 48  # device pixels of the plate that always stay in view
_NEARLY = 1.05  # device pixels for each of a picture's that are near enough to one


class Box(NamedTuple):
    """A half-open box of device pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def intersect(self, other: Box) -> Box:
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: Box) -> Box:
        """The smallest box around both; an empty one adds nothing."""
        if self.empty or other.empty:
            return other if self.empty else self
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, by: int) -> Box:
        """``by`` more pixels on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, other: Box) -> tuple[slice, slice]:
        """The rows and columns that index it in an array of ``other``."""
        return (
            slice(self.top - other.top, self.bottom - other.top),
            slice(self.left - other.left, self.right - other.left),
        )


@dataclass(frozen=True)
class ViewTransform:
    """A uniform zoom and an offset.

    Attributes:
        plate: Plate size (width, height) in pixels.
        view: View size (width, height) in device pixels.
        zoom: Device pixels per plate pixel.
        x, y: View position of the plate's top left corner.
    """

    plate: tuple[int, int]
    view: tuple[int, int]
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @classmethod
    def fit(
        cls, plate: tuple[int, int], view: tuple[int, int], margin: float = 0.0
    ) -> ViewTransform:
        """The whole plate, centred, as large as it goes with ``margin`` device pixels around."""
        width, height = (max(1.0, side - 2 * margin) for side in view)
        zoom = min(width / plate[0], height / plate[1], MAX_ZOOM)
        return cls(plate, view, zoom)._centred()

    def _centred(self) -> ViewTransform:
        return replace(
            self,
            x=round((self.view[0] - self.plate[0] * self.zoom) / 2),
            y=round((self.view[1] - self.plate[1] * self.zoom) / 2),
        )

    def to_plate(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.x) / self.zoom, (y - self.y) / self.zoom

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        return x * self.zoom + self.x, y * self.zoom + self.y

    def zoomed(self, factor: float, at: tuple[float, float]) -> ViewTransform:
        """Zoomed by ``factor``, the plate point under the view point ``at`` staying there."""
        zoom = self.zoom * factor
        if abs(zoom - 1.0) < 0.04 and factor != 1.0 and abs(self.zoom - 1.0) > 1e-9:
            zoom = 1.0  # land on exact pixels when passing them
        return self.zoomed_to(zoom, at)

    def zoomed_to(self, zoom: float, at: tuple[float, float]) -> ViewTransform:
        """At another zoom as near as it goes, the plate point under ``at`` staying there."""
        smallest = min(1.0, 32 / max(self.plate))
        zoom = min(MAX_ZOOM, max(smallest, zoom))
        px, py = self.to_plate(*at)
        moved = replace(self, zoom=zoom, x=at[0] - px * zoom, y=at[1] - py * zoom)
        return moved._snapped()

    def panned(self, dx: float, dy: float) -> ViewTransform:
        return replace(self, x=self.x + dx, y=self.y + dy)._snapped()

    def resized(self, view: tuple[int, int]) -> ViewTransform:
        """The same zoom in a view of another size, the centre staying in the centre."""
        dx, dy = (view[0] - self.view[0]) / 2, (view[1] - self.view[1]) / 2
        return replace(self, view=view).panned(dx, dy)

    def _snapped(self) -> ViewTransform:
        """Whole device pixels, and never so far that the plate is lost from view."""
        width, height = self.plate[0] * self.zoom, self.plate[1] * self.zoom
        # Even a plate thinner than a pixel keeps one.
        keep_x, keep_y = max(1, min(MIN_SHOWN, width)), max(1, min(MIN_SHOWN, height))
        x = min(max(self.x, keep_x - width), self.view[0] - keep_x)
        y = min(max(self.y, keep_y - height), self.view[1] - keep_y)
        return replace(self, x=float(round(x)), y=float(round(y)))

    @property
    def plate_box(self) -> Box:
        """The plate's place in the view, cut to the view."""
        return self.box_of(Rect(0, 0, *self.plate))

    def box_of(self, rect: Rect) -> Box:
        """The device pixels that show any of ``rect`` (plate pixels), cut to the view."""
        left, top = self.to_view(rect.x, rect.y)
        right, bottom = self.to_view(rect.x + rect.width, rect.y + rect.height)
        box = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
        return box.intersect(Box(0, 0, *self.view))

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of what is seen of the plate, 0 to 1 across and down it."""
        first, last = self.to_plate(0, 0), self.to_plate(*self.view)
        x, y = (
            (max(0.0, start) + min(side, end)) / 2 / side
            for start, end, side in zip(first, last, self.plate, strict=True)
        )
        return x, y

    def picture_divisor(self) -> int:
        """The largest whole reduction of the plate that still has a pixel per device pixel, nearly.

        One that is a hair too small is hardly seen, and the next is four times the work and memory.
        """
        return max(1, min(16, int(_NEARLY / self.zoom + 1e-6))) if self.zoom < 1 else 1


def picture_size(plate: tuple[int, int], divisor: int) -> tuple[int, int]:
    """The size of the plate reduced ``divisor`` times, at least one pixel a side."""
    return max(1, round(plate[0] / divisor)), max(1, round(plate[1] / divisor))
