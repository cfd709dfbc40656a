"""What is chosen for looking only: the look of pictures, the overlay's colours, onion and model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QColor

from void_studio.app.viewer.look import NEUTRAL, Look
from void_studio.app.viewer.model_view import ModelChoice
from void_studio.app.viewer.overlay import TINTS, OverlayStyle, Tint

MOST_NEIGHBOURS = 3


class Looks(QObject):
    """Nothing of it reaches a mask, a take or a file that is exported.

    Attributes:
        look: Channels, exposure and gamma of pictures.
        style: The overlay's colours.
        onion: Whether masks of neighbour frames are outlined.
        neighbours: How many frames of them on either side, 1 to 3.
        model: What is shown of what the model sees.
        crop: Whether what of the plate a run works on is drawn.

    Signals:
        look_changed, style_changed, onion_changed, model_changed, crop_changed: One of these.
    """

    look_changed = Signal()
    style_changed = Signal()
    onion_changed = Signal()
    model_changed = Signal()
    crop_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = NEUTRAL
        self.style = OverlayStyle()
        self.onion = False
        self.neighbours = 1
        self.model = ModelChoice()
        self.crop = True

    def set_look(self, look: Look) -> None:
        if look != self.look:
            self.look = look
            self.look_changed.emit()

    def set_style(self, style: OverlayStyle) -> None:
        if style != self.style:
            self.style = style
            self.style_changed.emit()

    def set_onion(self, shown: bool) -> None:
        if shown != self.onion:
            self.onion = shown
            self.onion_changed.emit()

    def set_neighbours(self, count: int) -> None:
        """How many frames on either side are outlined, 1 to 3."""
        count = min(MOST_NEIGHBOURS, max(1, count))
        if count != self.neighbours:
            self.neighbours = count
            self.onion_changed.emit()

    def set_model(self, choice: ModelChoice) -> None:
        if choice != self.model:
            self.model = choice
            self.model_changed.emit()

    def set_crop(self, shown: bool) -> None:
        if shown != self.crop:
            self.crop = shown
            self.crop_changed.emit()

    # -- between two starts ----------------------------------------------------------------

    def restore(self) -> None:
        """Takes colours and neighbours as they were when the window was last closed."""
        settings = QSettings()
        style = OverlayStyle()
        for name in TINTS:
            tint: Tint = getattr(style, name)
            colour = QColor(str(settings.value(f"overlay/{name}", "")))
            if colour.isValid():
                tint = replace(tint, colour=(colour.red(), colour.green(), colour.blue()))
            opacity = _number(settings, f"overlay/{name}-opacity", tint.opacity, 1.0)
            style = style.with_tint(name, replace(tint, opacity=opacity))
        strength = _number(settings, "overlay/strength", style.strength, 2.0)
        self.set_style(replace(style, strength=strength))
        self.set_crop(bool(settings.value("overlay/crop", True, bool)))
        self.set_neighbours(round(_number(settings, "onion/neighbours", 1.0, MOST_NEIGHBOURS)))

    def remember(self) -> None:
        """Keeps them for the next start."""
        settings = QSettings()
        for name in TINTS:
            tint: Tint = getattr(self.style, name)
            settings.setValue(f"overlay/{name}", QColor(*tint.colour).name())
            settings.setValue(f"overlay/{name}-opacity", tint.opacity)
        settings.setValue("overlay/strength", self.style.strength)
        settings.setValue("overlay/crop", self.crop)
        settings.setValue("onion/neighbours", self.neighbours)


def _number(settings: QSettings, name: str, otherwise: float, most: float) -> float:
    """A number from 0 to ``most``; ``otherwise`` where there is none."""
    try:
        value = float(str(settings.value(name, otherwise)))
    except ValueError:
        return otherwise
    return value if 0 <= value <= most else otherwise
