"""Brush and eraser: a stroke sets or clears planes along the pointer's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from void_studio.app.theme import PALETTE
from void_studio.app.tools.base import Option, Pointer, Tool
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.paint import stamp_line, stroke_rect

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.shot.shot import Stroke


class BrushTool(Tool):
    """Paints with the session's level and brush size; ``erases`` makes it the eraser.

    Alt swaps painting and erasing for one stroke. Shift draws a straight line from where the
    last stroke on this frame ended.
    """

    cursor = Qt.CursorShape.BlankCursor
    options = frozenset({Option.LEVEL, Option.SIZE, Option.FRAMES})

    def __init__(self, session: Session, erases: bool = False) -> None:
        super().__init__(session)
        self._session = session
        self._erases = erases
        self.name = "eraser" if erases else "brush"
        verb, other = ("Eraser: clears", "paints") if erases else ("Brush: paints", "erases")
        self.hint = (
            f"{verb} the chosen level.  Alt {other} · Shift straight line · [ ] size · "
            "1–4 level · X swap"
        )
        self._stroke: Stroke | None = None
        self._erase = False
        self._table: NDArray[np.uint8] | None = None
        self._last: tuple[float, float] | None = None
        self._last_frame = -1
        self._at: Pointer | None = None
        session.brush.changed.connect(self.redraw)

    def press(self, pointer: Pointer) -> None:
        session = self._session
        if session.shot is None:
            return
        self._erase = self._would_erase(pointer)
        self._table = session.brush.level.table(self._erase)
        self._stroke = session.begin_stroke(session.brush.level.verb(self._erase))
        continues = pointer.shift and self._last is not None and self._last_frame == session.index
        start = self._last if continues and self._last else (pointer.x, pointer.y)
        self._last = start
        self._last_frame = session.index
        self._draw_to(pointer)

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._stroke is not None:
            self._draw_to(pointer)
        self.redraw()

    def release(self, pointer: Pointer) -> None:
        self.finish()

    def _would_erase(self, pointer: Pointer) -> bool:
        return pointer.erases(self._erases != self._session.brush.swapped)

    def _draw_to(self, pointer: Pointer) -> None:
        assert self._stroke is not None
        assert self._table is not None
        assert self._last is not None
        end = (pointer.x, pointer.y)
        radius = self._session.brush.size / 2
        field = self._stroke.field
        size = (field.shape[1], field.shape[0])
        self._stroke.touch(stroke_rect(self._last, end, radius, size))
        changed = stamp_line(field, self._table, self._last, end, radius)
        self._last = end
        self._session.mask_edited(changed)

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.redraw()

    def finish(self) -> None:
        if self._stroke is not None:
            stroke, self._stroke = self._stroke, None
            self._session.end_stroke(stroke)

    def leave(self) -> None:
        self.finish()
        self._at = None

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._at is None or self._session.shot is None:
            return
        centre = to_logical(self._at.x, self._at.y)
        radius = max(1.5, self._session.brush.size / 2 * scale)
        erase = self._erase if self._stroke is not None else self._would_erase(self._at)
        paint_ring(painter, centre, radius, self._session.brush.level, erase)


def paint_ring(
    painter: QPainter, centre: QPointF, radius: float, level: PaintLevel, erase: bool
) -> None:
    """Draws the brush as it will act: in the colour of the level, dashed where it erases."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 170), 3.2))
    painter.drawEllipse(centre, radius, radius)
    pen = QPen(PALETTE.colour(level.value.lower()), 1.6)
    if erase:
        pen.setDashPattern([3.0, 3.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawEllipse(centre, radius, radius)
    if radius > 6:
        painter.drawPoint(centre)
