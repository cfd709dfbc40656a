"""Grid: whole cells of VOID's 8-row grid, one at a time or by dragging over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from void_studio.app.tools.base import Option, Pointer, Tool
from void_studio.quadmask.grid import cell_at, cell_rect, grid_shape
from void_studio.quadmask.paint import fill_cells

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.shot.shot import Stroke


class GridTool(Tool):
    """Sets cells while dragging; the grid is drawn while the tool is in hand."""

    name = "grid"
    options = frozenset({Option.LEVEL, Option.FRAMES})
    hint = (
        "Grid: click or drag over cells to set the chosen level.  Alt clears · 1–4 level · X swap"
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._stroke: Stroke | None = None
        self._erase = False
        self._done: set[tuple[int, int]] = set()
        self._over: tuple[int, int] | None = None

    def press(self, pointer: Pointer) -> None:
        session = self._session
        if session.shot is None:
            return
        self._erase = pointer.erases(session.brush.swapped)
        self._stroke = session.begin_stroke(session.brush.level.verb(self._erase) + " cells")
        self._done.clear()
        self._set(pointer)

    def move(self, pointer: Pointer) -> None:
        self._hover_cell(pointer)
        self._set(pointer)

    def release(self, pointer: Pointer) -> None:
        self.finish()

    def finish(self) -> None:
        if self._stroke is not None:
            stroke, self._stroke = self._stroke, None
            self._session.end_stroke(stroke)

    def hover(self, pointer: Pointer | None) -> None:
        if pointer is None:
            self._over = None
            self.redraw()
        else:
            self._hover_cell(pointer)

    def _cell(self, pointer: Pointer) -> tuple[int, int] | None:
        shot = self._session.shot
        if shot is None:
            return None
        width, height = shot.size
        if not (0 <= pointer.x < width and 0 <= pointer.y < height):
            return None
        return cell_at(shot.size, pointer.x, pointer.y)

    def _hover_cell(self, pointer: Pointer) -> None:
        cell = self._cell(pointer)
        if cell != self._over:
            self._over = cell
            self.redraw()

    def _set(self, pointer: Pointer) -> None:
        cell = self._cell(pointer)
        shot = self._session.shot
        if self._stroke is None or shot is None or cell is None or cell in self._done:
            return
        self._done.add(cell)
        self._stroke.touch(cell_rect(shot.size, *cell))
        table = self._session.brush.level.table(self._erase)
        self._session.mask_edited(fill_cells(self._stroke.field, table, [cell]))

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
        if self._over is not None:
            rect = cell_rect(shot.size, *self._over)
            painter.setPen(QPen(QColor(255, 255, 255), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(
                QRectF(
                    to_logical(rect.x, rect.y),
                    to_logical(rect.x + rect.width, rect.y + rect.height),
                )
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
