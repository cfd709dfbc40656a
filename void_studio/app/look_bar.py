"""The chips of how one looks: the model's sight, onion, channels, gamma, exposure, colours."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent
from PySide6.QtWidgets import (
    QColorDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from void_studio.app.chips import ChipRow, MenuChip
from void_studio.app.icons import colour_swatch, icon
from void_studio.app.parts import QuietDoubleSpin
from void_studio.app.viewer.look import LEAST_GAMMA, MOST_GAMMA, MOST_STOPS, Channels, Look
from void_studio.app.viewer.model_view import ModelChoice
from void_studio.app.viewer.overlay import TINTS, OverlayStyle, Tint

_MODEL = ("model_view", "", "model_pass_one", "model_pass_two", "", "model_per_plane")
_ONION = ("onion", "", "onion_more", "onion_fewer")
_CHANNELS = tuple(f"channels_{channels.name.lower()}" for channels in Channels)


class LookBar(QObject):
    """Adds its chips to a row. A chip is lit while what it is about is not as it came.

    Attributes:
        channels, gamma, exposure: Chips.
        colours: The menu of the chip of the overlay's colours.

    Signals:
        exposure_chosen: Stops.
        gamma_chosen: A gamma.
        style_chosen: An OverlayStyle.
    """

    exposure_chosen = Signal(float)
    gamma_chosen = Signal(float)
    style_chosen = Signal(object)

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
        self.colours = OverlayMenu()
        self.colours.chosen.connect(self.style_chosen)
        chip = MenuChip(self.colours)
        chip.setIcon(icon("overlay"))
        chip.setToolTip("<b>Colours of the mask</b>  ;  '<br>Colour and opacity of each level")
        self._overlay = chip
        for widget in (self.gamma, self.exposure, chip):
            chips.add(widget)

    def set_look(self, look: Look) -> None:
        """Shows channels, exposure and gamma."""
        self.channels.say(look.channels.value)
        _light(self.channels, look.channels is not Channels.RGB)
        self.gamma.set_value(look.gamma, f"\N{GREEK SMALL LETTER GAMMA} {look.gamma:.1f}")
        signed = f"{look.exposure:+.1f}" if look.exposure else "0.0"
        self.exposure.set_value(look.exposure, f"\N{LATIN SMALL LETTER F WITH HOOK} {signed}")
        self._chips.refit()

    def set_style(self, style: OverlayStyle) -> None:
        """Shows the overlay's colours."""
        self.colours.set_style(style)
        strength = f"{style.strength:.0%}"
        plain = style == OverlayStyle()
        _show(self._overlay, f"Colours of the mask, {strength}", "" if plain else strength)
        _light(self._overlay, not plain)
        self._chips.refit()

    def set_onion(self, shown: bool, neighbours: int) -> None:
        """Shows whether neighbour masks are outlined, and how many."""
        _show(
            self._onion, f"Onion skin of {neighbours} either way", str(neighbours) if shown else ""
        )
        self._actions["onion_more"].setEnabled(neighbours < 3 or not shown)
        self._actions["onion_fewer"].setEnabled(neighbours > 1)
        _light(self._onion, shown)
        self._chips.refit()

    def set_model(self, shown: bool, choice: ModelChoice) -> None:
        """Shows whether a side shows what the model sees, and which pass."""
        name = f"Pass {choice.which.value}"
        _show(self._model, f"As the model sees it, {name}", name if shown else "")
        _light(self._model, shown)
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


class ToneChip(MenuChip):
    """A number that is dragged sideways, typed in its menu, or reset with a double click.

    Attributes:
        field: Where it is typed.

    Signals:
        chosen: Another number.
    """

    chosen = Signal(float)

    def __init__(
        self, name: str, neutral: float, bounds: tuple[float, float], per_pixel: float, step: float
    ) -> None:
        """``per_pixel`` is how far a logical pixel of a drag goes."""
        self._menu = QMenu()  # a button does not own its menu
        super().__init__(self._menu)
        self._neutral, self._per_pixel = neutral, per_pixel
        self._value = neutral
        self._pressed_at: QPoint | None = None
        self._began = neutral
        self._dragged = False
        self.field = QuietDoubleSpin()
        self.field.setRange(*bounds)
        self.field.setSingleStep(step)
        self.field.setAccessibleName(name)
        self.field.valueChanged.connect(self.chosen)
        entry = QWidgetAction(self.menu())
        entry.setDefaultWidget(_padded(QLabel(name), self.field))
        self.menu().addAction(entry)
        reset = self.menu().addAction(f"No {name}")
        reset.triggered.connect(lambda: self.chosen.emit(self._neutral))
        self.menu().aboutToShow.connect(self.field.setFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(
            f"<b>{name}</b>, for looking only<br>Drag sideways, click for a number, "
            "double click for none"
        )

    def set_value(self, value: float, text: str) -> None:
        """Shows a number without announcing it."""
        self._value = value
        with QSignalBlocker(self.field):
            self.field.setValue(value)
        self.say(text)
        self.setText(text)
        _light(self, value != self._neutral)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            self._began, self._dragged = self._value, False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        far = event.position().toPoint().x() - self._pressed_at.x()
        self._dragged = self._dragged or abs(far) >= 4
        if self._dragged:
            self.chosen.emit(self._began + far * self._per_pixel)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_at = self._pressed_at, None
        if pressed is not None and not self._dragged:
            self.showMenu()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._neutral)


