"""Grid: whole cells of VOID's 8-row grid, one at a time, by dragging over them, or a box."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from void_studio.app.tools.base import Area, Option, Pointer
from void_studio.app.tools.painting import PaintTool, mark_pens, paint_note
from void_studio.quadmask.bits import Rect
from void_studio.quadmask.grid import cell_at, cell_rect, cells_between, grid_shape
from void_studio.quadmask.paint import fill_cells

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.shot.shot import Stroke

Cell = tuple[int, int]


class GridTool(PaintTool):
    """Sets cells while dragging; with Shift, the box between press and release.

    The grid is drawn while the tool is in hand.
    """

    name = "grid"
    hint = "Drag over cells · Shift+drag a box · Alt clears · 1–4 level · X swap"
    with_shift = "Drag a box of cells"
    options = PaintTool.options | {Option.GRID}

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._stroke: Stroke | None = None
        self._name = ""
        self._done: set[Cell] = set()
        self._corner: Cell | None = None

    # -- setting cells ---------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self.finish()
        self._at = pointer
        if not self.may_paint():
            return
        self._name = self.decide(pointer) + " cells"
        if pointer.shift:
            self._corner = self._cell(pointer, inside=False)
        else:
            self._stroke = self._session.begin_stroke(self._name)
            self._done = set()
            self._set(pointer)
        self.moved()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        self._set(pointer)
        self.moved()

    def release(self, pointer: Pointer) -> None:
        self._at = pointer
        box, self._corner = self._box(), None
        shot = self._session.shot
        if box and shot is not None:
            self.fill(
                self._name,
                partial(fill_cells, table=self._table, cells=tuple(box)),
                _around(shot.size, box),
            )
        self.finish()
        self.moved()

    def finish(self) -> None:
        self._corner = None
        if self._stroke is not None:
            stroke, self._stroke = self._stroke, None
            again = partial(fill_cells, table=self._table, cells=tuple(self._done))
            self._session.end_stroke(stroke, again)

    def _set(self, pointer: Pointer) -> None:
        shot, stroke = self._session.shot, self._stroke
        cell = self._cell(pointer)
        if stroke is None or shot is None or cell is None or cell in self._done:
            return
        self._done.add(cell)
        stroke.touch(cell_rect(shot.size, *cell))
        self._session.mask_edited(fill_cells(stroke.field, self._table, [cell]))

    def _cell(self, pointer: Pointer, inside: bool = True) -> Cell | None:
        """The cell under the pointer; outside the plate None, or the nearest if not ``inside``."""
        shot = self._session.shot
        if shot is None:
            return None
        width, height = shot.size
        if inside and not (0 <= pointer.x < width and 0 <= pointer.y < height):
            return None
        return cell_at(shot.size, pointer.x, pointer.y)

    def _box(self) -> list[Cell]:
        """The cells that would be set by letting go now; none if no box is being drawn."""
        if self._corner is None or self._at is None:
            return []
        end = self._cell(self._at, inside=False)
        return cells_between(self._corner, end) if end is not None else []

    # -- marks -----------------------------------------------------------------------------

    def _marked(self) -> list[Cell]:
        box = self._box()
        over = self._cell(self._at) if self._at is not None else None
        return box or ([over] if over is not None else [])

    def marks(self) -> list[Area]:
        shot, cells = self._session.shot, self._marked()
        if shot is None or self._at is None or not cells:
            return []
        rect = _around(shot.size, cells)
        box = Area(rect.x, rect.y, rect.x + rect.width, rect.y + rect.height, 6.0)
        return [box, *self.noted(self._at)]

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        shot = self._session.shot
        if shot is None:
            return
        rows, columns = grid_shape(shot.size)
        width, height = shot.size
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(255, 255, 255, 60), 1))
        for row in range(rows + 1):
            y = row * height // rows
            painter.drawLine(to_logical(0, y), to_logical(width, y))
        for column in range(columns + 1):
            x = column * width // columns
            painter.drawLine(to_logical(x, 0), to_logical(x, height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        cells = self._marked()
        if not cells or self._at is None:
            return
        rect = _around(shot.size, cells)
        end = to_logical(rect.x + rect.width, rect.y + rect.height)
        busy = self._stroke is not None or self._corner is not None
        erase = self._erase if busy else self.would_erase(self._at)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in mark_pens(self._session.brush.level, erase):
            painter.setPen(pen)
            painter.drawRect(QRectF(to_logical(rect.x, rect.y), end))
        note = self.note()
        if note:
            paint_note(painter, to_logical(self._at.x, self._at.y), note, "accent")


def _around(size: tuple[int, int], cells: list[Cell]) -> Rect:
    """The pixels around some cells."""
    rect = cell_rect(size, *cells[0])
    for cell in cells[1:]:
        rect = rect.union(cell_rect(size, *cell))
    return rect
