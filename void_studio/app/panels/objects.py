"""The objects of the shot: what was clicked, what becomes of it, and tracking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.icons import icon
from void_studio.app.keyboard import press_with_space
from void_studio.app.panels.object_row import ObjectItem, ObjectRow
from void_studio.app.parts import EmptyState, icon_button

__all__ = ["ObjectRow", "ObjectsPanel"]

_ID = Qt.ItemDataRole.UserRole
_TRACK_TIPS = {
    "both": "Track both ways: follow the object through the shot from its clicks",
    "forward": "Track forward from this frame",
    "backward": "Track backward from this frame",
}
_TRACKS = {"both": "Track Both Ways", "forward": "Track Forward", "backward": "Track Backward"}


class ObjectsPanel(QWidget):
    """A list of objects, and the buttons that track the current one.

    Signals:
        current_changed: The id of the object chosen in the list.
        renamed: Id and new name.
        role_changed: Id and new role.
        visibility_changed: Id, and whether its track counts.
        delete_requested: Id.
        add_requested: Another object is wanted.
        track_requested: ``both``, ``forward`` or ``backward``, for the current object.
    """

    current_changed = Signal(str)
    renamed = Signal(str, str)
    role_changed = Signal(str, str)
    visibility_changed = Signal(str, bool)
    delete_requested = Signal(str)
    add_requested = Signal()
    track_requested = Signal(str)

    def __init__(
        self, key_of: Callable[[str], str] = lambda _: "", parent: QWidget | None = None
    ) -> None:
        """``key_of`` is the key of an action as people read it, for the tips of the buttons."""
        super().__init__(parent)
        self._key_of = key_of
        self._told = False
        self._list = QListWidget()
        self._list.setAccessibleName("Objects")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setSpacing(1)
        self._list.currentItemChanged.connect(self._chosen)
        self._list.installEventFilter(self)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._open_menu)
        empty = EmptyState(
            "click", "No objects yet", "Pick the click tool (C) and click the thing to remove"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._list)

        self._add = icon_button("plus", "Begin another object", self.add_requested.emit)
        self._delete = icon_button(
            "trash", "Delete the object and its track (Delete)", self._ask_delete
        )
        self._back = icon_button(
            "track-backward", _TRACK_TIPS["backward"], lambda: self._track("backward")
        )
        self._both = QPushButton(icon("track-both"), " Track")
        self._both.setAccessibleName("Track both ways")
        self._both.clicked.connect(lambda: self._track("both"))
        press_with_space(self._both)
        self._forward = icon_button(
            "track-forward", _TRACK_TIPS["forward"], lambda: self._track("forward")
        )
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4, 4, 4, 4)
        buttons.addWidget(self._add)
        buttons.addWidget(self._delete)
        buttons.addStretch(1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._both)
        buttons.addWidget(self._forward)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 0)
        layout.setSpacing(2)
        layout.addWidget(self._stack, 1)
        layout.addLayout(buttons)
        self._refresh_buttons()

    @property
    def current(self) -> str:
        """The id of the current object, empty if there is none."""
        item = self._list.currentItem()
        return str(item.data(_ID)) if item else ""

    def set_objects(self, rows: Sequence[ObjectRow]) -> None:
        """Shows these objects; rows that stay keep their widgets, focus and typing."""
        self._told = True
        before = self.current
        if [row.id for row in rows] != self._ids():
            self._rebuild(rows)
            self.set_current(before)
        for at, row in enumerate(rows):
            widget = self._widget(at)
            if widget.row != row:
                widget.set_row(row)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._told = False
        self._refresh_buttons()

    def set_current(self, identity: str) -> None:
        """Chooses an object without saying so."""
        told, self._told = self._told, True
        ids = self._ids()
        self._list.setCurrentRow(ids.index(identity) if identity in ids else -1)
        self._told = told
        self._refresh_buttons()

    def rename_current(self) -> None:
        """Lets the name of the current object be typed, as F2 does."""
        if self._list.currentRow() >= 0:
            self._widget(self._list.currentRow()).begin_rename()

    def _ids(self) -> list[str]:
        return [str(self._list.item(at).data(_ID)) for at in range(self._list.count())]

    def _widget(self, at: int) -> ObjectItem:
        widget = self._list.itemWidget(self._list.item(at))
        assert isinstance(widget, ObjectItem)
        return widget

    def _rebuild(self, rows: Sequence[ObjectRow]) -> None:
        """Makes the list one of these objects; those that stay in their order are kept."""
        wanted = [row.id for row in rows]
        kept = [identity for identity in self._ids() if identity in wanted]
        if kept != [identity for identity in wanted if identity in kept]:
            self._list.clear()
        for at in reversed(range(self._list.count())):
            if self._ids()[at] not in wanted:
                self._list.takeItem(at)
        for at, row in enumerate(rows):
            if row.id in self._ids():
                continue
            item = QListWidgetItem()
            item.setData(_ID, row.id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {row.role}")
            widget = ObjectItem()
            widget.set_row(row)
            widget.renamed.connect(lambda name, i=row.id: self.renamed.emit(i, name))
            widget.role_changed.connect(lambda role, i=row.id: self.role_changed.emit(i, role))
            widget.visibility_changed.connect(
                lambda shown, i=row.id: self.visibility_changed.emit(i, shown)
            )
            widget.rename_closed.connect(self._list.setFocus)
            self._list.insertItem(at, item)
            self._list.setItemWidget(item, widget)
            item.setSizeHint(QSize(0, widget.sizeHint().height()))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._told:
            self._refresh_buttons()
            self.current_changed.emit(str(item.data(_ID)))

    def _refresh_buttons(self) -> None:
        at = self._list.currentRow()
        clicked = at >= 0 and self._list.count() > 0 and self._widget(at).row.prompts > 0
        self._delete.setEnabled(at >= 0)
        for button, direction in (
            (self._back, "backward"),
            (self._both, "both"),
            (self._forward, "forward"),
        ):
            button.setEnabled(clicked)
            key = self._key_of(f"track_{direction}")
            tip = _TRACK_TIPS[direction] + (f" ({key})" if key else "")
            button.setToolTip(tip if clicked else "Click the object first")

    def _open_menu(self, place: QPoint) -> None:
        """What can be done with the object at a place of the list; it becomes the current one."""
        item = self._list.itemAt(place)
        if item is None:
            return
        self._list.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename\tF2").triggered.connect(self.rename_current)
        menu.addSeparator()
        for direction, text in _TRACKS.items():
            track = menu.addAction(f"{text}\t{self._key_of(f'track_{direction}')}")
            track.setEnabled(self._both.isEnabled())
            track.triggered.connect(partial(self._track, direction))
        menu.addSeparator()
        menu.addAction("Delete").triggered.connect(self._ask_delete)
        menu.popup(self._list.viewport().mapToGlobal(place))

    def _ask_delete(self) -> None:
        if self.current:
            self.delete_requested.emit(self.current)

    def _track(self, direction: str, _: bool = False) -> None:
        self.track_requested.emit(direction)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._list and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if pressed and event.key() == Qt.Key.Key_F2:
                self.rename_current()
                return True
            if pressed and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self._ask_delete()
                return True
        return super().eventFilter(watched, event)
