"""Small things that panels, messages and the window share."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.icons import icon, tinted_pixmap
from void_studio.app.keyboard import press_with_space
from void_studio.app.theme import PALETTE, set_variant


def icon_button(name: str, tip: str, clicked: Callable[[], object]) -> QToolButton:
    """A flat button with an icon; its tip is also what a screen reader says."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(lambda: clicked())
    press_with_space(button)
    return button


class QuietCombo(QComboBox):
    """A combo box that the wheel does not change while a panel is scrolled past it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class QuietSpin(QSpinBox):
    """The same for whole numbers. Enter and Escape give the keyboard back to the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _quieten(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        _give_back(self, event)


class QuietDoubleSpin(QDoubleSpinBox):
    """The same for numbers with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _quieten(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        _give_back(self, event)


def _give_back(box: QAbstractSpinBox, event: QKeyEvent) -> None:
    """Lets go of the keyboard, so that keys are shortcuts again."""
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
        box.clearFocus()
        event.accept()


def _quieten(box: QAbstractSpinBox) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # A style sheet's padding does not reach the field inside a spin box.
    box.lineEdit().setTextMargins(5, 0, 0, 0)


class Meter(QWidget):
    """A thin bar, 0 to 1: a tracker's confidence in an object. Amber where it is unsure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Confidence")

    def set_value(self, value: float | None) -> None:
        """Shows a share, or nothing for None."""
        if value == self._value:
            return
        self._value = value
        words = "" if value is None else f"Tracker's lowest confidence {value:.0%}"
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(round(line * 3.2), max(4, line // 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._value is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        radius = area.height() / 2
        painter.setBrush(PALETTE.colour("edge"))
        painter.drawRoundedRect(area, radius, radius)
        good = self._value >= 0.75
        painter.setBrush(PALETTE.colour("affected" if good else "warning"))
        filled = QRectF(area)
        filled.setWidth(max(area.height(), area.width() * min(1.0, self._value)))
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            filled.moveRight(area.right())
        painter.drawRoundedRect(filled, radius, radius)


class EmptyState(QWidget):
    """What a list says while there is nothing in it: what to do."""

    def __init__(self, picture: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._icon = QLabel()
        heading = QLabel(title)
        set_variant(heading, "heading")
        words = QLabel(text)
        words.setWordWrap(True)
        set_variant(words, "dim")
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        for label in (self._icon, heading, words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addStretch(2)

    def showEvent(self, event: QShowEvent) -> None:
        side = self.fontMetrics().height() * 2
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(tinted_pixmap(self._picture, PALETTE.off, side, ratio))
        super().showEvent(event)
