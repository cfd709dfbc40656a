"""A chip with a number: exposure or gamma."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QWidget, QWidgetAction

from void_studio.app.chips import MenuChip
from void_studio.app.parts import QuietDoubleSpin


class ToneChip(MenuChip):
    """A number that is dragged sideways, typed in its menu, or reset with Ctrl and a click.

    Attributes:
        field: Where it is typed.

    Signals:
        chosen: Another number.
    """

    chosen = Signal(float)

    def __init__(
        self, name: str, neutral: float, bounds: tuple[float, float], per_pixel: float, step: float
    ) -> None:
        """``per_pixel`` is how far a logical pixel of a drag goes."""
        self._menu = _FieldMenu()
        super().__init__(self._menu)
        self._menu.setParent(self, self._menu.windowFlags())  # a button does not own its menu
        self._neutral, self._per_pixel = neutral, per_pixel
        self._value = neutral
        self._pressed_at: QPoint | None = None
        self._began = neutral
        self._dragged = False
        self.field = QuietDoubleSpin()
        self.field.setRange(*bounds)
        self.field.setKeyboardTracking(False)
        self.field.setSingleStep(step)
        self.field.setAccessibleName(name)
        self.field.valueChanged.connect(self.chosen)
        entry = QWidgetAction(self.menu())
        entry.setDefaultWidget(_padded(QLabel(name), self.field))
        self.menu().addAction(entry)
        reset = self.menu().addAction(f"No {name}")
        reset.triggered.connect(lambda: self.chosen.emit(self._neutral))
        self._menu.first = self.field
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(
            f"<b>{name}</b>, for looking only<br>Drag sideways, click for a number, "
            "Ctrl+click for none"
        )

    def set_value(self, value: float, text: str) -> None:
        """Shows a number without announcing it."""
        self._value = value
        with QSignalBlocker(self.field):
            self.field.setValue(value)
        self.say(text)
        self.setText(text)
        self.light(value != self._neutral)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            self._began, self._dragged = self._value, False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        far = event.position().toPoint().x() - self._pressed_at.x()
        self._dragged = self._dragged or abs(far) >= 4
        if self._dragged:
            self.chosen.emit(self._began + far * self._per_pixel)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is None or self._dragged:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.chosen.emit(self._neutral)
        else:
            self.menu().popup(self.mapToGlobal(QPoint(0, self.height())))


class _FieldMenu(QMenu):
    """A menu whose first entry is typed into.

    Attributes:
        first: What has the keyboard when the menu opens.
    """

    first: QuietDoubleSpin

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.first.setFocus(Qt.FocusReason.PopupFocusReason)
        self.first.selectAll()


def _padded(label: QLabel, field: QWidget) -> QWidget:
    panel = QWidget()
    grid = QGridLayout(panel)
    grid.setContentsMargins(12, 8, 12, 8)
    grid.addWidget(label, 0, 0)
    grid.addWidget(field, 0, 1)
    label.setBuddy(field)
    return panel
