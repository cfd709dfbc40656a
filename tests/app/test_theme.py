"""The theme can be read, is neutral, and its style sheet is complete."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from void_studio.app.theme import PALETTE, apply_theme, contrast, set_variant, style_sheet
from void_studio.resources import resource


def test_contrast_is_the_wcag_ratio() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", ["canvas", "window", "status", "field", "raised"])
@pytest.mark.parametrize("ink", ["text", "dim", "accent", "warning", "error", "icon"])
def test_text_can_be_read_on_every_ground(ink: str, ground: str) -> None:
    assert contrast(getattr(PALETTE, ink), getattr(PALETTE, ground)) >= 4.5


def test_text_on_filled_marks_can_be_read() -> None:
    assert contrast(PALETTE.on_accent, PALETTE.accent) >= 4.5
    assert contrast(PALETTE.text, PALETTE.hover) >= 4.5
    assert contrast(PALETTE.text, PALETTE.take) >= 4.5


@pytest.mark.parametrize("mark", ["focus", "remove", "affected", "artifact", "confidence"])
def test_marks_stand_out_from_the_panel(mark: str) -> None:
    assert contrast(getattr(PALETTE, mark), PALETTE.window) >= 3.0


@pytest.mark.parametrize("name", ["canvas", "window", "status", "field", "raised", "line", "edge"])
def test_nothing_near_the_picture_has_a_colour_cast(name: str) -> None:
    assert QColor(getattr(PALETTE, name)).saturation() == 0


def test_style_sheet_names_only_colours_and_pictures_that_exist() -> None:
    sheet = style_sheet(PALETTE)
    assert "$" not in sheet
    pictures = re.findall(r"url\(theme:([^)]+)\)", sheet)
    assert pictures
    assert all(resource(f"theme/{name}").is_file() for name in pictures)


def test_pictures_in_the_style_sheet_use_the_palette() -> None:
    known = {getattr(PALETTE, field.name) for field in fields(PALETTE)}
    for path in resource("theme").glob("*.svg"):
        assert set(re.findall(r"#[0-9a-f]{6}", path.read_text())) <= known, path.name


def test_theme_reaches_widgets(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp)
    label = QLabel("1001")
    qtbot.addWidget(label)
    label.show()
    set_variant(label, "dim")
    label.ensurePolished()
    assert label.palette().windowText().color().name() == PALETTE.dim
    assert label.font().pointSizeF() == pytest.approx(9.0)
