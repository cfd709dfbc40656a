"""The bar under the picture: what A and B are, how they are compared, and the read-out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QWidget

from void_studio.app.chips import ChipRow, MenuChip
from void_studio.app.elided_label import literal
from void_studio.app.source_menu import SourceMenu
from void_studio.app.theme import set_variant, ui_font
from void_studio.app.viewer.compare import MAX_GAIN
from void_studio.app.viewer.source import MASKED_PLATE, Source

_COMPARES = ("show_a", "show_b", "wipe", "side_by_side", "difference", "blend")
_COMPARE_DEEDS = ("swap", "exchange", "wipe_upright")
_MASKS = ("mask_overlay", "mask_levels", "mask_matte", "mask_none")
_SMALL = 0.88
"""The size of letters where a read-out has two lines."""

_GAIN_STEPS = 4
"""Steps of the gain's slider for twice the gain."""


class ViewBar(QWidget):
    """Chips with menus at the left, the read-out at the right.

    Attributes:
        a_menu, b_menu: What A and B can show.
        chips: The row of chips, to which others may add theirs.
        gain_dial, share_dial: Shown while there is a difference, or a blend.

    Signals:
        gain_changed: How much a difference is exaggerated, 1 to 32.
        share_changed: How much of B a blend holds, 0 to 1.
    """

    gain_changed = Signal(float)
    share_changed = Signal(float)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-bar")
        self._actions = actions
        self._tips: dict[int, str] = {}
        self.a_menu, self.b_menu = SourceMenu("A shows", self), SourceMenu("B shows", self)
        self.chips = ChipRow(self)
        self._a = self._source_chip("A", self.a_menu)
        self._b = self._source_chip("B", self.b_menu)
        self._compare = self._chip("How A and B are compared", _COMPARES, _COMPARE_DEEDS)
        self.gain_dial = Dial("Difference gain", math.ceil(math.log2(MAX_GAIN) * _GAIN_STEPS), 0)
        self.share_dial = Dial("Share of B in the blend", 100, 50)
        for dial in (self.gain_dial, self.share_dial):
            self.chips.add(dial)
        self._mask = self._chip("How the mask is shown with the plate", _MASKS)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(10)
        row.addWidget(self.chips)
        self._probe = ReadOut("Pixel under the pointer", "x 3840  y 2160", True, self)
        row.addWidget(self._probe, 1)
        self._zoom = ReadOut("Zoom", "1600 %", False, self)
        row.addWidget(self._zoom)
        for name in (*_COMPARES, *_MASKS):
            actions[name].toggled.connect(self._on_toggled)
        self.gain_dial.slider.valueChanged.connect(self._on_gain)
        self.share_dial.slider.valueChanged.connect(self._on_share)
        self._on_gain(0)
        self._on_share(50)
        self.set_sources(MASKED_PLATE, None)
        self._name_chips()

    def set_takes(self, takes: Sequence[tuple[int, str, str]]) -> None:
        """Lists takes as (number, what made it, all that is known of it)."""
        self._tips = {number: tip for number, _, tip in takes}
        self.a_menu.set_takes(takes)
        self.b_menu.set_takes(takes)

    def set_running(self, running: bool) -> None:
        """Whether there is something that runs and can be shown."""
        self.a_menu.set_running(running)
        self.b_menu.set_running(running)

    def set_sources(self, a: Source, b: Source | None) -> None:
        """Shows what A and B are."""
        self.a_menu.set_shown(a)
        self.b_menu.set_shown(b)
        for letter, chip, source in (("A", self._a, a), ("B", self._b, b)):
            tip = self._tips.get(source.take, "") if source and source.take else ""
            chip.setToolTip(literal(tip or f"What {letter} shows"))
        self._a.say(f"A  {a.label}")
        self._b.say(f"B  {b.label if b is not None else 'nothing yet'}")

    @property
    def probe(self) -> str:
        """What the read-out says."""
        return self._probe.text

    def set_probe(self, text: str, tip: str = "") -> None:
        self._probe.set_text(text)
        self._probe.setToolTip(literal(tip))

    def set_zoom(self, zoom: float) -> None:
        """Shows device pixels per plate pixel as a percentage."""
        self._zoom.set_text(f"{zoom * 100:.0f} %")

    # -- helpers ---------------------------------------------------------------------------

    def _source_chip(self, letter: str, menu: SourceMenu) -> MenuChip:
        chip = MenuChip(menu)
        chip.setToolTip(f"What {letter} shows")
        chip.keep_room_for(f"{letter}  {MASKED_PLATE.label}")
        self.chips.add(chip)
        return chip

    def _chip(self, tip: str, *groups: Sequence[str]) -> MenuChip:
        menu = QMenu(self)
        for place, names in enumerate(groups):
            if place:
                menu.addSeparator()
            menu.addActions([self._actions[name] for name in names])
        chip = MenuChip(menu)
        chip.setToolTip(tip)
        self.chips.add(chip)
        return chip

    def _on_toggled(self, on: bool) -> None:
        if on:
            self._name_chips()

    def _name_chips(self) -> None:
        for chip, names in ((self._compare, _COMPARES), (self._mask, _MASKS)):
            for name in names:
                if self._actions[name].isChecked():
                    action = self._actions[name]
                    text = action.iconText().replace("&", "").removeprefix("Mask as ")
                    chip.say(f"Only {text}" if text in ("A", "B") else text)
        self.chips.set_wanted(self.gain_dial, self._actions["difference"].isChecked())
        self.chips.set_wanted(self.share_dial, self._actions["blend"].isChecked())

    def _on_gain(self, step: int) -> None:
        gain = 2.0 ** (step / _GAIN_STEPS)
        self.gain_dial.say(f"{gain:.3g}\N{MULTIPLICATION SIGN}")
        self.gain_changed.emit(gain)

    def _on_share(self, percent: int) -> None:
        self.share_dial.say(f"{percent} % B")
        self.share_changed.emit(percent / 100)


class Dial(QWidget):
    """A slider and what it says."""

    def __init__(self, name: str, steps: int, step: int) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, steps)
        self.slider.setValue(step)
        self.slider.setFixedWidth(72)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(name)
        self._label = QLabel(self)
        set_variant(self._label, "dim")
        self._label.setFixedWidth(self._label.fontMetrics().horizontalAdvance("100 % B") + 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(6)
        row.addWidget(self.slider)
        row.addWidget(self._label)

    def say(self, text: str) -> None:
        self._label.setText(text)


class ReadOut(QWidget):
    """A line or two of text at the right that change with every move of the pointer.

    They ask for no layout, and are shortened where there is no room for them.

    Attributes:
        text: What it says.
    """

    def __init__(self, name: str, least: str, grows: bool, parent: QWidget) -> None:
        """``least`` is a text that always has room."""
        super().__init__(parent)
        self.text = ""
        self._least = least
        self.setAccessibleName(name)
        across = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._least), metrics.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines = self.text.split("\n")
        if len(lines) > 1:
            painter.setFont(ui_font(_SMALL))
        metrics = painter.fontMetrics()
        shown = [
            metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width()) for line in lines
        ]
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(flags), "\n".join(shown))
