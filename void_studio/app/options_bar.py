"""The bar over the picture: what the tool in hand sets, how large it is, which frames it paints."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from void_studio.app.brush import LARGEST, FrameSpan
from void_studio.app.parts import QuietCombo, QuietSpin
from void_studio.app.theme import set_variant
from void_studio.app.tools.base import Option, Tool, ToolOptions
from void_studio.app.tools.level import PaintLevel

LEVEL_ACTIONS = {
    "level_remove": PaintLevel.REMOVE,
    "level_affected": PaintLevel.AFFECTED,
    "level_both": PaintLevel.BOTH,
    "level_keep": PaintLevel.KEEP,
}
_STEPS = 100
_NARROWEST = 320


class OptionsBar(QWidget):
    """Level chips, the brush's size, and whatever else the tool in hand takes.

    What there is no room for is shortened: first sliders go, then words.

    Signals:
        size_changed: The brush's diameter in plate pixels.
        hardness_changed: The brush's hardness, 0 to 1.
        through_changed: A FrameSpan: which frames are painted.
    """

    size_changed = Signal(float)
    hardness_changed = Signal(float)
    through_changed = Signal(object)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("options-bar")
        self._tool: Tool | None = None
        self._matte_shown = False
        self._own: dict[Tool, ToolOptions | None] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 5, 8, 5)
        self._row.setSpacing(6)
        self._row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._chips = [self._chip(actions[name]) for name in (*LEVEL_ACTIONS, "swap_erase")]
        self._size_label = self._dim("Size")
        self._slider = self._new_slider("Brush size")
        self._spin = QuietSpin(self)
        self._spin.setRange(1, round(LARGEST))
        self._spin.setSuffix(" px")
        self._spin.setAccessibleName("Brush size in plate pixels")
        self._spin.setKeyboardTracking(False)
        self._size_label.setBuddy(self._spin)
        self._row.addWidget(self._spin)
        self._hardness_label = self._dim("Hardness")
        self._hardness = self._new_slider("Brush hardness")
        self._pressure = self._chip(actions["pressure"])
        self._snap = self._chip(actions["affected_to_grid"])
        self._place_of_own = self._row.count()
        self._row.addStretch(1)
        self._frames_label = self._dim("Frames")
        self._frames = QuietCombo(self)
        self._frames.setObjectName("frames")
        self._frames.setAccessibleName("Frames that are painted")
        self._frames.setToolTip("<b>Frames</b><br>Which frames a stroke or a fill paints")
        for span in FrameSpan:
            self._frames.addItem(span.value, span)
        self._row.addWidget(self._frames)
        self._connect()

    def _connect(self) -> None:
        self._slider.valueChanged.connect(lambda step: self.size_changed.emit(_size_at(step)))
        self._spin.valueChanged.connect(lambda value: self.size_changed.emit(float(value)))
        self._hardness.valueChanged.connect(lambda step: self.hardness_changed.emit(step / _STEPS))
        self._frames.activated.connect(
            lambda _: self.through_changed.emit(self._frames.currentData())
        )

    # -- building --------------------------------------------------------------------------

    def _chip(self, action: QAction) -> QToolButton:
        chip = QToolButton(self)
        chip.setDefaultAction(action)
        set_variant(chip, "chip")
        self._row.addWidget(chip)
        return chip

    def _dim(self, text: str) -> QLabel:
        label = QLabel(text, self)
        set_variant(label, "dim")
        self._row.addWidget(label)
        return label

    def _new_slider(self, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, _STEPS)
        slider.setAccessibleName(name)
        slider.setMinimumWidth(70)
        slider.setMaximumWidth(160)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(slider)
        return slider

    # -- what it shows ---------------------------------------------------------------------

    def show_tool(self, tool: Tool) -> None:
        """Shows what ``tool`` takes."""
        self._tool = tool
        if tool not in self._own:
            widget = tool.options_widget()
            self._own[tool] = widget
            if widget is not None:
                self._row.insertWidget(self._place_of_own, widget)
        for other, widget in self._own.items():
            if widget is not None:
                widget.setVisible(other is tool)
        self._fit()

    def show_matte_options(self, shown: bool) -> None:
        """Whether the matte is on screen, which is all that hardness matters for."""
        self._matte_shown = shown
        self._fit()

    def set_size(self, size: float) -> None:
        """Shows the brush's diameter without announcing it."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            self._slider.setValue(round(_step_of(size)))
            self._spin.setValue(round(size))

    def set_hardness(self, hardness: float) -> None:
        """Shows the brush's hardness, 0 to 1, without announcing it."""
        with QSignalBlocker(self._hardness):
            self._hardness.setValue(round(hardness * _STEPS))
        self._hardness.setToolTip(
            f"<b>Hardness</b>  {hardness:.0%}<br>How hard the edge is in the matte preview"
        )

    def set_through(self, through: FrameSpan) -> None:
        """Shows which frames are painted; more than one stands out."""
        self._frames.setCurrentIndex(self._frames.findData(through))
        set_variant(self._frames, "" if through is FrameSpan.THIS else "chosen")

    # -- room ------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Shows as much as there is room for."""
        for brevity in range(4):
            self._shorten(brevity)
            if self._row.sizeHint().width() <= self.width():
                break

    def _shorten(self, brevity: int) -> None:
        """Shows what the tool takes: 0 all of it, 1 no slider, 2 no labels, 3 no words."""
        options = self._tool.options if self._tool is not None else frozenset()
        beside, only = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        for chip in self._chips:
            icon = not chip.defaultAction().icon().isNull()
            chip.setToolButtonStyle(only if brevity >= 3 and icon else beside)
            chip.setVisible(Option.LEVEL in options)
        size = Option.SIZE in options
        hardness = size and self._matte_shown
        self._spin.setVisible(size)
        self._size_label.setVisible(size and brevity < 2)
        self._slider.setVisible(size and brevity < 1)
        self._pressure.setVisible(size)
        self._hardness.setVisible(hardness)
        self._hardness_label.setVisible(hardness and brevity < 2)
        self._snap.setVisible(Option.GRID in options)
        frames = Option.FRAMES in options
        self._frames.setVisible(frames)
        self._frames_label.setVisible(frames and brevity < 2)
        own = self._own.get(self._tool) if self._tool is not None else None
        if own is not None:
            own.shorten(brevity)
            own.updateGeometry()  # else its new size is known in the next turn only

    def sizeHint(self) -> QSize:
        """As high for every tool: the picture below stays where it is when another is taken."""
        margins = self._row.contentsMargins()
        chip = self._chips[0].sizeHint().height() + margins.top() + margins.bottom()
        hint = super().sizeHint()
        return QSize(hint.width(), max(chip, hint.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()


def _size_at(step: int) -> float:
    """Slider step to pixels: even steps feel even when each is the same ratio."""
    return float(round(LARGEST ** (step / _STEPS)))


def _step_of(size: float) -> float:
    return math.log(max(1.0, size), LARGEST) * _STEPS
