"""One mask shape in the list: its colour, name, keys, and whether it shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.icons import icon
from void_studio.app.panels.object_row import NameEdit, Swatch
from void_studio.app.parts import icon_button
from void_studio.app.theme import set_variant


@dataclass(frozen=True)
class ShapeRow:
    """What the list shows of a shape.

    Attributes:
        id: What signals call it.
        name: What the artist calls it.
        plane: ``remove`` or ``affected``.
        detail: What stands below the name, e.g. ``"interpolated · 3 keys"``.
        visible: Whether it counts.
    """

    id: str
    name: str
    plane: str
    detail: str
    visible: bool = True


class ShapeItem(QWidget):
    """The widget of one row.

    Signals:
        renamed: The name that was typed.
        visibility_changed: Whether it counts.
        rename_closed: Typing ended, changed or not.
    """

    renamed = Signal(str)
    visibility_changed = Signal(bool)
    rename_closed = Signal()

    def __init__(self, row: ShapeRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swatch = Swatch()
        self._name = ElidedLabel()
        self._edit = NameEdit()
        self._edit.setAccessibleName("Shape name")
        self._edit.closed.connect(self._rename)
        self._detail = ElidedLabel()
        set_variant(self._detail, "small")
        self._eye = icon_button("eye", "Hide the shape", self._toggle)
        self._names = QStackedLayout()
        self._names.addWidget(self._name)
        self._names.addWidget(self._edit)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 2, 4, 3)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._swatch, 0, 0)
        grid.addLayout(self._names, 0, 1)
        grid.addWidget(self._eye, 0, 2, 2, 1)
        grid.addWidget(self._detail, 1, 1)
        grid.setColumnStretch(1, 1)
        self.set_row(row)

    @property
    def row(self) -> ShapeRow:
        return self._row

    def set_row(self, row: ShapeRow) -> None:
        """Shows a row; a name that is being typed is left alone."""
        self._row = row
        self.setAccessibleName(row.name)
        self._swatch.set_role(row.plane)
        self._name.setText(row.name)
        self._detail.setText(row.detail)
        self._eye.setIcon(icon("eye" if row.visible else "eye-off"))
        tip = "Hide the shape" if row.visible else "Show the shape again"
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
