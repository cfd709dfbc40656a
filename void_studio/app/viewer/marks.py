"""The marks over the sides: the wipe's line with its handles, the halves' divider, the labels."""

from __future__ import annotations

import math
from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from void_studio.app.viewer.compare import DIVIDER, Point, WipeLine

WIPE_WIDTH = 9.0
"""How far its line and handles reach to each side, logical pixels."""

_HOLLOW = 32.0
"""Less of a hole in a tool's marks, logical pixels, is not worth cutting out."""

WIPE_ARM = 60.0
"""From the wipe's centre to the handle that turns it, logical pixels."""

_LABEL_MARGIN = 12
_LIGHT = QColor(245, 245, 245)
_SHADE = QColor(0, 0, 0, 120)


class Corner(Enum):
    """Where a label is."""

    TOP_LEFT = "top left"
    TOP_RIGHT = "top right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM_RIGHT = "bottom right"

    @property
    def left(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)

    @property
    def top(self) -> bool:
        return self in (Corner.TOP_LEFT, Corner.TOP_RIGHT)

    @classmethod
    def across(cls, normal: Point) -> tuple[Corner, Corner]:
        """The corners on A's and B's side of a wipe; ``normal`` points from A to B."""
        x, y = normal
        if abs(x) >= abs(y):
            sides = (cls.TOP_LEFT, cls.TOP_RIGHT)
            return sides if x > 0 else (sides[1], sides[0])
        sides = (cls.TOP_LEFT, cls.BOTTOM_LEFT)
        return sides if y > 0 else (sides[1], sides[0])


def paint_wipe(painter: QPainter, view: QRect, line: WipeLine, ratio: float) -> None:
    """Draws the line and its handles; ``line`` is in device pixels, ``ratio`` to a logical one."""
    length = math.hypot(view.width(), view.height()) * ratio
    length += math.hypot(line.x, line.y)
    first, last = (_logical(end, ratio) for end in line.ends(length))
    centre = _logical((line.x, line.y), ratio)
    turn = _logical(line.handle(WIPE_ARM * ratio), ratio)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_SHADE, 3.0), (_LIGHT, 1.4)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(first, last)
        painter.drawEllipse(turn, 5, 5)
    painter.setPen(QPen(_SHADE, 1.0))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(centre, 7, 7)


def paint_divider(painter: QPainter, view: QRect, width: float, ratio: float) -> None:
    """Draws the line between two halves of a view ``width`` logical pixels wide."""
    thick = (DIVIDER + 1) / ratio
    painter.fillRect(QRectF((width - thick) / 2, 0, thick, view.height()), QColor(70, 70, 70))


def paint_crop(painter: QPainter, rect: QRectF, text: str) -> None:
    """Draws what of the plate a run works on, a thin frame, and in words at its foot.

    Logical pixels.
    """
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_SHADE, 3.0))
    painter.drawRect(rect)
    pen = QPen(_LIGHT, 1.0)
    pen.setDashPattern([5, 4])
    painter.setPen(pen)
    painter.drawRect(rect)
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 12, metrics.height() + 4
    if width + 8 < rect.width():
        label = QRectF(rect.right() - width, rect.bottom() - height, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(18, 18, 18, 190))
        painter.drawRect(label)
        painter.setPen(_LIGHT)
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()


def paint_label(painter: QPainter, area: QRectF, text: str, corner: Corner) -> None:
    """Draws what a side is in a corner of ``area``, shortened to its width; logical pixels."""
    font = QFont(painter.font())
    font.setBold(True)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    room = max(40, round(area.width()) - 2 * _LABEL_MARGIN - 16)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
    x = area.left() + _LABEL_MARGIN if corner.left else area.right() - _LABEL_MARGIN - width
    y = area.top() + _LABEL_MARGIN if corner.top else area.bottom() - _LABEL_MARGIN - height
    rect = QRectF(x, y, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 18, 18, 205))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QColor(235, 235, 235))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)


def _logical(point: Point, ratio: float) -> QPointF:
    return QPointF(point[0] / ratio, point[1] / ratio)


def frame_of(outer: QRectF, reach: float, far: float) -> list[QRectF]:
    """The boxes around a tool's marks that are hollow: all but what is nearer than ``far`` to the
    middle, if that is worth cutting out. Logical pixels.

    Args:
        reach: How far marks go beyond ``outer``.
    """
    outer = outer.adjusted(-reach, -reach, reach, reach)
    if far <= _HOLLOW:
        return [outer]
    x, y = outer.center().x(), outer.center().y()
    return [
        QRectF(outer.topLeft(), QPointF(outer.right(), y - far)),
        QRectF(QPointF(outer.left(), y + far), outer.bottomRight()),
        QRectF(QPointF(outer.left(), y - far), QPointF(x - far, y + far)),
        QRectF(QPointF(x + far, y - far), QPointF(outer.right(), y + far)),
    ]
