"""The rows of the jobs list: what they hold, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from void_studio.app.icons import tinted_pixmap
from void_studio.app.theme import PALETTE, ui_font

AnyIndex = QModelIndex | QPersistentModelIndex

UNFINISHED = ("queued", "running")
FINISHED = ("done", "failed", "cancelled", "interrupted")

_LOOKS = {
    "queued": ("queued", "dim"),
    "running": ("running", "accent"),
    "done": ("done", "affected"),
    "failed": ("error", "error"),
    "cancelled": ("cancel", "dim"),
    "interrupted": ("interrupted", "warning"),
}


@dataclass(frozen=True)
class JobRow:
    """What the list shows of a job.

    Attributes:
        id: What signals call it.
        label: What it does, e.g. ``"Remove · Clean plate"``.
        state: ``queued``, ``running``, ``done``, ``failed``, ``cancelled`` or ``interrupted``.
        fraction: How far it is, 0 to 1; None when it cannot be told.
        message: What it does now, or what came of it.
        eta: Time left in words, e.g. ``"0:24 left"``.
        error: Why it failed and what to do.
    """

    id: str
    label: str
    state: str
    fraction: float | None = None
    message: str = ""
    eta: str = ""
    error: str = ""


class JobsModel(QAbstractListModel):
    """Jobs by row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[JobRow] = []

    def rows(self) -> list[JobRow]:
        return list(self._rows)

    def row(self, at: int) -> JobRow | None:
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def row_of(self, identity: str) -> int:
        """Where a job is, -1 if it is not."""
        return next((at for at, row in enumerate(self._rows) if row.id == identity), -1)

    def set_rows(self, rows: Sequence[JobRow]) -> bool:
        """Shows these; True if jobs came, went or moved, which loses the choice."""
        if [row.id for row in rows] != [row.id for row in self._rows]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return True
        for at, row in enumerate(rows):
            if row != self._rows[at]:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
        return False

    # Qt overrides

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (row.label, row.state, row.message, row.eta)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (row.label, row.message, row.eta, row.error)))
        return None


class JobDelegate(QStyledItemDelegate):
    """Draws a job: state, label, time left, what it does, and a bar while it runs."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        line = QFontMetrics(ui_font()).height()
        return QSize(line * 10, round(line * 3.2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: JobRow = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._back(painter, option)
        heading, small = ui_font(bold=True), ui_font(0.92)
        line = QFontMetrics(ui_font()).height()
        picture, colour = _LOOKS.get(row.state, ("queued", "dim"))
        inner = option.rect.adjusted(8, line // 3, -10, -line // 3)
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        icon_area = _mirror(QRect(inner.left(), inner.top(), line, line), inner, mirrored)
        pixmap = tinted_pixmap(picture, getattr(PALETTE, colour), line, ratio)
        painter.drawPixmap(icon_area.topLeft(), pixmap)
        words = inner.adjusted(line + 7, 0, 0, 0)
        words = _mirror(words, inner, mirrored)

        right = row.eta if row.state == "running" and row.eta else row.state
        painter.setFont(small)
        painter.setPen(PALETTE.colour(colour if row.state != "done" else "dim"))
        right_width = QFontMetrics(small).horizontalAdvance(right)
        first = QRect(words.left(), words.top(), words.width(), line)
        end = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        start = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(first, int(end | Qt.AlignmentFlag.AlignVCenter), right)

        def write(area: QRect, text: str) -> None:
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, int(start | Qt.AlignmentFlag.AlignVCenter), shown)

        painter.setFont(heading)
        painter.setPen(PALETTE.colour("text"))
        room = first.adjusted(0, 0, -right_width - 8, 0)
        write(_mirror(room, first, mirrored), row.label)
        painter.setFont(small)
        painter.setPen(PALETTE.colour("dim"))
        second = first.translated(0, round(line * 1.1))
        write(second, row.error.splitlines()[0] if row.error else row.message)
        if row.state == "running":
            bar = QRectF(words.left(), inner.bottom() - 2, words.width(), 3)
            self._bar(painter, bar, row.fraction, mirrored)
        painter.restore()

    def _back(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(PALETTE.colour("raised"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(PALETTE.colour("pressed"))
        else:
            return
        painter.drawRoundedRect(option.rect, 5, 5)

    def _bar(self, painter: QPainter, area: QRectF, fraction: float | None, mirrored: bool) -> None:
        painter.setBrush(PALETTE.colour("edge"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, 1.5, 1.5)
        if fraction is None:
            return
        done = QRectF(area)
        done.setWidth(area.width() * min(max(fraction, 0.0), 1.0))
        if mirrored:
            done.moveRight(area.right())
        painter.setBrush(PALETTE.colour("accent"))
        painter.drawRoundedRect(done, 1.5, 1.5)


def _mirror(area: QRect, inside: QRect, mirrored: bool) -> QRect:
    """``area`` as it stands in a layout from right to left."""
    if not mirrored:
        return area
    return QRect(
        inside.left() + inside.right() - area.right(), area.top(), area.width(), area.height()
    )
