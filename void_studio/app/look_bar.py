"""The chips of how one looks: the model's sight, onion, channels, gamma, exposure, colours."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from void_studio.app.chips import ChipRow, MenuChip
from void_studio.app.icons import icon
from void_studio.app.keyboard import press_with_space
from void_studio.app.overlay_menu import OverlayMenu
from void_studio.app.theme import set_variant
from void_studio.app.tone_chip import ToneChip
from void_studio.app.viewer.look import LEAST_GAMMA, MOST_GAMMA, MOST_STOPS, Channels, Look
from void_studio.app.viewer.model_view import ModelChoice
from void_studio.app.viewer.overlay import OverlayStyle

_MODEL = ("model_view", "", "model_pass_one", "model_pass_two", "", "model_per_plane")
_ONION = ("onion", "", "onion_more", "onion_fewer")
_CHANNELS = tuple(f"channels_{channels.name.lower()}" for channels in Channels)


class LookBar(QObject):
    """Adds its chips to a row. A chip is lit while what it is about is not as it came.

    Attributes:
        channels, gamma, exposure: Chips.
        reset: There while the look is not neutral.
        colours: The menu of the chip of the overlay's colours.

    Signals:
        exposure_chosen: Stops.
        gamma_chosen: A gamma.
        style_chosen: An OverlayStyle.
        crop_chosen: Whether the crop of a run is drawn.
    """

    exposure_chosen = Signal(float)
    gamma_chosen = Signal(float)
    style_chosen = Signal(object)
    crop_chosen = Signal(bool)

    def __init__(self, actions: dict[str, QAction], chips: ChipRow) -> None:
        super().__init__(chips)
        self._actions = actions
        self._chips = chips
        self._model = self._chip(_MODEL, "<b>As the model sees it</b>  M", chips)
        self._model.setIcon(icon("model"))
        self._onion = self._chip(
            _ONION, "<b>Onion skin</b>  N<br>Outlines of the masks before and after", chips
        )
        self._onion.setIcon(icon("onion"))
        self.channels = self._chip((*_CHANNELS, "", "look_reset"), "<b>Channels</b>", chips)
        self.gamma = ToneChip("Gamma", 1.0, (LEAST_GAMMA, MOST_GAMMA), 0.01, 0.1)
        self.exposure = ToneChip("Exposure", 0.0, (-MOST_STOPS, MOST_STOPS), 0.02, 0.25)
        self.gamma.chosen.connect(self.gamma_chosen)
        self.exposure.chosen.connect(self.exposure_chosen)
        self.colours = OverlayMenu(chips)
        self.colours.chosen.connect(self.style_chosen)
        self.colours.crop_chosen.connect(self.crop_chosen)
        chip = MenuChip(self.colours)
        chip.setIcon(icon("overlay"))
        chip.setToolTip("<b>Colours of the mask</b>  ;  '<br>Colour and opacity of each level")
        self._overlay = chip
        self.reset = QToolButton()
        self.reset.setDefaultAction(actions["look_reset"])
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        set_variant(self.reset, "chip")
        press_with_space(self.reset)
        for widget in (self.gamma, self.exposure, self.reset, chip):
            chips.add(widget)

    def set_look(self, look: Look) -> None:
        """Shows channels, exposure and gamma."""
        self.channels.say(look.channels.value)
        self.channels.light(look.channels is not Channels.RGB)
        self.gamma.set_value(look.gamma, f"\N{GREEK SMALL LETTER GAMMA} {look.gamma:.1f}")
        signed = f"{look.exposure:+.1f}" if look.exposure else "0.0"
        self.exposure.set_value(look.exposure, f"\N{LATIN SMALL LETTER F WITH HOOK} {signed}")
        self._chips.set_wanted(self.reset, not look.neutral)
        self._chips.refit()

    def set_style(self, style: OverlayStyle) -> None:
        """Shows the overlay's colours."""
        self.colours.set_style(style)
        strength = f"{style.strength:.0%}"
        plain = style == OverlayStyle()
        _show(self._overlay, f"Colours of the mask, {strength}", "" if plain else strength)
        self._overlay.light(not plain)
        self._chips.refit()

    def set_crop(self, shown: bool) -> None:
        """Shows whether the crop of a run is drawn."""
        self.colours.set_crop(shown)

    def set_onion(self, shown: bool, neighbours: int) -> None:
        """Shows whether neighbour masks are outlined, and how many."""
        _show(
            self._onion, f"Onion skin of {neighbours} either way", str(neighbours) if shown else ""
        )
        self._actions["onion_more"].setEnabled(neighbours < 3 or not shown)
        self._actions["onion_fewer"].setEnabled(neighbours > 1)
        self._onion.light(shown)
        self._chips.refit()

    def set_model(self, shown: bool, choice: ModelChoice) -> None:
        """Shows whether a side shows what the model sees, and which pass."""
        name = f"Pass {choice.which.value}"
        _show(self._model, f"As the model sees it, {name}", name if shown else "")
        self._model.light(shown)
        self._chips.refit()

    def _chip(self, names: tuple[str, ...], tip: str, chips: ChipRow) -> MenuChip:
        menu = QMenu(chips)
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
        chip = MenuChip(menu)
        chip.setToolTip(tip)
        chips.add(chip)
        return chip


def _show(chip: MenuChip, name: str, text: str) -> None:
    """Shows a few letters beside the icon; ``name`` is what a menu and a screen reader say."""
    chip.say(name)
    chip.setText(text)
    chip.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if text
        else Qt.ToolButtonStyle.ToolButtonIconOnly
    )
