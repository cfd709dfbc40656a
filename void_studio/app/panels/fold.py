"""A part of a panel that can be folded away, and is as it was left the next time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from void_studio.app.keyboard import press_with_space
from void_studio.app.theme import set_variant


class Fold(QWidget):
    """A heading, and below it what is there while the fold is open.

    What it holds is built when it is opened for the first time, for most never are; that of one
    that was left open follows a moment after the fold, so that neither is waited for long.
    """

    def __init__(self, title: str, key: str, build: Callable[[], QWidget]) -> None:
        """``key`` is where it is kept whether it is open; ``build`` makes what it holds."""
        super().__init__()
        self._key = key
        self._build = build
        self._content: QWidget | None = None
        self._heading = QToolButton()
        self._heading.setText(title)
        self._heading.setAccessibleName(title)
        self._heading.setCheckable(True)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_variant(self._heading, "fold")
        press_with_space(self._heading)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addWidget(self._heading, 0, Qt.AlignmentFlag.AlignLeft)
        opened = bool(QSettings().value(key, False, bool))
        self._heading.setChecked(opened)
        self._heading.setArrowType(_arrow(opened))
        self._heading.toggled.connect(self._show)
        self._heading.clicked.connect(lambda on: QSettings().setValue(self._key, on))
        if opened:
            QTimer.singleShot(0, self, lambda: self._show(self.is_open))

    @property
    def is_open(self) -> bool:
        return self._heading.isChecked()

    def set_open(self, opened: bool) -> None:
        """Opens or folds it, as a click on its heading would."""
        if opened != self.is_open:
            self._heading.click()

    def _show(self, opened: bool) -> None:
        self._heading.setArrowType(_arrow(opened))
        if opened and self._content is None:
            self._content = self._build()
            self._layout.addWidget(self._content)
        if self._content is not None:
            self._content.setVisible(opened)


def _arrow(opened: bool) -> Qt.ArrowType:
    return Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow
