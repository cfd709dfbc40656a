"""Lasso: draw round something in one go, and the inside gets the chosen level."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from void_studio.app.tools.base import Area, Pointer
from void_studio.app.tools.painting import PaintTool, area_of, paint_line, paint_note
from void_studio.quadmask.paint import fill_polygon, polygon_rect

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical

_STEP = 0.5  # logical pixels between two points: a hand draws no finer


class LassoTool(PaintTool):
    """Press, draw, let go: what is inside the line and its closing is filled."""

    name = "lasso"
    hint = "Draw round it and let go to fill · Alt clears · Esc cancels · 1–4 level · X swap"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._points: list[tuple[float, float]] = []
        self._name = ""

    def press(self, pointer: Pointer) -> None:
        self._at = pointer
        if self.may_paint():
            self._name = self.decide(pointer) + " lasso"
            self._points = [(pointer.x, pointer.y)]
        self.moved()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        here = pointer.x, pointer.y
        if not self._points:
            self.moved()
        elif math.dist(self._points[-1], here) * pointer.zoom >= _STEP:
            # The closing line swings with the pointer; the rest of the line stays.
            self._points.append(here)
            self._swing()

    def _swing(self) -> None:
        was, self._drawn = self._drawn, self.marks()
        self.redraw(area_of([self._points[0], *self._points[-2:]]))
        for area in {*was[1:], *self._drawn[1:]}:
            self.redraw(area)

    def release(self, pointer: Pointer) -> None:
        points, self._points = tuple(self._points), []
        shot = self._session.shot
        if len(points) >= 3 and shot is not None:
            edit = partial(fill_polygon, table=self._table, points=points)
            self.fill(self._name, edit, polygon_rect(points, shot.size))
        self.moved()

    def finish(self) -> None:
        """A lasso that is being drawn belongs to the frame it was begun on: it is dropped."""
        self._points = []
        self.moved()

    def key(self, event: QKeyEvent) -> bool:
        if self._points and event.key() == Qt.Key.Key_Escape:
            self.finish()
            return True
        return False

    def marks(self) -> list[Area]:
        line = [area_of(self._points)] if self._points else []
        return line + (self.noted(self._at) if self._at is not None else [])

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._points:
            points = [to_logical(*point) for point in self._points]
            paint_line(painter, points, self._session.brush.level, self._erase)
            closing = QPen(QColor(255, 255, 255, 190), 1.2, Qt.PenStyle.DotLine)
            painter.setPen(closing)
            painter.drawLine(points[-1], points[0])
        note = self.note()
        if note and self._at is not None and self._session.shot is not None:
            paint_note(painter, to_logical(self._at.x, self._at.y), note, "accent")
