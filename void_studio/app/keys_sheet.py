"""Every action with its keys, to look at, to search, and to change."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.actions import keys_text, plain
from void_studio.app.keymap import RESERVED, Keymap, portable
from void_studio.app.theme import PALETTE, set_variant

_NAME = Qt.ItemDataRole.UserRole
_HELP = "Double-click an action, or press Return on it, to give it another key."
_MODIFIERS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
)


class KeysSheet(QDialog):
    """A window of its own that stays open while you work.

    Signals:
        changed: The keymap is another one.
    """

    changed = Signal()

    def __init__(
        self, keymap: Keymap, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setModal(False)
        self._keymap = keymap
        self._actions = actions
        self._recording = ""
        self._wanted = ""
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._groups: list[tuple[QTreeWidgetItem, list[str]]] = []
        self._find = QLineEdit()
        self._find.setPlaceholderText("Find an action or a key")
        self._find.setClearButtonEnabled(True)
        self._find.setAccessibleName("Find an action or a key")
        self._find.textChanged.connect(self._filter)
        self._list = _List()
        self._list.itemActivated.connect(self._on_activated)
        self._list.pressed_keys.connect(self._take)
        self._say = QLabel(_HELP)
        self._say.setWordWrap(True)
        set_variant(self._say, "dim")
        self._take_it = self._button("Take It", self._take_anyway)
        self._leave_it = self._button("Leave It", self._stop)
        self._default = self._button("Use Default", self._use_default)
        self._all_default = self._button("All Defaults", self._use_all_defaults)
        foot = QHBoxLayout()
        foot.addWidget(self._say, 1)
        for button in (self._take_it, self._leave_it, self._default, self._all_default):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 10)
        layout.setSpacing(10)
        layout.addWidget(self._find)
        layout.addWidget(self._list, 1)
        layout.addLayout(foot)
        line = self.fontMetrics().height()
        self.resize(line * 42, line * 44)
        self._fill()
        self._list.currentItemChanged.connect(lambda *_: self._stop())
        self._stop()

    def _button(self, text: str, clicked: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(clicked)
        return button

    # -- the list --------------------------------------------------------------------------

    def shown(self) -> list[str]:
        """The names of the actions that match what is searched for, in order."""
        return [name for name, row in self._rows.items() if not row.isHidden()]

    def _fill(self) -> None:
        groups: dict[str, tuple[QTreeWidgetItem, list[str]]] = {}
        bold = QFont(self.font())
        bold.setBold(True)
        for spec in self._keymap.specs:
            if spec.group not in groups:
                group = QTreeWidgetItem([spec.group])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.setFont(0, bold)
                group.setForeground(0, PALETTE.colour("accent"))
                self._list.addTopLevelItem(group)
                groups[spec.group] = group, []
            group, names = groups[spec.group]
            row = QTreeWidgetItem(group, [plain(spec.text)])
            row.setData(0, _NAME, spec.name)
            row.setToolTip(0, spec.tip)
            self._rows[spec.name] = row
            names.append(spec.name)
        self._groups = list(groups.values())
        self._list.expandAll()
        self._show_keys()

    def _show_keys(self) -> None:
        for name, row in self._rows.items():
            row.setText(1, keys_text(self._actions[name]))
            own = self._keymap.is_own(name)
            row.setForeground(1, PALETTE.colour("accent" if own else "text"))
            row.setToolTip(1, "Changed by you" if own else "")

    def _filter(self, text: str) -> None:
        self._stop()
        words = text.casefold().split()
        for group, names in self._groups:
            for name in names:
                row = self._rows[name]
                said = f"{group.text(0)} {row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not all(word in said for word in words))
            group.setHidden(all(self._rows[name].isHidden() for name in names))

    # -- giving keys -----------------------------------------------------------------------

    def _current(self) -> str:
        item = self._list.currentItem()
        return str(item.data(0, _NAME) or "") if item is not None else ""

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, _NAME)
        if name:
            self._recording, self._wanted = name, ""
            self._list.recording = True
            self._ask(f"Press the key for {item.text(0)}.  Esc leaves it, Backspace takes it away.")

    def _take(self, key: str) -> None:
        """A key was pressed for the action that is being given one; empty takes its keys away."""
        name, shown = self._recording, _native(key)
        if key in map(portable, RESERVED):
            self._ask(f"{shown} is kept for tools and fields.  Press another key, or Esc.")
            return
        users = self._keymap.users(key, besides=name) if key else []
        if users:
            self._wanted = key
            self._list.recording = False
            holder = " and ".join(self._rows[user].text(0) for user in users)
            self._ask(f"{shown} belongs to {holder}.", conflict=True)
            self._take_it.setFocus()
        else:
            self._give(name, key)

    def _take_anyway(self) -> None:
        self._give(self._recording, self._wanted)

    def _give(self, name: str, key: str) -> None:
        self._keymap.set_key(name, key)
        self._announce(f"{self._rows[name].text(0)}: {_native(key) or 'no key'}")

    def _use_default(self) -> None:
        name = self._current()
        missing = self._keymap.reset(name)
        held = ", ".join(map(_native, missing))
        self._announce(f"Without {held}, which another action has now" if missing else _HELP)

    def _use_all_defaults(self) -> None:
        self._keymap.reset_all()
        self._announce("Every action has its own key again.")

    def _announce(self, text: str) -> None:
        self.changed.emit()
        self._show_keys()
        self._stop()
        self._say.setText(text)
        self._list.setFocus()

    def _ask(self, text: str, conflict: bool = False) -> None:
        self._say.setText(text)
        set_variant(self._say, "")
        self._take_it.setVisible(conflict)
        self._leave_it.setVisible(True)
        self._default.hide()
        self._all_default.hide()

    def _stop(self) -> None:
        """Back to looking."""
        self._recording = self._wanted = ""
        self._list.recording = False
        self._say.setText(_HELP)
        set_variant(self._say, "dim")
        self._take_it.hide()
        self._leave_it.hide()
        name = self._current()
        self._default.setVisible(bool(name) and self._keymap.is_own(name))
        self._all_default.setVisible(self._keymap.changed)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._recording:
            self._stop()
            self._list.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self._find.text():
            self._find.clear()
        else:
            super().keyPressEvent(event)


class _List(QTreeWidget):
    """The actions. While it records, keys are taken instead of done.

    Signals:
        pressed_keys: The key pressed, in portable form; empty to take keys away.
    """

    pressed_keys = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.recording = False
        self.setAccessibleName("Actions and keys")
        self.setHeaderLabels(["Action", "Key"])
        self.setRootIsDecorated(False)
        self.setIndentation(self.fontMetrics().height())
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)

    def event(self, event: QEvent) -> bool:
        if self.recording and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.recording or event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif event.key() not in _MODIFIERS:
            plainly = event.modifiers() == Qt.KeyboardModifier.NoModifier
            erases = plainly and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
            pressed = QKeySequence(event.keyCombination())
            self.pressed_keys.emit("" if erases else portable(pressed.toString()))


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
