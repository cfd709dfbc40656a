"""The brush: how large it is and what it sets, whichever tool draws with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from void_studio.app.tools.level import PaintLevel

SMALLEST, LARGEST = 1.0, 1000.0


class Brush(QObject):
    """What the options bar shows.

    Attributes:
        size: Diameter in plate pixels.
        level: What a stroke sets.
        swapped: Whether painting and erasing are swapped.

    Signals:
        changed: One of these.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.size = 64.0
        self.level = PaintLevel.REMOVE
        self.swapped = False

    def suit(self, size: tuple[int, int]) -> None:
        """Takes the size that suits a plate of (width, height): a thirtieth of its height."""
        self.set_size(float(max(6, round(size[1] / 30))))

    def set_size(self, size: float) -> None:
        """Sets the diameter in plate pixels, within what is sensible."""
        self.size = min(LARGEST, max(SMALLEST, size))
        self.changed.emit()

    def scale(self, factor: float) -> None:
        self.set_size(self.size * factor)

    def set_level(self, level: PaintLevel) -> None:
        self.level = level
        self.changed.emit()

    def set_swapped(self, swapped: bool) -> None:
        self.swapped = swapped
        self.changed.emit()
