"""One object in the list: its colour, name, role, how sure its track is, and whether it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedLayout,
    QWidget,
)

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.icons import icon
from void_studio.app.parts import Meter, QuietCombo, icon_button
from void_studio.app.theme import PALETTE, plane_colour, set_variant

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


class Swatch(QWidget):
    """The colour of a role."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def sizeHint(self) -> QSize:
        side = round(self.fontMetrics().height() * 0.75)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plane_colour(self._role if hasattr(PALETTE, self._role) else "keep"))
        painter.drawRoundedRect(self.rect(), 3, 3)


class NameEdit(QLineEdit):
    """Where a name is typed: Enter and leaving keep it, Escape does not.

    Signals:
        closed: The new name, or the empty string if nothing was changed.
    """

    closed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = False
        self.setMaxLength(200)
        self.setAccessibleName("Object name")

    def begin(self, name: str) -> None:
        self.setText(name)
        self._open = True
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _finish(self, name: str) -> None:
        if self._open:
            self._open = False
            self.closed.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape:
            self._finish("")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._finish(self.text().strip())


class ObjectItem(QWidget):
    """The widget of one row.

    Signals:
        renamed: The name that was typed.
        role_changed: The role that was chosen.
        visibility_changed: Whether its track counts.
        rename_closed: Typing ended, changed or not.
    """

    renamed = Signal(str)
    role_changed = Signal(str)
    visibility_changed = Signal(bool)
    rename_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = ObjectRow("", "", "remove")
        self._swatch = Swatch()
        self._name = ElidedLabel()
        set_variant(self._name, "heading")
        self._edit = NameEdit()
        self._edit.closed.connect(self._rename)
        self._detail = ElidedLabel()
        set_variant(self._detail, "small")
        self._role = QuietCombo()
        set_variant(self._role, "flat")
        self._role.setAccessibleName("Role")
        self._role.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        for role, meaning in ROLES:
            self._role.addItem(role)
            self._role.setItemData(self._role.count() - 1, meaning, Qt.ItemDataRole.ToolTipRole)
        self._role.activated.connect(lambda at: self.role_changed.emit(ROLES[at][0]))
        self._meter = Meter()
        self._eye = icon_button("eye", "Hide its mask", self._toggle)

        self._names = QStackedLayout()
        self._names.addWidget(self._name)
        self._names.addWidget(self._edit)
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
        self.setAccessibleName(row.name)
        self._swatch.set_role(row.role)
        self._name.setText(row.name)
        self._detail.setText(row.detail)
        at = next((at for at, (role, _) in enumerate(ROLES) if role == row.role), -1)
        with QSignalBlocker(self._role):
            self._role.setCurrentIndex(at)
        self._role.setToolTip(ROLES[at][1] if at >= 0 else "")
        self._meter.set_value(row.confidence)
        self._eye.setIcon(icon("eye" if row.visible else "eye-off"))
        tip = "Hide its mask" if row.visible else "Show its mask again"
        self._eye.setToolTip(tip)
        self._eye.setAccessibleName(f"{tip}: {row.name}")
        for label in (self._name, self._detail):
            label.setEnabled(row.visible)

    def begin_rename(self) -> None:
        """Lets the name be typed."""
        self._names.setCurrentWidget(self._edit)
        self._edit.begin(self._row.name)

    def _rename(self, name: str) -> None:
        self._names.setCurrentWidget(self._name)
        if name and name != self._row.name:
            self.renamed.emit(name)
        self.rename_closed.emit()

    def _toggle(self) -> None:
        self.visibility_changed.emit(not self._row.visible)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.childAt(event.position().toPoint()) in (self._name, self._swatch, self._detail):
            self.begin_rename()
        else:
            super().mouseDoubleClickEvent(event)
