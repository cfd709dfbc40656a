"""What the options bar shows while the wand is in hand: its tolerance, and how far it goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from void_studio.app.parts import QuietSpin
from void_studio.app.theme import set_variant
from void_studio.app.tools.base import ToolOptions
from void_studio.app.tools.flood import MOST

_TOLERANCE = "wand/tolerance"
_CONTIGUOUS = "wand/contiguous"


class WandSettings(QObject):
    """What the options bar shows for the wand; kept for the next start.

    Attributes:
        tolerance: 0 to 100 per cent of the range of a channel.
        contiguous: Whether only what hangs together with the click is filled.

    Signals:
        changed: One of these.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        settings = QSettings()
        try:
            self.tolerance = min(MOST, max(0, int(str(settings.value(_TOLERANCE, 12)))))
        except ValueError:
            self.tolerance = 12
        self.contiguous = settings.value(_CONTIGUOUS, "true") in (True, "true")

    def set_tolerance(self, tolerance: float) -> None:
        tolerance = min(MOST, max(0, round(tolerance)))
        if tolerance != self.tolerance:
            self.tolerance = tolerance
            QSettings().setValue(_TOLERANCE, tolerance)
            self.changed.emit()

    def set_contiguous(self, contiguous: bool) -> None:
        if contiguous != self.contiguous:
            self.contiguous = contiguous
            QSettings().setValue(_CONTIGUOUS, contiguous)
            self.changed.emit()


class WandOptions(ToolOptions):
    """A slider and a number for the tolerance, and a switch for what hangs together."""

    def __init__(self, settings: WandSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._label = QLabel("Tolerance")
        set_variant(self._label, "dim")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, MOST)
        self.slider.setAccessibleName("Tolerance of the wand")
        self.slider.setMinimumWidth(60)
        self.slider.setMaximumWidth(140)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.number = QuietSpin()
        self.number.setRange(0, MOST)
        self.number.setAccessibleName("Tolerance of the wand, per cent")
        self.number.setKeyboardTracking(False)
        self._label.setBuddy(self.number)
        self.contiguous = QToolButton()
        self.contiguous.setText("Contiguous")
        self.contiguous.setCheckable(True)
        self.contiguous.setToolTip(
            "<b>Contiguous</b><br>Only what hangs together with the click; else the whole frame"
        )
        set_variant(self.contiguous, "chip")
        for widget in (self._label, self.slider, self.number, self.contiguous):
            row.addWidget(widget)
        self.slider.valueChanged.connect(settings.set_tolerance)
        self.number.valueChanged.connect(settings.set_tolerance)
        self.contiguous.toggled.connect(settings.set_contiguous)
        settings.changed.connect(self._show)
        self._show()

    def shorten(self, brevity: int) -> None:
        self.slider.setVisible(brevity < 1)
        self._label.setVisible(brevity < 2)

    def _show(self) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(self._settings.tolerance)
            self.number.setValue(self._settings.tolerance)
        self.contiguous.setChecked(self._settings.contiguous)
