"""Brush and eraser: a stroke sets or clears planes along the pointer's path."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from void_studio.app.tools.base import Area, Option, Pointer
from void_studio.app.tools.level import PaintLevel
from void_studio.app.tools.painting import (
    Field,
    PaintTool,
    area_of,
    mark_pens,
    paint_line,
    paint_note,
)
from void_studio.quadmask.bits import NOTHING, Mask, Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask, stamp, stroke_rect

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.shot.shot import Stroke

_SMALLEST_RING = 1.5  # logical pixels
_RING_WIDTH = 5.0  # logical pixels, more than the pens are wide

_WIDE = 60.0
"""Radius in logical pixels from which a ring is drawn in hairlines."""


class Place(NamedTuple):
    """Where the brush is and how wide: plate pixels."""

    x: float
    y: float
    radius: float

    @property
    def point(self) -> tuple[float, float]:
        return self.x, self.y


class Track:
    """The way of one stroke, which can be painted on another frame as well.

    Attributes:
        segments: From where to where the brush went.
        rect: Around all that it covered, inside the plate.
    """

    def __init__(self, table: Field) -> None:
        self._table = table
        self.segments: list[tuple[Place, Place]] = []
        self.rect = NOTHING

    def __call__(self, field: Field) -> Rect:
        """Paints the same pixels of a field of the same size, in place."""
        return fill_mask(field, self._table, self._covered, (self.rect.x, self.rect.y))

    @cached_property
    def _covered(self) -> Mask:
        covered = np.zeros((self.rect.height, self.rect.width), np.uint8)
        x, y = self.rect.x, self.rect.y
        table = paint_table(Plane.REMOVE, True)
        for start, end in self.segments:
            here, there = (start.x - x, start.y - y), (end.x - x, end.y - y)
            stamp(covered, table, here, there, start.radius, end.radius)
        inside: Mask = covered != 0
        return inside


class BrushTool(PaintTool):
    """Paints with the session's level and brush size; ``erases`` makes it the eraser.

    Alt swaps painting and erasing for one stroke. With Shift a press draws a straight line from
    where the last stroke on this frame ended, and a drag one that is painted when it ends.
    """

    cursor = Qt.CursorShape.BlankCursor
    options = PaintTool.options | {Option.SIZE, Option.GRID}
    sizes = True
    with_shift = "Click for a line from the last stroke's end, drag for a straight line"

    def __init__(self, session: Session, erases: bool = False) -> None:
        self.erases = erases
        super().__init__(session)
        self.name = "eraser" if erases else "brush"
        turned = "paints" if erases else "erases"
        self.hint = (
            f"Alt {turned} · Shift straight line · [ ] or Ctrl+drag size · 1–4 level · X swap"
        )
        self._stroke: Stroke | None = None
        self._track = Track(self._table)
        self._last: Place | None = None
        self._last_frame = -1
        self._straight = False
        self._sized_from: tuple[Pointer, float] | None = None

    # -- drawing ---------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        session = self._session
        self.finish()
        self._at = pointer
        if session.shot is None:
            return
        if pointer.sizes:
            self._sized_from = pointer, session.brush.size
            self.moved()
            return
        verb = self.decide(pointer)
        self._stroke = session.begin_stroke(verb)
        if self._stroke is None:
            return
        self._track = Track(self._table)
        here = self._place(pointer)
        self._draw(self._begin_of_line(pointer) or here, here)
        self._straight = pointer.shift
        self.moved()

    def move(self, pointer: Pointer) -> None:
        if self._sized_from is not None:
            began, size = self._sized_from
            self._session.brush.set_size(size + 2 * (pointer.x - began.x))
            return
        self._at = pointer
        if self._stroke is not None and self._last is not None:
            self._straight = self._straight and pointer.shift
            if not self._straight:
                self._draw(self._last, self._place(pointer))
        self.moved()

    def release(self, pointer: Pointer) -> None:
        if self._stroke is not None and self._straight and self._last is not None:
            # A pen that is lifted presses no more.
            width = self._place(self._at).radius if self._at is not None else self._last.radius
            self._draw(self._last, Place(pointer.x, pointer.y, width))
        self.finish()
        self.moved()

    def finish(self) -> None:
        self._straight = False
        self._sized_from = None
        if self._stroke is not None:
            stroke, self._stroke = self._stroke, None
            self._session.end_stroke(stroke, self._track)

    def _place(self, pointer: Pointer) -> Place:
        return Place(pointer.x, pointer.y, self._session.brush.radius(pointer.pressure))

    def _begin_of_line(self, pointer: Pointer) -> Place | None:
        """Where a line that Shift draws to the pointer begins; None if there is none."""
        if not pointer.shift or self._last_frame != self._session.index:
            return None
        return self._last

    def _draw(self, start: Place, end: Place) -> None:
        assert self._stroke is not None
        track, field = self._track, self._stroke.field
        goes_on = bool(track.segments)
        size = field.shape[1], field.shape[0]
        widest = max(start.radius, end.radius)
        rect = stroke_rect(start.point, end.point, widest, size)
        self._stroke.touch(rect)
        track.segments.append((start, end))
        track.rect = track.rect.union(rect)
        changed = stamp(
            field, self._table, start.point, end.point, start.radius, end.radius, goes_on
        )
        self._last, self._last_frame = end, self._session.index
        for part in changed:
            self._session.mask_edited(part)

    # -- marks -----------------------------------------------------------------------------

    def marks(self) -> list[Area]:
        at = self._sized_from[0] if self._sized_from is not None else self._at
        if at is None:
            return []
        x, y, radius = at.x, at.y, self._session.brush.size / 2
        inner = max(0.0, radius / math.sqrt(2) - _RING_WIDTH / at.zoom)
        ring = Area(x - radius, y - radius, x + radius, y + radius, _RING_WIDTH, inner)
        point = Area(x, y, x, y, _RING_WIDTH)
        line = self._line()
        return [ring, point, *([area_of(line)] if line else []), *self.noted(at)]

    def note(self) -> str:
        if self._sized_from is not None:
            return f"{self._session.brush.size:.0f} px"
        return super().note()

    def _line(self) -> list[tuple[float, float]]:
        """The two ends of the straight line that Shift would draw, plate pixels; or none."""
        if self._at is None:
            return []
        if self._stroke is not None:
            start = self._last if self._straight else None
        else:
            start = self._begin_of_line(self._at)
        return [start.point, (self._at.x, self._at.y)] if start is not None else []

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._at is None or self._session.shot is None:
            return
        brush = self._session.brush
        at = self._sized_from[0] if self._sized_from is not None else self._at
        erase = self._erase if self._stroke is not None else self.would_erase(at)
        line = self._line()
        if line:
            paint_line(painter, [to_logical(*point) for point in line], brush.level, erase)
        centre = to_logical(at.x, at.y)
        radius = max(_SMALLEST_RING, brush.size / 2 * scale)
        paint_ring(painter, centre, radius, brush.level, erase)
        note = self.note()
        if note:
            colour = "text" if self._sized_from is not None else "accent"
            paint_note(painter, centre, note, colour)


def paint_ring(
    painter: QPainter, centre: QPointF, radius: float, level: PaintLevel, erase: bool
) -> None:
    """Draws the brush as it will act: in the colour of the level, dashed where it erases."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in mark_pens(level, erase):
        if radius < _WIDE:
            painter.setPen(pen)
            painter.drawEllipse(centre, radius, radius)
        else:
            _draw_in_hairlines(painter, centre, radius, pen)
    if radius > 6:
        painter.drawPoint(centre)


def _draw_in_hairlines(painter: QPainter, centre: QPointF, radius: float, pen: QPen) -> None:
    """Draws a circle as lines of one device pixel beside each other.

    Qt strokes those thirty times as fast as one wide line: 0.05 ms for a radius of 300 pixels.
    """
    ratio = painter.device().devicePixelRatio()
    count = max(1, round(pen.widthF() * ratio))
    hair = QPen(pen.color(), 1)
    hair.setCosmetic(True)
    if pen.style() is Qt.PenStyle.CustomDashLine:
        hair.setDashPattern([length * count for length in pen.dashPattern()])
        hair.setCapStyle(pen.capStyle())
    painter.setPen(hair)
    for at in range(count):
        away = radius + (at - (count - 1) / 2) / ratio
        painter.drawEllipse(centre, away, away)
