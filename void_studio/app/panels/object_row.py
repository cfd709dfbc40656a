"""One object in the list: its colour, name, role, how sure its track is, and whether it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from void_studio.app.panels.named_row import NamedItem
from void_studio.app.parts import Meter, QuietCombo
from void_studio.app.theme import set_variant

ROLES: Sequence[tuple[str, str]] = (
    ("remove", "Taken out"),
    ("integral", "Goes along with what is taken out"),
    ("affected", "Stays, but changes when the object is gone"),
    ("artifact", "A shadow or a reflection of what is taken out"),
)
"""Every role, with what it means."""


@dataclass(frozen=True)
class ObjectRow:
    """What the list shows of an object.

    Attributes:
        id: What signals call it.
        name: What the artist calls it.
        role: ``remove``, ``integral``, ``affected`` or ``artifact``.
        detail: A line below the name, e.g. ``"25 points · tracked both ways"``.
        confidence: The tracker's lowest, 0 to 1; None before tracking.
        visible: Whether its track counts.
        prompts: How many clicks it has.
    """

    id: str
    name: str
    role: str
    detail: str = ""
    confidence: float | None = None
    visible: bool = True
    prompts: int = 0


class ObjectItem(NamedItem):
    """The widget of one row.

    Signals:
        role_changed: The role that was chosen.
    """

    role_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Object", "its mask", parent)
        self._row = ObjectRow("", "", "remove")
        set_variant(self._name, "heading")
        self._role = QuietCombo()
        set_variant(self._role, "flat")
        self._role.setAccessibleName("Role")
        self._role.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        for role, meaning in ROLES:
            self._role.addItem(role)
            self._role.setItemData(self._role.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self._role.activated.connect(lambda at: self.role_changed.emit(ROLES[at][0]))
        self._meter = Meter()
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 4, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._swatch, 0, 0)
        grid.addLayout(self._names, 0, 1)
        grid.addWidget(self._role, 0, 2)
        grid.addWidget(self._eye, 0, 3)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 6, 0)
        below.addWidget(self._detail, 1)
        below.addWidget(self._meter)
        grid.addLayout(below, 1, 1, 1, 3)
        grid.setColumnStretch(1, 1)

    @property
    def row(self) -> ObjectRow:
        return self._row

    def set_row(self, row: ObjectRow) -> None:
        """Shows a row; a name that is being typed is left alone."""
        self._row = row
        self._show_named(row.name, row.role, row.detail, row.visible)
        at = next((at for at, (role, _) in enumerate(ROLES) if role == row.role), -1)
        with QSignalBlocker(self._role):
            self._role.setCurrentIndex(at)
        self._role.setToolTip(ROLES[at][1] if at >= 0 else "")
        self._meter.set_value(row.confidence)
