"""The icons: one family drawn on a 24 by 24 grid, tinted and rendered when they are shown.

The files in ``resources/icons`` are drawn in ``currentColor``; the colour is chosen here by the
state of the button, and the picture is made at exactly the pixels of the screen it appears on.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from void_studio.app.theme import PALETTE
from void_studio.resources import resource

APP_ICON = "void-studio"


@cache
def icon(name: str) -> QIcon:
    """The icon ``name``, e.g. ``"brush"``: a file in ``resources/icons``, tinted by state.

    Raises:
        KeyError: There is no such icon.
    """
    return QIcon(_SvgEngine(name, _source(name)))


def app_icon() -> QIcon:
    """The program's own icon, in its own colours, for windows and task bars."""
    return icon(APP_ICON)


def swatch(name: str) -> QIcon:
    """A small square of a colour of the palette."""
    return colour_swatch(PALETTE.colour(name))


def colour_swatch(colour: QColor) -> QIcon:
    """A small square of any colour."""
    side = 12
    pixmap = QPixmap(side * 4, side * 4)
    pixmap.setDevicePixelRatio(4)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(1, 1, side - 2, side - 2, 2.5, 2.5)
    painter.end()
    return QIcon(pixmap)


def icon_names() -> list[str]:
    """Every icon there is, sorted."""
    return sorted(path.stem for path in resource("icons").glob("*.svg"))


def tinted_pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon ``name`` in one ``#rrggbb`` colour, ``size`` device-independent pixels square.

    Rendered at ``size * ratio`` pixels, for labels and painted rows.
    """
    return _render(name, _source(name), colour, QSize(size, size), ratio)


def _source(name: str) -> str:
    path = resource(f"icons/{name}.svg")
    if not path.is_file():
        raise KeyError(f"no icon named {name!r} in {path.parent}")
    return _read(str(path))


@cache
def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _render(name: str, source: str, colour: str, size: QSize, ratio: float) -> QPixmap:
    """Draws the icon centred in ``size``, keeping it square; kept in Qt's own pixmap cache."""
    key = f"void-icon:{name}:{colour}:{size.width()}x{size.height()}@{ratio:g}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    side = min(pixmap.width(), pixmap.height())
    target = QRectF((pixmap.width() - side) / 2, (pixmap.height() - side) / 2, side, side)
    _renderer(source, colour).render(painter, target)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def _renderer(source: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


def _state_colour(mode: QIcon.Mode, state: QIcon.State) -> str:
    if mode == QIcon.Mode.Disabled:
        return PALETTE.off
    if state == QIcon.State.On:
        return PALETTE.accent
    return PALETTE.text if mode == QIcon.Mode.Active else PALETTE.icon


class _SvgEngine(QIconEngine):
    """Renders one icon for whatever state, size and screen Qt asks for."""

    _clones: list[_SvgEngine] = []  # noqa: RUF012  (kept alive: Qt does not own a Python clone)

    def __init__(self, name: str, source: str) -> None:
        super().__init__()
        self._name = name
        self._source = source

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        return _render(self._name, self._source, _state_colour(mode, state), size, scale)

    def clone(self) -> QIconEngine:
        copy = _SvgEngine(self._name, self._source)
        self._clones.append(copy)
        return copy

    def iconName(self) -> str:
        return self._name

    def key(self) -> str:
        return "void-studio-svg"
