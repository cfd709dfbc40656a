"""Icons are one family, tinted by state and sharp at any scale."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

from void_studio.app.icons import APP_ICON, icon, icon_names, tinted_pixmap
from void_studio.app.theme import PALETTE
from void_studio.resources import resource


def _solid_colours(image: QImage) -> set[str]:
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    found = set()
    for y in range(image.height()):
        for x in range(image.width()):
            colour = image.pixelColor(x, y)
            if colour.alpha() == 255:
                found.add(QColor(colour.rgb()).name())
    return found


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_of_the_family(name: str) -> None:
    text = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in text
    if name != APP_ICON:
        assert 'stroke="currentColor" stroke-width="1.5" stroke-linecap="round"' in text
        assert not re.search(r"#[0-9a-f]{3,6}", text), "tinted at run time, so no colour inside"


@pytest.mark.parametrize("name", icon_names())
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_rendered_at_the_pixels_of_the_screen(qtbot: QtBot, name: str, ratio: float) -> None:
    pixmap = icon(name).pixmap(QSize(20, 20), ratio)
    assert pixmap.size() == QSize(round(20 * ratio), round(20 * ratio))
    assert pixmap.devicePixelRatio() == ratio
    image = pixmap.toImage()
    inked = [image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(20)]
    assert max(inked) > 160, "something is drawn"


def test_the_state_chooses_the_colour(qtbot: QtBot) -> None:
    grid = icon("grid")
    size = QSize(48, 48)

    def colours(mode: QIcon.Mode, state: QIcon.State) -> set[str]:
        return _solid_colours(grid.pixmap(size, 1.0, mode, state).toImage())

    assert colours(QIcon.Mode.Normal, QIcon.State.Off) == {PALETTE.icon}
    assert colours(QIcon.Mode.Normal, QIcon.State.On) == {PALETTE.accent}
    assert colours(QIcon.Mode.Disabled, QIcon.State.On) == {PALETTE.off}


def test_tinted_in_any_colour(qtbot: QtBot) -> None:
    image = tinted_pixmap("check", "#3fa96b", 24, 2.0).toImage()
    assert _solid_colours(image) == {"#3fa96b"}


def test_an_unknown_icon_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no icon named 'brrush'"):
        icon("brrush")
