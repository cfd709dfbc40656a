"""The description of the scene, as it is without what goes: the shot's own, edited in place."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from void_studio.app.theme import set_variant

RESTING_MS = 1500
"""How long nothing is typed before what was typed becomes a step of the history."""

_LINES = 3
_HINT = "What is seen when it is gone, e.g. “A lime falls on the table.”"
_TIP = (
    "Describe the scene as it is without what goes, not what is to be removed. "
    "It is kept with the shot and can be undone."
)


class ScenePrompt(QWidget):
    """A field of three lines under a caption.

    Signals:
        changed: The artist has described the scene: the text.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = ""
        self._field = _Field()
        self._field.setPlaceholderText(_HINT)
        self._field.setToolTip(_TIP)
        self._field.setAccessibleName("Scene without it")
        self._field.setAccessibleDescription(_TIP)
        self._field.setTabChangesFocus(True)
        margins = self._field.contentsMargins()
        line = self._field.fontMetrics().lineSpacing()
        around = 2 * (round(self._field.document().documentMargin()) + 4)
        self._field.setFixedHeight(_LINES * line + around + margins.top() + margins.bottom())
        self._field.left.connect(self.settle)
        self._field.textChanged.connect(self._typed)
        caption = QLabel("Scene without it")
        caption.setBuddy(self._field)
        set_variant(caption, "caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(caption)
        layout.addWidget(self._field)
        self._resting = QTimer(self, interval=RESTING_MS, singleShot=True)
        self._resting.timeout.connect(self.settle)

    @property
    def text(self) -> str:
        """What is in the field, on one line."""
        return _one_line(self._field.toPlainText())

    def set_text(self, text: str) -> None:
        """Shows the shot's description; what is being typed stays."""
        text = _one_line(text)
        if text == self._said:
            return
        self._said = text
        if text != self.text:
            self._field.setPlainText(text)
        self._resting.stop()

    def settle(self) -> None:
        """Says what was typed so far."""
        self._resting.stop()
        text = self.text
        if text != self._said:
            self._said = text
            self.changed.emit(text)

    def _typed(self) -> None:
        if self.text != self._said:
            self._resting.start()


class _Field(QPlainTextEdit):
    """Escape gives the keyboard back to the window.

    Signals:
        left: The keyboard is somewhere else.
    """

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            event.accept()
        else:
            super().keyPressEvent(event)


def _one_line(text: str) -> str:
    return " ".join(text.split())
