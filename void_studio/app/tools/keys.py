"""Mask keys: shapes drawn point by point or freehand, keyed on frames and moved by their parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter

from void_studio.app.tools.base import NO_KEYS, Area, Option, Pointer, Tool
from void_studio.app.tools.drawing import Drawing
from void_studio.app.tools.grips import Hit, Part, handles
from void_studio.app.tools.keys_marks import (
    paint_band,
    paint_drawing,
    paint_handles,
    paint_outline,
    paint_points,
)
from void_studio.app.tools.keys_options import KeysOptions
from void_studio.app.tools.level import PaintLevel
from void_studio.app.tools.outline import box_of
from void_studio.app.tools.painting import area_of
from void_studio.app.tools.shape_drag import STILL
from void_studio.app.tools.shape_in_hand import ShapeInHand
from void_studio.quadmask.brush import Point
from void_studio.quadmask.shapes import Polygon
from void_studio.shot.document import MaskShape

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.shapes import Shapes
    from void_studio.app.tools.base import ToLogical

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    Part.POINT: Qt.CursorShape.PointingHandCursor,
    Part.EDGE: Qt.CursorShape.PointingHandCursor,
    Part.CORNER: Qt.CursorShape.SizeAllCursor,
    Part.TURN: Qt.CursorShape.PointingHandCursor,
    Part.INSIDE: Qt.CursorShape.SizeAllCursor,
}


class KeysTool(Tool):
    """Draws a mask shape where there is none in hand, and edits the one that is.

    An edit keys the frame it is made on. What is dragged shows in the mask at once and becomes one
    step of the history when it is let go of.
    """

    name = "keys"
    hint = (
        "Drag points, edges or the inside · Ctrl+click an edge adds a point · Delete removes · "
        "arrows nudge · Esc lets go"
    )
    options = frozenset({Option.LEVEL})

    def __init__(self, session: Session, shapes: Shapes, actions: Mapping[str, QAction]) -> None:
        super().__init__(session)
        self._session = session
        self._shapes = shapes
        self._actions = actions
        self._drawing = Drawing()
        self._erase = False
        self._hand = ShapeInHand(session, shapes)
        self._band: tuple[Point, Point] | None = None
        self._over: Hit | None = None
        self._at: Pointer | None = None
        self._drawn: Area | None = None
        shapes.changed.connect(self.redraw)

    def options_widget(self) -> KeysOptions:
        return KeysOptions(self._actions)

    def hint_for(self, modifiers: Qt.KeyboardModifier) -> str:
        if self._drawing:
            return (
                "Mask keys: click points or drag freehand; Enter, a double click or the first "
                "point closes.  Backspace last point · Esc cancel"
            )
        if self._hand.points is not None:
            shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            with_shift = "Shift keeps to one axis, frees a corner, turns in steps of 15°"
            return f"Mask keys: {with_shift if shift else self.hint}"
        keeps = self._session.brush.level is PaintLevel.KEEP
        takes = "takes away from" if keeps or self._would_erase(modifiers) else "adds to"
        return (
            f"Mask keys: click points or drag a shape that {takes} the mask; click a shape to edit "
            "it.  Alt turns it round · 1–4 level"
        )

    @property
    def chosen(self) -> frozenset[int]:
        """The points of the shape in hand that are chosen."""
        return self._hand.chosen

    def _would_erase(self, modifiers: Qt.KeyboardModifier) -> bool:
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return alt != self._session.brush.swapped

    # -- the pointer -----------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        if self._session.shot is None:
            return
        self._at = pointer
        at = (pointer.x, pointer.y)
        if self._drawing:
            if self._drawing.press(pointer):
                self._close()
        else:
            hand = self._hand
            found = hand.hit(pointer) or hand.take_other(pointer)
            adds = bool(pointer.modifiers & Qt.KeyboardModifier.ControlModifier)
            if found is not None and found.part is Part.EDGE and adds:
                hand.add_point(found, pointer)
            elif found is not None:
                hand.grab(found, pointer)
            elif hand.points is not None:
                self._band = (at, at)
            else:
                self._begin_drawing(pointer)
        self.redraw()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._hand.drag is not None:
            self._hand.drag.to(pointer)
        elif self._band is not None:
            self._band = (self._band[0], (pointer.x, pointer.y))
        elif self._drawing:
            self._drawing.move(pointer)
        self._moved()

    def release(self, pointer: Pointer) -> None:
        if self._hand.drag is not None:
            self._hand.end_drag()
        elif self._band is not None:
            self._end_band(pointer)
        elif self._drawing and self._drawing.release(pointer):
            self._close()
        self.redraw()

    def double_click(self, pointer: Pointer) -> None:
        if self._drawing:
            self._close()
            return
        found = self._hand.hit(pointer)
        if found is None or found.part is not Part.EDGE:
            self.press(pointer)
        else:
            self._hand.add_point(found, pointer)
            self._hand.end_drag()

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        over = self._hand.hit(pointer) if pointer is not None and not self._drawing else None
        if over != self._over:
            self._over = over
            self.cursor = _CURSORS[over.part] if over else Qt.CursorShape.CrossCursor
            self.redraw()
        elif self._drawing:
            self._moved()

    def _end_band(self, pointer: Pointer) -> None:
        assert self._band is not None
        start, end = self._band
        self._band = None
        if math.dist(start, end) * pointer.zoom > STILL:
            self._hand.choose_inside(box_of((start, end)), pointer.shift)
        else:
            self._hand.let_go()

    # -- drawing ---------------------------------------------------------------------------

    def _begin_drawing(self, pointer: Pointer) -> None:
        if self._shapes.may_edit():
            self._erase = pointer.eraser or self._would_erase(pointer.modifiers)
            self._drawing.press(pointer)
            self._over = None
            self.hint_changed.emit()

    def _close(self) -> None:
        points = self._drawing.finish()
        if points is not None:
            self._shapes.draw(points, self._erase)
        self.hint_changed.emit()
        self.redraw()

    # -- keys ------------------------------------------------------------------------------

    def claims(self, event: QKeyEvent) -> bool:
        return self._deed(event) is not None

    def key(self, event: QKeyEvent) -> bool:
        deed = self._deed(event)
        if deed is not None:
            deed()
            self.hint_changed.emit()
            self.redraw()
        return deed is not None

    def _deed(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does now; None if it is not for this tool."""
        key = Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == NO_KEYS
        if self._drawing:
            return self._deed_drawing(key) if plain else None
        hand = self._hand
        if hand.drag is not None:
            return hand.drop_drag if key == Qt.Key.Key_Escape else None
        if hand.points is None:
            return None
        if key in _ARROWS and hand.chosen and held in (NO_KEYS, Qt.KeyboardModifier.ShiftModifier):
            far = 1 if plain else 10
            x, y = _ARROWS[key]
            return lambda: hand.nudge(x * far, y * far)
        if key == Qt.Key.Key_A and held == Qt.KeyboardModifier.ControlModifier:
            return hand.choose_all
        if plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return hand.delete
        if plain and key == Qt.Key.Key_Escape:
            return hand.let_go
        return None

    def _deed_drawing(self, key: Qt.Key) -> Callable[[], object] | None:
        return {
            Qt.Key.Key_Return: self._close,
            Qt.Key.Key_Enter: self._close,
            Qt.Key.Key_Escape: self._drawing.clear,
            Qt.Key.Key_Backspace: self._drawing.take_back,
            Qt.Key.Key_Delete: self._drawing.take_back,
        }.get(key)

    # -- coming and going ------------------------------------------------------------------

    def finish(self) -> None:
        self._band = None
        self._hand.end_drag()

    def leave(self) -> None:
        self.finish()
        self._drawing.clear()
        self._at = self._over = None
        self.redraw()

    def hold(self, modifiers: Qt.KeyboardModifier) -> None:
        if self._hand.drag is not None and self._at is not None:
            self.move(replace(self._at, modifiers=modifiers))

    # -- marks -----------------------------------------------------------------------------

    def _moved(self) -> None:
        """Has the marks that follow the pointer drawn again: where they were and where they are."""
        was, self._drawn = self._drawn, self._marks()
        for area in (was, self._drawn):
            if area is not None:
                self.redraw(area)

    def _marks(self) -> Area | None:
        if self._hand.drag is not None:
            x, y, width, height = self._hand.drag.changed
            return Area(x, y, x + width, y + height, 8.0)
        if self._band is not None:
            return area_of(list(self._band))
        if self._drawing and self._at is not None:
            points = self._drawing.points
            return area_of([points[0], points[-1], (self._at.x, self._at.y)], 12.0)
        return None

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._session.shot is None:
            return
        current, points = self._hand.shape, self._hand.points
        for shape in self._shapes.all:
            others = self._shapes.points(shape) if shape.visible else None
            if shape is not current and others is not None:
                paint_outline(painter, to_logical, shape, others, 1.0)
        if current is not None and points is not None:
            self._paint_current(painter, to_logical, current, points, scale)
        if self._drawing:
            to = (self._at.x, self._at.y) if self._at is not None else None
            closes = self._at is not None and self._drawing.closes(self._at)
            paint_drawing(painter, to_logical, self._drawing.points, to, closes)
        if self._band is not None:
            paint_band(painter, to_logical, *self._band)

    def _paint_current(
        self,
        painter: QPainter,
        to_logical: ToLogical,
        shape: MaskShape,
        points: Polygon,
        scale: float,
    ) -> None:
        hand = self._hand
        dragged = hand.drag is not None
        paint_outline(painter, to_logical, shape, points, 1.0 if dragged else 1.8)
        box = handles(points, hand.chosen, scale)
        if box is not None and not dragged and not self._drawing:
            paint_handles(painter, to_logical, box, self._over)
        keyed = dragged or self._shapes.keyed
        paint_points(painter, to_logical, points, hand.chosen, self._over, keyed)
