"""The bar under the picture: what A and B are, the view of the mask, and the read-out."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from void_studio.app.parts import QuietCombo
from void_studio.app.theme import set_variant

_COMPARE = ("show_a", "show_b", "wipe")
_MASKS = ("mask_overlay", "mask_levels", "mask_matte", "mask_none")


class ViewBar(QWidget):
    """Compare buttons, the take shown as B, the mask's view, and the read-out.

    Signals:
        take_chosen: The number of the take to show as B, or None.
    """

    take_chosen = Signal(object)

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        for name in _COMPARE:
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            set_variant(button, "chip")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            row.addWidget(button)
        self._takes = QuietCombo(self)
        self._takes.setAccessibleName("Take shown as B")
        self._takes.setToolTip("The take shown as B")
        self._takes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._takes.activated.connect(lambda row: self.take_chosen.emit(self._takes.itemData(row)))
        row.addWidget(self._takes)
        self._mask = QToolButton(self)
        self._mask.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_variant(self._mask, "chip")
        self._mask.setToolTip("How the mask is shown")
        menu = QMenu(self._mask)
        for name in _MASKS:
            menu.addAction(actions[name])
            actions[name].toggled.connect(self._name_mask)
        self._actions = actions
        self._mask.setMenu(menu)
        row.addWidget(self._mask)
        row.addStretch(1)
        self._probe = QLabel(self)
        self._probe.setTextFormat(Qt.TextFormat.PlainText)
        set_variant(self._probe, "dim")
        row.addWidget(self._probe)
        self._zoom = QLabel(self)
        set_variant(self._zoom, "dim")
        self._zoom.setMinimumWidth(self._zoom.fontMetrics().horizontalAdvance("1600 %"))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._zoom)
        self._name_mask()

    def set_takes(self, takes: list[tuple[int, str]], current: int | None) -> None:
        """Lists takes as (number, label)."""
        with QSignalBlocker(self._takes):
            self._takes.clear()
            if not takes:
                self._takes.addItem("no take yet", None)
            for number, label in takes:
                self._takes.addItem(label, number)
            place = self._takes.findData(current)
            self._takes.setCurrentIndex(max(0, place))
        self._takes.setEnabled(bool(takes))

    def set_probe(self, text: str) -> None:
        self._probe.setText(text)

    def set_zoom(self, zoom: float) -> None:
        """Shows device pixels per plate pixel as a percentage."""
        self._zoom.setText(f"{zoom * 100:.0f} %")

    def _name_mask(self) -> None:
        for name in _MASKS:
            if self._actions[name].isChecked():
                text = self._actions[name].text().replace("&", "")
                self._mask.setText(text.removeprefix("Mask as "))
