"""The playhead: the line through every row, and the frame's number where the ruler is."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QRegion

from void_studio.app.theme import ui_font
from void_studio.app.timeline import painting
from void_studio.app.timeline.geometry import TimeScale
from void_studio.app.timeline.rows import Row


class Place(NamedTuple):
    """What a playhead stands in.

    Attributes:
        first_number: The number shown for frame 0.
        small: The font of the ruler's numbers.
        width, height: Of the timeline, in pixels.
    """

    scale: TimeScale
    first_number: int
    ruler: Row
    small: QFont
    width: int
    height: int


class Playhead:
    """Knows where it is on screen; the ruler's numbers are measured once for where they stand."""

    def __init__(self) -> None:
        self._font = ui_font(0.92, bold=True)
        self._measured_for: Place | None = None
        self._numbers: list[QRectF] = []

    def region(self, index: int, place: Place) -> QRegion:
        """What has to be painted when it comes to frame ``index``, or leaves it."""
        if index not in place.scale.visible:
            return QRegion()
        x = place.scale.centre_of(index)
        line = QRectF(x - 2, 0, 4, place.height).toAlignedRect()
        head = self._head(index, place)
        return QRegion(head.united(self._cover(head, place)).toAlignedRect()) + QRegion(line)

    def paint(self, painter: QPainter, index: int, place: Place) -> None:
        """Draws it on frame ``index``, if that is in sight."""
        if index in place.scale.visible:
            head = self._head(index, place)
            painting.paint_playhead(
                painter,
                place.scale.centre_of(index),
                head,
                self._cover(head, place),
                place.height,
                _text(index, place),
                self._font,
            )

    def _head(self, index: int, place: Place) -> QRectF:
        """The box with the frame's number, kept inside the timeline."""
        width = QFontMetrics(self._font).horizontalAdvance(_text(index, place)) + 10
        x = place.scale.centre_of(index) - width / 2
        x = min(max(x, 0.0), max(0.0, place.width - width))
        return QRectF(x, place.ruler.top, width, place.ruler.height - 1)

    def _cover(self, head: QRectF, place: Place) -> QRectF:
        """``head`` and the ruler's numbers that it would cut."""
        near = head.adjusted(-3, 0, 3, 0)
        cover = QRectF(near)
        if place != self._measured_for:
            self._measured_for = place
            boxes = painting.ruler_boxes(place.scale, place.first_number, place.ruler, place.small)
            self._numbers = [box for _, _, box in boxes]
        for box in self._numbers:
            if box.intersects(near):
                cover = cover.united(box)
        cover.setBottom(place.ruler.bottom - 3)
        return cover


def _text(index: int, place: Place) -> str:
    return str(place.first_number + index)
