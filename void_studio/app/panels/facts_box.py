"""A box of facts: what a run would do, a label and its value to a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from void_studio.app.theme import set_variant


class FactsBox(QFrame):
    """Not there while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_variant(self, "box")
        self._lines: tuple[tuple[str, str], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(9, 7, 9, 7)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def set_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Shows (label, value) lines; empty for nothing."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        for at, words in enumerate(lines):
            for column, text in enumerate(words):
                self._label(at, column).setText(text)
        for at in range(self._grid.rowCount()):
            for column in (0, 1):
                item = self._grid.itemAtPosition(at, column)
                if item is not None and (widget := item.widget()):
                    widget.setVisible(at < len(lines))
        self.setVisible(bool(lines))

    def _label(self, row: int, column: int) -> QLabel:
        """The label at a place, made the first time."""
        item = self._grid.itemAtPosition(row, column)
        found = item.widget() if item is not None else None
        if isinstance(found, QLabel):
            return found
        label = QLabel()
        if column == 0:
            set_variant(label, "caption")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(column == 1)
        self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        return label
