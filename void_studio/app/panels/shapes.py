"""The mask shapes of the shot, below its objects; not there while there are none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.panels.shape_row import ShapeItem, ShapeRow
from void_studio.app.parts import icon_button
from void_studio.app.theme import set_variant

__all__ = ["ShapeRow", "ShapesPanel"]

_ID = Qt.ItemDataRole.UserRole
_ROWS_SHOWN = 4


class ShapesPanel(QWidget):
    """A short list of shapes.

    Signals:
        chosen: The id of the shape chosen in the list.
        taken: The shape that is chosen is wanted in hand.
        renamed: Id and new name.
        visibility_changed: Id, and whether it counts.
        delete_requested: Id.
    """

    chosen = Signal(str)
    taken = Signal()
    renamed = Signal(str, str)
    visibility_changed = Signal(str, bool)
    delete_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = False
        title = QLabel("Mask shapes")
        set_variant(title, "dim")
        self._delete = icon_button("trash", "Delete the shape (Delete)", self._ask_delete)
        self._list = QListWidget()
        self._list.setAccessibleName("Mask shapes")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setSpacing(1)
        self._list.currentItemChanged.connect(self._choose)
        self._list.itemClicked.connect(self._take)
        self._list.itemActivated.connect(self._take)
        self._list.installEventFilter(self)
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 0, 0)
        head.addWidget(title, 1)
        head.addWidget(self._delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._list)
        self.hide()

    @property
    def current(self) -> str:
        """The id of the shape that is chosen, empty if there is none."""
        item = self._list.currentItem()
        return str(item.data(_ID)) if item else ""

    def set_shapes(self, rows: Sequence[ShapeRow], current: str) -> None:
        """Shows these shapes with one of them chosen; rows that stay keep focus and typing."""
        self._told = True
        ids = [row.id for row in rows]
        if ids != [str(self._list.item(at).data(_ID)) for at in range(self._list.count())]:
            self._rebuild(rows)
        for at, row in enumerate(rows):
            if self._item(at).row != row:
                self._item(at).set_row(row)
        self._list.setCurrentRow(ids.index(current) if current in ids else -1)
        self._delete.setEnabled(self._list.currentRow() >= 0)
        self.setVisible(bool(rows))
        self._told = False

    def _item(self, at: int) -> ShapeItem:
        widget = self._list.itemWidget(self._list.item(at))
        assert isinstance(widget, ShapeItem)
        return widget

    def _rebuild(self, rows: Sequence[ShapeRow]) -> None:
        self._list.clear()
        height = 0
        for row in rows:
            item = QListWidgetItem()
            item.setData(_ID, row.id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {row.plane}")
            widget = ShapeItem(row)
            widget.renamed.connect(lambda name, i=row.id: self.renamed.emit(i, name))
            widget.visibility_changed.connect(
                lambda shown, i=row.id: self.visibility_changed.emit(i, shown)
            )
            widget.rename_closed.connect(self._list.setFocus)
            self._list.addItem(item)
            self._list.setItemWidget(item, widget)
            height = widget.sizeHint().height()
            item.setSizeHint(QSize(0, height))
        shown = min(len(rows), _ROWS_SHOWN)
        self._list.setFixedHeight(shown * (height + 2) + 2 * self._list.frameWidth() + 2)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._told:
            self.chosen.emit(str(item.data(_ID)))

    def _take(self, item: QListWidgetItem) -> None:
        self._choose(item)
        self.taken.emit()

    def _ask_delete(self) -> None:
        if self.current:
            self.delete_requested.emit(self.current)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._list and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            deletes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
            if event.type() == QEvent.Type.ShortcutOverride and deletes:
                event.accept()
                return True
            if pressed and event.key() == Qt.Key.Key_F2 and self._list.currentRow() >= 0:
                self._item(self._list.currentRow()).begin_rename()
                return True
            if pressed and deletes:
                self._ask_delete()
                return True
        return super().eventFilter(watched, event)
