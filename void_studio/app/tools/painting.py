"""What all tools that set a level have in common: when they erase, how they fill, their ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from void_studio.app.brush import FrameSpan
from void_studio.app.theme import PALETTE, ui_font
from void_studio.app.tools.base import Area, Pointer, Tool
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.bits import Rect

if TYPE_CHECKING:
    from void_studio.app.session import Session

Field = NDArray[np.uint8]
Edit = Callable[[Field], Rect]
"""Sets pixels of a field in place and returns the rectangle around them; on any thread."""

NOTE_REACH = 170.0
"""Logical pixels around the pointer that a note beside it stays within."""

_ALT, _SHIFT, _CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class PaintTool(Tool):
    """Sets or clears the session's level; Alt, the X key and a pen's other end turn it round."""

    with_shift = ""
    """What Shift makes of it, for the status line."""

    erases = False
    """Whether it clears by itself."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._at: Pointer | None = None
        self._drawn: list[Area] = []
        self._erase = False
        self._table = session.brush.level.table(False)
        session.brush.changed.connect(self.moved)

    # -- what it sets ----------------------------------------------------------------------

    def would_erase(self, pointer: Pointer) -> bool:
        """Whether a press with this pointer clears."""
        return pointer.erases(self.erases != self._session.brush.swapped)

    def decide(self, pointer: Pointer) -> str:
        """Settles what this press sets, whatever is chosen meanwhile; returns its verb."""
        level = self._session.brush.level
        self._erase = self.would_erase(pointer)
        self._table = level.table(self._erase)
        return level.verb(self._erase)

    def may_paint(self) -> bool:
        """Whether there is a mask that a press may begin to change; says why if it is locked."""
        session = self._session
        return session.shot is not None and not session.refuses(session.index)

    def fill(self, name: str, edit: Edit, rect: Rect) -> None:
        """Makes ``edit`` on this frame as one step, and on the others that are painted through.

        Args:
            rect: Holds all that ``edit`` may change, plate pixels inside the plate.
        """
        stroke = self._session.begin_stroke(name) if self._session.shot is not None else None
        if stroke is not None:
            stroke.touch(rect)
            self._session.mask_edited(edit(stroke.field))
            self._session.end_stroke(stroke, edit)

    # -- the status line -------------------------------------------------------------------

    def hint_for(self, modifiers: Qt.KeyboardModifier) -> str:
        swaps = bool(modifiers & _ALT)
        erase = (self.erases != self._session.brush.swapped) != swaps
        does = f"{self.title}: {deed(self._session.brush.level, erase)}{self._where()}"
        if modifiers & _CONTROL and self.sizes:
            return f"{self.title}: drag left and right to change the size"
        if modifiers & _SHIFT and self.with_shift:
            return f"{does}.  {self.with_shift}"
        if swaps:
            return f"{does}, while Alt is held"
        return f"{does}.  {self.hint}"

    @property
    def title(self) -> str:
        return self.name.capitalize()

    def _where(self) -> str:
        through = self._session.brush.through
        return "" if through is FrameSpan.THIS else f" on every frame ({through.value})"

    # -- marks -----------------------------------------------------------------------------

    def marks(self) -> list[Area]:
        """Areas that together hold everything that ``paint`` draws now."""
        return []

    def moved(self) -> None:
        """Has the marks drawn again: where they were, and where they are."""
        was, self._drawn = self._drawn, self.marks()
        for area in {*was, *self._drawn}:
            self.redraw(area)

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self.moved()

    def hold(self, modifiers: Qt.KeyboardModifier) -> None:
        if self._at is not None:
            self._at = replace(self._at, modifiers=modifiers)
            self.moved()

    def leave(self) -> None:
        self.finish()
        self._at = None
        self.moved()

    def note(self) -> str:
        """What is said beside the pointer; empty for nothing."""
        through = self._session.brush.through
        return "" if through is FrameSpan.THIS else through.value

    def noted(self, pointer: Pointer) -> list[Area]:
        """Around the note beside a pointer, if there is one."""
        x, y = pointer.x, pointer.y
        return [Area(x, y, x, y, NOTE_REACH)] if self.note() else []


def deed(level: PaintLevel, erase: bool) -> str:
    """What a tool does to the mask, in the words of the status line."""
    if level is PaintLevel.KEEP:
        return "takes back to tracked" if erase else "paints keep"
    return f"{'erases' if erase else 'paints'} {level.value.lower()}"


def area_of(points: list[tuple[float, float]], reach: float = 8.0) -> Area:
    """Around points, plate pixels."""
    xs, ys = zip(*points, strict=True)
    return Area(min(xs), min(ys), max(xs), max(ys), reach)


def level_colour(level: PaintLevel) -> QColor:
    return PALETTE.colour(level.value.lower())


def mark_pens(level: PaintLevel, erase: bool, width: float = 1.6) -> tuple[QPen, QPen]:
    """A dark pen, and over it one in the colour of the level, dashed where it erases."""
    pen = QPen(level_colour(level), width)
    if erase:
        pen.setDashPattern([3.0, 3.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return QPen(QColor(0, 0, 0, 170), width * 2), pen


def paint_line(painter: QPainter, points: list[QPointF], level: PaintLevel, erase: bool) -> None:
    """Draws a line through places of the view."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in mark_pens(level, erase):
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))


def paint_note(painter: QPainter, at: QPointF, text: str, colour: str = "text") -> None:
    """Writes a few words beside a place of the view, within ``NOTE_REACH`` of it."""
    font = ui_font(0.92)
    metrics = QFontMetricsF(font)
    room = NOTE_REACH - 34
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    box = QRectF(
        at.x() + 12, at.y() + 10, metrics.horizontalAdvance(text) + 14, metrics.height() + 5
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 18, 18, 215))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(PALETTE.colour(colour))
    before: QFont = painter.font()
    painter.setFont(font)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.setFont(before)
