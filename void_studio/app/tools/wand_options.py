"""What the options bar shows while the wand is in hand: its tolerance, and how far it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from void_studio.app.parts import QuietSpin
from void_studio.app.theme import set_variant
from void_studio.app.tools.base import ToolOptions

if TYPE_CHECKING:
    from void_studio.app.tools.wand import WandSettings


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
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName("Tolerance of the wand")
        self.slider.setMinimumWidth(60)
        self.slider.setMaximumWidth(140)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.number = QuietSpin()
        self.number.setRange(0, 100)
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
