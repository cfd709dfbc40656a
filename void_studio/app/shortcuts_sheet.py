"""Every key on one sheet, made from the table of actions; it stays open while you work."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.theme import set_variant

COLUMNS = 3


class ShortcutsSheet(QDialog):
    """A window of its own that can be searched. Not modal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard Shortcuts")
        self.setModal(False)
        self._shortcuts: list[tuple[str, str, str]] = []
        self._find = QLineEdit()
        self._find.setPlaceholderText("Find an action or a key")
        self._find.setClearButtonEnabled(True)
        self._find.setAccessibleName("Find an action or a key")
        self._find.textChanged.connect(self._fill)
        self._none = QLabel("No action or key matches")
        set_variant(self._none, "dim")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName("Shortcuts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 8)
        layout.setSpacing(10)
        layout.addWidget(self._find)
        layout.addWidget(self._none)
        layout.addWidget(self._scroll, 1)
        line = self.fontMetrics().height()
        self.resize(line * 64, line * 40)

    def set_shortcuts(self, shortcuts: Iterable[tuple[str, str, str]]) -> None:
        """Shows (group, what it does, keys) in the order given; several keys in one text."""
        self._shortcuts = list(shortcuts)
        self._fill()

    def shown(self) -> list[tuple[str, str, str]]:
        """Those that match what is searched for."""
        words = self._find.text().casefold().split()
        return [row for row in self._shortcuts if all(w in " ".join(row).casefold() for w in words)]

    def _fill(self) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for group, text, keys in self.shown():
            groups.setdefault(group, []).append((text, keys))
        self._none.setVisible(not groups)
        page = QWidget()
        across = QHBoxLayout(page)
        across.setContentsMargins(0, 0, 8, 0)
        across.setSpacing(self.fontMetrics().height() * 2)
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        for column, names in zip(columns, _balanced(groups), strict=True):
            for name in names:
                column.addWidget(_group(name, groups[name]))
            column.addStretch(1)
            across.addLayout(column, 1)
        self._scroll.setWidget(page)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._find.text():
            self._find.clear()
        else:
            super().keyPressEvent(event)


def _balanced(groups: dict[str, list[tuple[str, str]]]) -> list[list[str]]:
    """Groups in order, filled into columns of about equal length."""
    lengths = {name: len(rows) + 2 for name, rows in groups.items()}
    columns: list[list[str]] = [[] for _ in range(COLUMNS)]
    goal = sum(lengths.values()) / COLUMNS
    filled = 0.0
    for name, length in lengths.items():
        which = min(COLUMNS - 1, int((filled + length / 2) / goal))
        columns[which].append(name)
        filled += length
    return columns


def _group(name: str, rows: list[tuple[str, str]]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 10)
    grid.setVerticalSpacing(5)
    heading = QLabel(name)
    set_variant(heading, "number")
    grid.addWidget(heading, 0, 0, 1, 2)
    grid.setColumnStretch(0, 1)
    for at, (text, keys) in enumerate(rows, start=1):
        action = QLabel(text)
        action.setWordWrap(True)
        key = QLabel(keys)
        set_variant(key, "key")
        grid.addWidget(action, at, 0)
        grid.addWidget(key, at, 1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
    return box
