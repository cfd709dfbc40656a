"""Polygon: click corners, close it, and the inside gets the chosen level."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from void_studio.app.theme import PALETTE
from void_studio.app.tools.base import Area, Pointer
from void_studio.app.tools.painting import PaintTool, area_of, paint_line, paint_note
from void_studio.quadmask.paint import fill_polygon, polygon_rect

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical

CLOSE_WITHIN = 9.0  # logical pixels from the first corner that close the polygon
_SNAP_RING = 8.0


class PolygonTool(PaintTool):
    """Collects corners; Enter, a double click or a click on the first corner fills.

    The frame may change while corners are collected: they are filled on the frame on screen.
    """

    name = "polygon"
    hint = (
        "Click corners, then Enter or the first corner to fill · Alt clears · "
        "Backspace last corner · Esc cancels"
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._corners: list[tuple[float, float]] = []
        session.shot_changed.connect(self._forget)

    def press(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._session.shot is None:
            return
        if self._closes(pointer):
            self._fill(pointer)
        elif self._corners or self.may_paint():
            self._corners.append((pointer.x, pointer.y))
        self.moved()

    def double_click(self, pointer: Pointer) -> None:
        self._fill(pointer)

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def leave(self) -> None:
        self._corners.clear()
        super().leave()

    def key(self, event: QKeyEvent) -> bool:
        if not self._corners:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._fill(self._at)
        elif event.key() == Qt.Key.Key_Backspace:
            self._corners.pop()
        elif event.key() == Qt.Key.Key_Escape:
            self._corners.clear()
        else:
            return False
        self.moved()
        return True

    def _forget(self) -> None:
        self._corners.clear()
        self.moved()

    def _closes(self, pointer: Pointer) -> bool:
        """Whether a click here is on the first corner of a polygon that can be filled."""
        if len(self._corners) < 3:
            return False
        away = math.dist(self._corners[0], (pointer.x, pointer.y))
        return away * pointer.zoom <= CLOSE_WITHIN

    def _fill(self, pointer: Pointer | None) -> None:
        corners, self._corners = tuple(self._corners), []
        shot = self._session.shot
        if len(corners) >= 3 and shot is not None:
            held = Qt.KeyboardModifier.NoModifier
            name = self.decide(pointer or Pointer(0, 0, held, 1)) + " polygon"
            edit = partial(fill_polygon, table=self._table, points=corners)
            self.fill(name, edit, polygon_rect(corners, shot.size))
        self.moved()

    # -- marks -----------------------------------------------------------------------------

    def marks(self) -> list[Area]:
        trail = [(self._at.x, self._at.y)] if self._at is not None and self._corners else []
        areas = [area_of(self._corners + trail, reach=12.0)] if self._corners else []
        return areas + (self.noted(self._at) if self._at is not None else [])

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        at = to_logical(self._at.x, self._at.y) if self._at is not None else None
        if self._corners:
            self._paint_corners(painter, [to_logical(*corner) for corner in self._corners], at)
        note = self.note()
        if note and at is not None and self._session.shot is not None:
            paint_note(painter, at, note, "accent")

    def _paint_corners(self, painter: QPainter, points: list[QPointF], at: QPointF | None) -> None:
        closes = self._at is not None and self._closes(self._at)
        erase = self._at is not None and self.would_erase(self._at)
        trail = list(points)
        if at is not None:
            trail.append(points[0] if closes else at)
        paint_line(painter, trail, self._session.brush.level, erase)
        painter.setPen(QPen(QColor(0, 0, 0), 1))
        for place, point in enumerate(points):
            painter.setBrush(PALETTE.colour("accent") if place == 0 else QColor(255, 255, 255))
            painter.drawEllipse(point, 3.5, 3.5)
        if closes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(PALETTE.colour("accent"), 2))
            painter.drawEllipse(points[0], _SNAP_RING, _SNAP_RING)
