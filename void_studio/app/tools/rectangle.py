"""Rectangle: drag from corner to corner, and the inside gets the chosen level."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from void_studio.app.tools.base import Area, Pointer
from void_studio.app.tools.painting import PaintTool, mark_pens, paint_note
from void_studio.quadmask.bits import NOTHING, Rect
from void_studio.quadmask.paint import fill_rect

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical


class RectangleTool(PaintTool):
    """Fills whole pixels from the one under the press to the one under the release."""

    name = "rectangle"
    hint = "Drag from corner to corner · Shift square · Alt clears · Esc cancels · 1–4 level"
    with_shift = "A square"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._corner: tuple[float, float] | None = None
        self._name = ""

    def press(self, pointer: Pointer) -> None:
        self._at = pointer
        if self.may_paint():
            self._name = self.decide(pointer) + " rectangle"
            self._corner = pointer.x, pointer.y
        self.moved()

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def release(self, pointer: Pointer) -> None:
        self._at = pointer
        rect, shot, began = self._rect(), self._session.shot, self._corner
        self._corner = None
        if shot is not None and began is not None and began != (pointer.x, pointer.y):
            inside = rect.clip(shot.size)
            if not inside.empty:
                edit = partial(fill_rect, table=self._table, rect=inside)
                self.fill(self._name, edit, inside)
        self.moved()

    def finish(self) -> None:
        """One that is being drawn belongs to the frame it was begun on: it is dropped."""
        self._corner = None
        self.moved()

    def key(self, event: QKeyEvent) -> bool:
        if self._corner is not None and event.key() == Qt.Key.Key_Escape:
            self.finish()
            return True
        return False

    def _rect(self) -> Rect:
        """The pixels from the press to the pointer, both included; may leave the plate."""
        if self._corner is None or self._at is None:
            return NOTHING
        x, y = self._corner
        across, down = self._at.x - x, self._at.y - y
        if self._at.shift:
            side = max(abs(across), abs(down))
            across, down = math.copysign(side, across), math.copysign(side, down)
        left, right = sorted((math.floor(x), math.floor(x + across)))
        top, bottom = sorted((math.floor(y), math.floor(y + down)))
        width, height = right + 1 - left, bottom + 1 - top
        if self._at.shift:
            width = height = max(width, height)
        return Rect(left, top, width, height)

    # -- marks -----------------------------------------------------------------------------

    def note(self) -> str:
        rect, through = self._rect(), super().note()
        if rect.empty:
            return through
        size = f"{rect.width} × {rect.height}"
        return f"{size}  {through}".rstrip()

    def marks(self) -> list[Area]:
        if self._at is None:
            return []
        areas, rect = self.noted(self._at), self._rect()
        if not rect.empty:
            right, bottom = rect.x + rect.width, rect.y + rect.height
            areas.append(Area(rect.x, rect.y, right, bottom, 6.0))
        return areas

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._at is None or self._session.shot is None:
            return
        rect = self._rect()
        if not rect.empty:
            end = to_logical(rect.x + rect.width, rect.y + rect.height)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in mark_pens(self._session.brush.level, self._erase):
                painter.setPen(pen)
                painter.drawRect(QRectF(to_logical(rect.x, rect.y), end))
        note = self.note()
        if note:
            through = super().note()
            place = to_logical(self._at.x, self._at.y)
            paint_note(painter, place, note, "accent" if through else "text")