class OverlayMenu(QMenu):
    """Colour and opacity of every level, the strength of all, and a way back.

    Signals:
        chosen: An OverlayStyle.
    """

    chosen = Signal(object)

    _NAMES = {  # noqa: RUF012
        "remove": "Remove",
        "affected": "Affected",
        "both": "Both",
        "kept": "Painted back to keep",
    }

    def __init__(self) -> None:
        super().__init__()
        self._style = OverlayStyle()
        self._buttons: dict[str, QToolButton] = {}
        self._sliders: dict[str, QSlider] = {}
        panel = QWidget()
        grid = QGridLayout(panel)
        grid.setContentsMargins(12, 10, 12, 10)
        for row, name in enumerate(TINTS):
            self._buttons[name] = self._colour_button(name)
            grid.addWidget(self._buttons[name], row, 0)
            grid.addWidget(QLabel(self._NAMES[name]), row, 1)
            self._sliders[name] = self._slider(f"Opacity of {self._NAMES[name].lower()}", 100)
            self._sliders[name].valueChanged.connect(
                lambda percent, name=name: self._choose(name, opacity=percent / 100)
            )
            grid.addWidget(self._sliders[name], row, 2)
        grid.addWidget(QLabel("All of them"), len(TINTS), 1)
        self._strength = self._slider("Opacity of all", 200)
        self._strength.valueChanged.connect(
            lambda percent: self.chosen.emit(replace(self._style, strength=percent / 100))
        )
        grid.addWidget(self._strength, len(TINTS), 2)
        reset = QPushButton("As it came")
        reset.clicked.connect(lambda: self.chosen.emit(OverlayStyle()))
        grid.addWidget(reset, len(TINTS) + 1, 2)
        entry = QWidgetAction(self)
        entry.setDefaultWidget(panel)
        self.addAction(entry)

    def set_style(self, style: OverlayStyle) -> None:
        """Shows a style without announcing it."""
        self._style = style
        for name in TINTS:
            tint: Tint = getattr(style, name)
            self._buttons[name].setIcon(colour_swatch(QColor(*tint.colour)))
            with QSignalBlocker(self._sliders[name]):
                self._sliders[name].setValue(round(tint.opacity * 100))
        with QSignalBlocker(self._strength):
            self._strength.setValue(round(style.strength * 100))

    def _choose(self, name: str, **values: object) -> None:
        tint = replace(getattr(self._style, name), **values)
        self.chosen.emit(self._style.with_tint(name, tint))

    def _ask_colour(self, name: str) -> None:
        before = QColor(*getattr(self._style, name).colour)
        colour = QColorDialog.getColor(before, self.parentWidget(), self._NAMES[name])
        if colour.isValid():
            self._choose(name, colour=(colour.red(), colour.green(), colour.blue()))

    def _colour_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(f"Colour of {self._NAMES[name].lower()}")
        button.setAccessibleName(button.toolTip())
        button.clicked.connect(lambda: self._ask_colour(name))
        return button

    def _slider(self, name: str, most: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, most)
        slider.setFixedWidth(130)
        slider.setAccessibleName(name)
        slider.setToolTip(name)
        return slider


def _padded(label: QLabel, field: QWidget) -> QWidget:
    panel = QWidget()
    grid = QGridLayout(panel)
    grid.setContentsMargins(12, 8, 12, 8)
    grid.addWidget(label, 0, 0)
    grid.addWidget(field, 0, 1)
    label.setBuddy(field)
    return panel


def _show(chip: MenuChip, name: str, text: str) -> None:
    """Shows a few letters beside the icon; ``name`` is what a menu and a screen reader say."""
    chip.say(name)
    chip.setText(text)
    chip.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if text
        else Qt.ToolButtonStyle.ToolButtonIconOnly
    )


def _light(chip: QToolButton, lit: bool) -> None:
    """Lights a chip: what it is about is not as it came."""
    chip.setCheckable(True)
    chip.setChecked(lit)
