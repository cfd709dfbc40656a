"""What the options bar shows for mask keys: keys, hold, and where the shape counts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from void_studio.app.theme import set_variant

_SHOWN = (
    ("previous_key", Qt.ToolButtonStyle.ToolButtonIconOnly),
    ("key_here", Qt.ToolButtonStyle.ToolButtonTextBesideIcon),
    ("next_key", Qt.ToolButtonStyle.ToolButtonIconOnly),
    ("hold_shape", Qt.ToolButtonStyle.ToolButtonTextOnly),
    ("shape_from_here", Qt.ToolButtonStyle.ToolButtonTextOnly),
    ("shape_up_to_here", Qt.ToolButtonStyle.ToolButtonTextOnly),
    ("shape_everywhere", Qt.ToolButtonStyle.ToolButtonTextOnly),
)


class KeysOptions(QWidget):
    """The actions of the shape in hand as chips."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name, style in _SHOWN:
            chip = QToolButton(self)
            chip.setDefaultAction(actions[name])
            chip.setToolButtonStyle(style)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_variant(chip, "chip")
            row.addWidget(chip)
