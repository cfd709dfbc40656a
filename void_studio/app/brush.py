"""The brush: how large it is and what it sets, whichever tool draws with it."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QSettings, Signal

from void_studio.app.tools.level import PaintLevel

SMALLEST, LARGEST = 1.0, 1000.0

LIGHTEST = 0.1
"""The share of the brush's size that the lightest touch of a pen draws with."""


class FrameSpan(Enum):
    """Which frames a tool paints: the one on screen, or also others of the shot."""

    THIS = "this frame"
    IN_TO_OUT = "in to out"
    WHOLE = "whole shot"
    FROM_HERE = "from here on"
    UP_TO_HERE = "up to here"


class Brush(QObject):
    """What the options bar shows.

    Attributes:
        size: Diameter in plate pixels.
        level: What a stroke sets.
        swapped: Whether painting and erasing are swapped.
        hardness: 0 to 1: how much of the brush is not soft, for the matte preview only.
        pressure: Whether a pen's pressure makes the brush smaller.
        through: Which frames a stroke paints.

    Signals:
        changed: One of these.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.size = 64.0
        self.level = PaintLevel.REMOVE
        self.swapped = False
        self.hardness = 1.0
        self.pressure = True
        self.through = FrameSpan.THIS
        self._chosen = False

    def suit(self, size: tuple[int, int]) -> None:
        """Takes the size that suits a plate of (width, height), unless the artist chose one.

        That is a thirtieth of the plate's height.
        """
        if not self._chosen:
            self._set(size=float(max(6, round(size[1] / 30))))

    def radius(self, pressure: float) -> float:
        """The radius in plate pixels that a pen draws with at ``pressure``, 0 to 1."""
        if not self.pressure:
            return self.size / 2
        return self.size / 2 * (LIGHTEST + (1 - LIGHTEST) * min(1.0, max(0.0, pressure)))

    def set_size(self, size: float) -> None:
        """Sets the diameter in plate pixels, within what is sensible."""
        self._chosen = True
        self._set(size=min(LARGEST, max(SMALLEST, size)))

    def scale(self, factor: float) -> None:
        self.set_size(self.size * factor)

    def set_level(self, level: PaintLevel) -> None:
        self._set(level=level)

    def set_swapped(self, swapped: bool) -> None:
        self._set(swapped=swapped)

    def set_hardness(self, hardness: float) -> None:
        self._set(hardness=min(1.0, max(0.0, hardness)))

    def set_pressure(self, pressure: bool) -> None:
        self._set(pressure=pressure)

    def set_through(self, through: FrameSpan) -> None:
        self._set(through=through)

    def _set(self, **values: object) -> None:
        if any(getattr(self, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(self, name, value)
            self.changed.emit()

    # -- between two starts ----------------------------------------------------------------

    def restore(self) -> None:
        """Takes what was in hand when the window was last closed."""
        settings = QSettings()
        size = _number(settings, "brush/size", 0.0)
        if size:
            self.set_size(size)
        self.set_hardness(_number(settings, "brush/hardness", self.hardness))
        self.set_pressure(settings.value("brush/pressure", "true") in (True, "true"))
        name = settings.value("brush/level")
        self.set_level(next((level for level in PaintLevel if level.name == name), self.level))

    def remember(self) -> None:
        """Keeps it for the next start."""
        settings = QSettings()
        if self._chosen:
            settings.setValue("brush/size", self.size)
        settings.setValue("brush/hardness", self.hardness)
        settings.setValue("brush/pressure", self.pressure)
        settings.setValue("brush/level", self.level.name)


def _number(settings: QSettings, name: str, otherwise: float) -> float:
    try:
        return float(str(settings.value(name, otherwise)))
    except ValueError:
        return otherwise
