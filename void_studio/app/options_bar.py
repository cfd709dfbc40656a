"""The bar over the picture: what the tool sets, and how large its brush is."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from void_studio.app.parts import QuietSpin
from void_studio.app.theme import set_variant
from void_studio.app.tools.level import PaintLevel

LEVEL_ACTIONS = {
    "level_remove": PaintLevel.REMOVE,
    "level_affected": PaintLevel.AFFECTED,
    "level_both": PaintLevel.BOTH,
    "level_keep": PaintLevel.KEEP,
}
_STEPS = 100


class OptionsBar(QWidget):
    """Level chips and the brush size.

    Signals:
        size_changed: The brush's diameter in plate pixels.
    """

    size_changed = Signal(float)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("options-bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(6)
        for name in (*LEVEL_ACTIONS, "swap_erase"):
            chip = QToolButton(self)
            chip.setDefaultAction(actions[name])
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            set_variant(chip, "chip")
            row.addWidget(chip)
        row.addSpacing(10)
        self._label = QLabel("Size", self)
        set_variant(self._label, "dim")
        row.addWidget(self._label)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, _STEPS)
        self._slider.setAccessibleName("Brush size")
        self._slider.setMinimumWidth(90)
        self._slider.setMaximumWidth(200)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._spin = QuietSpin(self)
        self._spin.setRange(1, 1000)
        self._spin.setSuffix(" px")
        self._spin.setAccessibleName("Brush size in plate pixels")
        self._spin.setKeyboardTracking(False)
        self._label.setBuddy(self._spin)
        row.addWidget(self._slider)
        row.addWidget(self._spin)
        row.addStretch(1)
        self._slider.valueChanged.connect(lambda step: self.size_changed.emit(_size_at(step)))
        self._spin.valueChanged.connect(lambda value: self.size_changed.emit(float(value)))
        self._brush_widgets = (self._label, self._slider, self._spin)

    def set_size(self, size: float) -> None:
        """Shows the brush's diameter without announcing it."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            self._slider.setValue(round(_step_of(size)))
            self._spin.setValue(round(size))

    def set_brush_enabled(self, enabled: bool) -> None:
        """Whether the tool in hand has a brush."""
        for widget in self._brush_widgets:
            widget.setEnabled(enabled)


def _size_at(step: int) -> float:
    """Slider step to pixels: even steps feel even when each is the same ratio."""
    return float(round(1000 ** (step / _STEPS)))


def _step_of(size: float) -> float:
    return math.log(max(1.0, size), 1000) * _STEPS
