"""The menu of what is drawn over the picture: the overlay's colours, and a run's crop."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from void_studio.app.icons import colour_swatch
from void_studio.app.keyboard import press_with_space
from void_studio.app.viewer.overlay import TINTS, OverlayStyle, Tint


class OverlayMenu(QMenu):
    """Colour and opacity of every level, the strength of all, and a way back.

    Signals:
        chosen: An OverlayStyle.
        crop_chosen: Whether the crop of a run is drawn.
    """

    chosen = Signal(object)
    crop_chosen = Signal(bool)

    _NAMES = {  # noqa: RUF012
        "remove": "Remove",
        "affected": "Affected",
        "both": "Both",
        "kept": "Painted back to keep",
    }

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = OverlayStyle()
        self._buttons: dict[str, QToolButton] = {}
        self._sliders: dict[str, QSlider] = {}
        panel = QWidget()
        grid = QGridLayout(panel)
        grid.setContentsMargins(12, 10, 12, 10)
        for row, name in enumerate(TINTS):
            self._buttons[name] = self._colour_button(name)
            grid.addWidget(self._buttons[name], row, 0)
            grid.addWidget(QLabel(self._NAMES[name]), row, 1)
            self._sliders[name] = self._slider(f"Opacity of {self._NAMES[name].lower()}", 100)
            self._sliders[name].valueChanged.connect(
                lambda percent, name=name: self._choose(name, opacity=percent / 100)
            )
            grid.addWidget(self._sliders[name], row, 2)
        grid.addWidget(QLabel("All of them"), len(TINTS), 1)
        self._strength = self._slider("Opacity of all", 200)
        self._strength.valueChanged.connect(
            lambda percent: self.chosen.emit(replace(self._style, strength=percent / 100))
        )
        grid.addWidget(self._strength, len(TINTS), 2)
        reset = QPushButton("As it came")
        reset.clicked.connect(lambda: self.chosen.emit(OverlayStyle()))
        grid.addWidget(reset, len(TINTS) + 1, 2)
        self._crop = QCheckBox("What of the picture VOID would work on")
        self._crop.setToolTip("Its crop, while a VOID remover is chosen")
        self._crop.toggled.connect(self.crop_chosen)
        press_with_space(self._crop)
        grid.addWidget(self._crop, len(TINTS) + 2, 0, 1, 3)
        entry = QWidgetAction(self)
        entry.setDefaultWidget(panel)
        self.addAction(entry)

    def set_style(self, style: OverlayStyle) -> None:
        """Shows a style without announcing it."""
        self._style = style
        for name in TINTS:
            tint: Tint = getattr(style, name)
            self._buttons[name].setIcon(colour_swatch(QColor(*tint.colour)))
            with QSignalBlocker(self._sliders[name]):
                self._sliders[name].setValue(round(tint.opacity * 100))
        with QSignalBlocker(self._strength):
            self._strength.setValue(round(style.strength * 100))

    def set_crop(self, shown: bool) -> None:
        """Shows whether the crop of a run is drawn."""
        with QSignalBlocker(self._crop):
            self._crop.setChecked(shown)

    def _choose(self, name: str, **values: object) -> None:
        tint = replace(getattr(self._style, name), **values)
        self.chosen.emit(self._style.with_tint(name, tint))

    def _ask_colour(self, name: str) -> None:
        before = QColor(*getattr(self._style, name).colour)
        colour = QColorDialog.getColor(before, self.parentWidget(), self._NAMES[name])
        if colour.isValid():
            self._choose(name, colour=(colour.red(), colour.green(), colour.blue()))

    def _colour_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(f"Colour of {self._NAMES[name].lower()}")
        button.setAccessibleName(button.toolTip())
        button.clicked.connect(lambda: self._ask_colour(name))
        return button

    def _slider(self, name: str, most: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, most)
        slider.setFixedWidth(130)
        slider.setAccessibleName(name)
        slider.setToolTip(name)
        return slider
