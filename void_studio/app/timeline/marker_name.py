"""The field in which a marker is named, where its flag stands."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_LETTERS = 20


class MarkerName(QLineEdit):
    """Appears to be typed in; Return or leaving it names the marker, Escape does not.

    Signals:
        named: The frame and the name.
    """

    named = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._index = 0
        self.setAccessibleName("Marker name")
        self.setPlaceholderText("Marker name")
        self.setMaxLength(200)
        self.returnPressed.connect(self._enter)
        self.hide()

    def begin(self, index: int, name: str, place: QPoint, room: int) -> None:
        """Takes the keyboard for the marker on frame ``index``.

        Args:
            place: Where its flag stands in the parent, pixels.
            room: The width of the parent.
        """
        self._index = index
        self.setText(name)
        width = QFontMetrics(self.font()).averageCharWidth() * _LETTERS
        size = self.sizeHint()
        self.setGeometry(
            min(place.x(), room - width),
            max(0, place.y() - size.height() // 2),
            width,
            size.height(),
        )
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _enter(self) -> None:
        if self.isVisible():
            self.hide()
            self.named.emit(self._index, self.text().strip())

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._enter()
