"""Edit > History: every step of the shot in a list; choosing one goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QListView, QVBoxLayout, QWidget

from void_studio.app.elided_label import literal
from void_studio.app.theme import PALETTE, set_variant

if TYPE_CHECKING:
    from void_studio.app.session import Session

_HELP = "Click a step, or press Return on it, to go there. Dimmed steps are undone."
_FIRST = "As it was before"


class HistorySteps(QAbstractListModel):
    """Row 0 is what was before the first step, row n what the shot is after step n."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._position = 0
        self._bold = QFont()
        self._bold.setBold(True)

    @property
    def position(self) -> int:
        """The row of what the shot is now."""
        return self._position

    def show_steps(self, names: list[str], position: int) -> None:
        """Shows other steps, or another position."""
        same = 0
        for old, new in zip(self._names, names, strict=False):
            if old != new:
                break
            same += 1
        none = QModelIndex()
        if same < len(self._names):
            self.beginRemoveRows(none, same + 1, len(self._names))
            del self._names[same:]
            self.endRemoveRows()
        if same < len(names):
            self.beginInsertRows(none, same + 1, len(names))
            self._names += names[same:]
            self.endInsertRows()
        self._position = position
        self.dataChanged.emit(self.index(0), self.index(len(names)))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names) + 1

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        row = index.row()
        name = self._names[row - 1] if row else _FIRST
        undone = row > self._position
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(name)
        if role == Qt.ItemDataRole.ForegroundRole:
            here = row == self._position
            return PALETTE.colour("off" if undone else "accent" if here else "text")
        if role == Qt.ItemDataRole.FontRole and row == self._position:
            return self._bold
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = ", undone" if undone else ", now" if row == self._position else ""
            return name + state
        return None


class HistoryList(QDialog):
    """A window of its own that stays open while you work.

    Signals:
        chosen: How many steps shall be done.
    """

    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("History")
        self.setModal(False)
        self.steps = HistorySteps(self)
        self.view = QListView()
        self.view.setModel(self.steps)
        self.view.setUniformItemSizes(True)
        self.view.setSpacing(2)
        self.view.setAccessibleName("Steps of the history")
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)
        foot = QLabel(_HELP)
        foot.setWordWrap(True)
        set_variant(foot, "dim")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 10)
        layout.setSpacing(10)
        layout.addWidget(self.view, 1)
        layout.addWidget(foot)
        line = self.fontMetrics().height()
        self.resize(line * 22, line * 28)
        session.shot_changed.connect(self._refresh)
        session.history_changed.connect(self._refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self.view.setFocus()

    def _choose(self, index: QModelIndex) -> None:
        if index.row() != self.steps.position:
            self.chosen.emit(index.row())

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        shot = self._session.shot
        names, position = (shot.history.steps(), shot.history.position) if shot else ([], 0)
        self.steps.show_steps(names, position)
        here = self.steps.index(position)
        self.view.setCurrentIndex(here)
        self.view.scrollTo(here)
