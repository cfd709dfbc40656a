"""Polygon: click corners, close it, and the inside gets the chosen level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from void_studio.app.tools.base import Option, Pointer, Tool
from void_studio.quadmask.bits import Rect
from void_studio.quadmask.paint import fill_polygon

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical

CLOSE_WITHIN = 9.0  # logical pixels from the first corner that close the polygon


class PolygonTool(Tool):
    """Collects corners; Enter, a double click or a click on the first corner fills."""

    name = "polygon"
    options = frozenset({Option.LEVEL, Option.FRAMES})
    hint = (
        "Polygon: click corners, then Enter or the first corner to fill.  Alt clears · "
        "Backspace last corner · Esc cancel · 1–4 level"
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._corners: list[tuple[float, float]] = []
        self._at: Pointer | None = None
        self._erase = False

    def press(self, pointer: Pointer) -> None:
        if self._session.shot is None:
            return
        self._erase = pointer.erases(self._session.brush.swapped)
        if len(self._corners) >= 3 and self._near_first(pointer):
            self._fill()
        else:
            self._corners.append((pointer.x, pointer.y))
        self.redraw()

    def double_click(self, pointer: Pointer) -> None:
        self._fill()

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        if self._corners:
            self.redraw()

    def leave(self) -> None:
        self._corners.clear()
        self._at = None
        self.redraw()

    def key(self, event: QKeyEvent) -> bool:
        if not self._corners:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._fill()
        elif event.key() == Qt.Key.Key_Backspace:
            self._corners.pop()
        elif event.key() == Qt.Key.Key_Escape:
            self._corners.clear()
        else:
            return False
        self.redraw()
        return True

    def _near_first(self, pointer: Pointer) -> bool:
        first = self._corners[0]
        return math.dist(first, (pointer.x, pointer.y)) * pointer.zoom <= CLOSE_WITHIN

    def _fill(self) -> None:
        corners, self._corners = self._corners, []
        self.redraw()
        if len(corners) < 3 or self._session.shot is None:
            return
        session = self._session
        stroke = session.begin_stroke(session.brush.level.verb(self._erase) + " polygon")
        points = np.asarray(corners, np.float64)
        low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 1
        height, width = stroke.field.shape
        bounds = Rect(int(low[0]), int(low[1]), *(int(v) for v in high - low)).clip((width, height))
        stroke.touch(bounds)
        changed = fill_polygon(stroke.field, session.brush.level.table(self._erase), corners)
        session.mask_edited(changed)
        session.end_stroke(stroke)

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if not self._corners:
            return
        points = [to_logical(x, y) for x, y in self._corners]
        trail = [*points, to_logical(self._at.x, self._at.y)] if self._at else points
        for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255), 1.3)):
            painter.setPen(QPen(colour, width))
            painter.drawPolyline(QPolygonF(trail))
        painter.setPen(QPen(QColor(0, 0, 0), 1))
        for place, point in enumerate(points):
            painter.setBrush(QColor(224, 164, 72) if place == 0 else QColor(255, 255, 255))
            painter.drawEllipse(QPointF(point), 3.5, 3.5)
