"""What is on screen as pixels: the sides A and B with the mask, the wipe between, their labels.

Each side is drawn into a buffer of the view's own resolution when something changes, and only
where it changes; painting the widget is then a copy.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QRegion

from void_studio.app.viewer.render import MaskView, OverlayStyle, SideRenderer
from void_studio.app.viewer.side import Side, paint_label, paint_wipe
from void_studio.app.viewer.transform import Box, ViewTransform

Pixels = NDArray[np.uint8]


class Compare(Enum):
    """Which side is on screen."""

    A = "a"
    B = "b"
    WIPE = "wipe"


class Canvas:
    """Draws through a ViewTransform that the widget gives; knows nothing of input.

    Attributes:
        a, b: The sides.
        mask_view: How the mask is shown on A.
        compare: What was asked for; ``shown`` is what can be.
        labels: What A and B are; without one for B there is no B.
        wipe: Where the wipe is, 0 to 1 across the plate.
    """

    def __init__(self) -> None:
        self.a, self.b = Side(), Side()
        self.mask_view = MaskView.OVERLAY
        self.compare = Compare.A
        self.labels = ("", "")
        self.wipe = 0.5
        self._renderer = SideRenderer(OverlayStyle())
        self._field: Pixels | None = None
        self._size = (1, 1)
        self._ratio = 1.0

    @property
    def shown(self) -> Compare:
        return self.compare if self.labels[1] else Compare.A

    @property
    def stale(self) -> bool:
        """Whether all of side A must be drawn again anyway."""
        return self.a.stale

    def allocate(self, size: tuple[int, int], ratio: float) -> None:
        """Takes the view's size, device pixels, and how many of them are a logical one."""
        self._size, self._ratio = size, ratio
        for side in (self.a, self.b):
            side.allocate(size, ratio)

    def set_frame(self, a: Pixels | None, b: Pixels | None, field: Pixels | None) -> None:
        """Another frame: pictures (RGB, any resolution) and its mask."""
        self.a.picture, self.b.picture, self._field = a, b, field
        self.redraw()

    def set_pictures(self, a: Pixels | None, b: Pixels | None) -> None:
        """Other pictures of the same frame."""
        for side, picture in ((self.a, a), (self.b, b)):
            if picture is not side.picture:
                side.picture = picture
                side.stale = True

    def redraw(self) -> None:
        """Has everything drawn again before it is next painted."""
        self.a.stale = self.b.stale = True

    def draw_mask(self, box: Box, transform: ViewTransform) -> None:
        """Draws a part of side A again at once, device pixels of the view."""
        self._draw(self.a, box, transform)

    def wipe_x(self, transform: ViewTransform) -> float:
        """The wipe line's place in logical view pixels."""
        return transform.to_view(self.wipe * transform.plate[0], 0)[0] / self._ratio

    def paint(self, painter: QPainter, region: QRegion, transform: ViewTransform) -> None:
        """Paints the sides; ``region`` is in logical pixels."""
        compare = self.shown
        for side in (self.a, self.b):
            needed = compare is Compare.WIPE or (side is self.a) == (compare is Compare.A)
            if needed and side.stale:
                self._draw(side, Box(0, 0, *self._size), transform)
                side.stale = False
        for rect in region:  # type: ignore[attr-defined]
            if compare is Compare.WIPE:
                self._paint_wiped(painter, rect, round(self.wipe_x(transform)))
            else:
                (self.a if compare is Compare.A else self.b).paint(painter, rect)

    def paint_marks(self, painter: QPainter, view: QRect, transform: ViewTransform) -> None:
        """Paints the wipe line and the labels over the sides."""
        compare = self.shown
        if compare is Compare.WIPE:
            paint_wipe(painter, self.wipe_x(transform), view.height())
        a, b = self.labels
        if a and b and compare is not Compare.B:
            paint_label(painter, view, a, left=True)
        if b and compare is not Compare.A:
            waiting = " · decoding" if self.b.picture is None else ""
            paint_label(painter, view, b + waiting, left=False)

    def _paint_wiped(self, painter: QPainter, rect: QRect, line: int) -> None:
        split = min(max(line, rect.left()), rect.right() + 1)
        left = QRect(rect.left(), rect.top(), split - rect.left(), rect.height())
        right = QRect(split, rect.top(), rect.right() + 1 - split, rect.height())
        self.a.paint(painter, left)
        self.b.paint(painter, right)

    def _draw(self, side: Side, box: Box, transform: ViewTransform) -> None:
        field = self._field if side is self.a else None
        self._renderer.draw(side.buffer, box, transform, side.picture, field, self.mask_view)
