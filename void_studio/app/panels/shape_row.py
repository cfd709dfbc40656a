"""One mask shape in the list: its colour, name, keys, and whether it shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from void_studio.app.panels.named_row import NamedItem


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


class ShapeItem(NamedItem):
    """The widget of one row."""

    def __init__(self, row: ShapeRow, parent: QWidget | None = None) -> None:
        super().__init__("Shape", "the shape", parent)
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
        self._show_named(row.name, row.plane, row.detail, row.visible)
