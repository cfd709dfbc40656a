"""How the window looks: one palette of named colours, and one style sheet made from it.

Everything near the picture is a neutral grey, so that no colour cast misleads the eye. Colour is
kept for meaning: red is *remove*, green is *affected*, amber is where you are and what you chose.
Letters are measured in points and spaces in device-independent pixels, so that any scale factor
is right without a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from void_studio.resources import resource


@dataclass(frozen=True)
class Palette:
    """Named colours as ``#rrggbb``.

    Attributes:
        canvas: Around the picture: the darkest, neutral.
        window: Panels, bars, the timeline.
        status: The menu bar and the status line.
        field: Recessed: text fields, lists, lanes.
        raised: Buttons and chips; ``hover`` and ``pressed`` are the same under the pointer.
        line: Separators; ``edge`` is the stronger outline of something that can be edited.
        icon: Icons at rest; under the pointer they are ``text``.
        text: Reading text; ``dim`` is for labels, ``off`` for what cannot be used now.
        accent: The playhead, the chosen tool, the main button; ``on_accent`` is text upon it.
        focus: The ring around what has the keyboard.
        remove, affected, both, keep: The four levels of a quadmask.
        integral, artifact: The other roles of an object.
        cached, confidence, take: Marks in the timeline.
        error, warning, info: Edges of messages and states of jobs.
    """

    canvas: str = "#141414"
    window: str = "#262626"
    status: str = "#1b1b1b"
    field: str = "#1d1d1d"
    raised: str = "#343434"
    hover: str = "#404040"
    pressed: str = "#2c2c2c"
    line: str = "#151515"
    edge: str = "#444444"
    icon: str = "#c8c8c8"
    text: str = "#dedede"
    dim: str = "#a6a6a6"
    off: str = "#757575"
    accent: str = "#e2a64a"
    on_accent: str = "#1a1408"
    focus: str = "#f0c27a"
    remove: str = "#e2504a"
    affected: str = "#3fa96b"
    both: str = "#e3b341"
    keep: str = "#d0d0d0"
    integral: str = "#dd7f63"
    artifact: str = "#4f93a8"
    cached: str = "#4f9e63"
    confidence: str = "#6f94dd"
    take: str = "#3b4a63"
    error: str = "#f2837d"
    warning: str = "#e3b341"
    info: str = "#7fa6e8"

    def colour(self, name: str) -> QColor:
        """A named colour for painting; ``name`` is one of the attributes above."""
        return QColor(getattr(self, name))


PALETTE = Palette()

_chosen: dict[str, QColor] = {}


def choose_plane_colours(remove: QColor, affected: QColor) -> None:
    """Takes the colours that the artist gave *remove* and *affected*, for who asks from now on."""
    _chosen.update(remove=remove, affected=affected)


def plane_colour(name: str) -> QColor:
    """A colour of the palette; for *remove* and *affected* the one that the artist chose."""
    return QColor(_chosen[name]) if name in _chosen else PALETTE.colour(name)


BASE_POINTS = 9.0
"""The size of ordinary text."""

_FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"]


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it (section 1.4.3)."""
    lights = sorted((_luminance(first), _luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of an sRGB colour (WCAG 2.2, "relative luminance")."""
    rgb = QColor(colour)
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (rgb.redF(), rgb.greenF(), rgb.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ui_font(scale: float = 1.0, *, bold: bool = False) -> QFont:
    """The window's font, ``scale`` times the ordinary size."""
    font = QFont()
    font.setFamilies(_FAMILIES)
    font.setPointSizeF(BASE_POINTS * scale)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def apply_theme(app: QApplication) -> None:
    """Gives ``app`` its style, palette, font and style sheet."""
    QDir.setSearchPaths("theme", [str(resource("theme"))])
    sheet = style_sheet(PALETTE)
    if app.styleSheet() == sheet:
        return  # every widget there is would be polished anew, at a millisecond each
    app.setStyle("Fusion")
    app.setPalette(_qt_palette(PALETTE))
    app.setFont(ui_font())
    app.setStyleSheet(sheet)


def style_sheet(palette: Palette) -> str:
    """The one style sheet, ``resources/theme/studio.qss``, with the colours filled in."""
    text = resource("theme/studio.qss").read_text(encoding="utf-8")
    colours = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return Template(text).substitute(colours, small=f"{BASE_POINTS * 0.92:.2f}pt")


def set_variant(widget: QWidget, variant: str) -> None:
    """Chooses one of the style sheet's variants, e.g. ``dim``, ``heading`` or ``primary``."""
    if widget.property("variant") != variant:
        widget.setProperty("variant", variant)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _qt_palette(colours: Palette) -> QPalette:
    """The same colours for whatever the style sheet does not reach."""
    role = QPalette.ColorRole
    palette = QPalette()
    for which, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "field",
        role.AlternateBase: "window",
        role.Text: "text",
        role.PlaceholderText: "dim",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "error",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.ToolTipBase: "status",
        role.ToolTipText: "text",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.Accent: "accent",
    }.items():
        palette.setColor(which, colours.colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, colours.colour("off"))
    return palette
