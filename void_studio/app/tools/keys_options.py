"""What the options bar shows for mask keys: keys, hold, and where the shape counts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from void_studio.app.theme import set_variant
from void_studio.app.tools.base import ToolOptions

_SHOWN = (
    "previous_key",
    "key_here",
    "next_key",
    "hold_shape",
    "shape_from_here",
    "shape_up_to_here",
    "shape_everywhere",
)
_WORDS = ("key_here", "hold_shape")


class KeysOptions(ToolOptions):
    """The actions of the shape in hand as chips."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._spans: list[QToolButton] = []
        for name in _SHOWN:
            chip = QToolButton(self)
            chip.setDefaultAction(actions[name])
            chip.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonTextBesideIcon
                if name in _WORDS
                else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_variant(chip, "chip")
            row.addWidget(chip)
            if name.startswith("shape_"):
                self._spans.append(chip)
            if name == "key_here":
                self._key = chip

    def shorten(self, brevity: int) -> None:
        """The frames where a shape counts are chosen in the menu, too."""
        for chip in self._spans:
            chip.setVisible(brevity < 3)
        self._key.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if brevity >= 3
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
