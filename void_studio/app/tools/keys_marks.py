"""How mask shapes look over the picture: outlines, points, the box with its handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from void_studio.app.theme import PALETTE
from void_studio.app.tools.grips import TURN_ARM, Hit, Part
from void_studio.app.tools.outline import Box
from void_studio.quadmask.brush import Point
from void_studio.quadmask.shapes import Polygon
from void_studio.shot.document import MaskShape

if TYPE_CHECKING:
    from void_studio.app.tools.base import ToLogical

_DARK = QColor(0, 0, 0, 170)
_LIGHT = QColor(255, 255, 255)
_CROWDED = 60
"""Points from which on they are drawn smaller."""


def paint_outline(
    painter: QPainter,
    to_logical: ToLogical,
    shape: MaskShape,
    points: Polygon,
    width: float,
) -> None:
    """Draws an outline in the colour of its plane, dashed where the shape takes away.

    Args:
        width: Logical pixels. Qt draws lines that are 1 wide many times as fast as wider ones.
    """
    line = QPolygonF([to_logical(x, y) for x, y in points])
    thin = width <= 1
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_DARK, width if thin else width + 1.6))
    painter.drawPolygon(line.translated(1, 1) if thin else line)
    pen = QPen(PALETTE.colour(shape.plane), width)
    if not shape.adds:
        pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.drawPolygon(line)


def paint_points(
    painter: QPainter,
    to_logical: ToLogical,
    points: Polygon,
    chosen: frozenset[int],
    over: Hit | None,
    keyed: bool,
) -> None:
    """Draws points: filled where this frame has a key, hollow in between, amber if chosen."""
    if over is not None and over.part is Part.EDGE:
        start, end = points[over.at], points[(over.at + 1) % len(points)]
        painter.setPen(QPen(PALETTE.colour("accent"), 2.4))
        painter.drawLine(to_logical(*start), to_logical(*end))
    half = 2.5 if len(points) > _CROWDED else 3.5
    for at, point in enumerate(points):
        where = to_logical(*point)
        near = over is not None and over.part is Part.POINT and over.at == at
        size = half + 1.5 if near else half
        colour = PALETTE.colour("accent") if at in chosen else _LIGHT
        box = QRectF(where.x() - size, where.y() - size, 2 * size, 2 * size)
        painter.setPen(QPen(_DARK, 3.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.setPen(QPen(colour, 1.3))
        painter.setBrush(colour if keyed or at in chosen else QColor(40, 40, 40, 160))
        painter.drawRect(box)


def paint_handles(painter: QPainter, to_logical: ToLogical, box: Box, over: Hit | None) -> None:
    """Draws the box whose corners scale, and the handle above it that turns."""
    area = QRectF(to_logical(box.left, box.top), to_logical(box.right, box.bottom))
    top = QPointF(area.center().x(), area.top())
    turn = QPointF(top.x(), top.y() - TURN_ARM)
    pen = QPen(QColor(255, 255, 255, 120), 1)
    pen.setDashPattern([3.0, 4.0])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRect(area)
    painter.drawLine(top, turn)
    corners = (area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft())
    for at, corner in enumerate(corners):
        near = over is not None and over.part is Part.CORNER and over.at == at
        _paint_handle(painter, corner, near)
    _paint_handle(painter, turn, over is not None and over.part is Part.TURN)


def paint_drawing(
    painter: QPainter, to_logical: ToLogical, points: list[Point], to: Point | None, closes: bool
) -> None:
    """Draws the polygon that is being drawn, up to the pointer; its first point closes it."""
    places = [to_logical(x, y) for x, y in points]
    line = QPolygonF([*places, to_logical(*to)] if to is not None else places)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_DARK, 3.0), (_LIGHT, 1.3)):
        painter.setPen(QPen(colour, width))
        painter.drawPolyline(line)
    painter.setPen(QPen(QColor(0, 0, 0), 1))
    for at, place in enumerate(places if len(places) <= _CROWDED else places[:1]):
        painter.setBrush(PALETTE.colour("accent") if at == 0 else _LIGHT)
        size = 5.5 if at == 0 and closes else 3.5
        painter.drawEllipse(place, size, size)


def paint_band(painter: QPainter, to_logical: ToLogical, start: Point, end: Point) -> None:
    """Draws the rubber band that chooses points."""
    area = QRectF(to_logical(*start), to_logical(*end)).normalized()
    painter.setPen(QPen(PALETTE.colour("accent"), 1))
    fill = PALETTE.colour("accent")
    fill.setAlpha(40)
    painter.setBrush(fill)
    painter.drawRect(area)


def _paint_handle(painter: QPainter, at: QPointF, near: bool) -> None:
    size = 4.5 if near else 3.5
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(PALETTE.colour("accent") if near else QColor(235, 235, 235))
    painter.drawEllipse(at, size, size)
