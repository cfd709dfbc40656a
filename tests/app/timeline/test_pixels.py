"""Lines and states as pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from void_studio.app.timeline.pixels import draw_states, line_coverage


def test_a_line_covers_exactly_its_thickness() -> None:
    at = np.array([2.5, 3.0, 3.25])
    coverage = line_coverage(at, at, 6, 1.0).astype(float) / 255
    assert coverage.sum(axis=0) == pytest.approx([1, 1, 1], abs=0.01)
    assert coverage[2, 0] == 1.0
    assert coverage[2:4, 1] == pytest.approx([0.5, 0.5], abs=0.01)


def test_a_steep_line_fills_its_column_and_nothing_draws_nothing() -> None:
    coverage = line_coverage(np.array([1.0, np.nan]), np.array([5.0, np.nan]), 6, 1.0)
    assert coverage[1:5, 0].min() == 255
    assert not coverage[:, 1].any()


def test_states_are_ink_lighter_ink_or_nothing(qtbot: QtBot) -> None:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    states = np.array([0, 1, 2, 200], np.uint8)
    draw_states(painter, QRectF(0, 0, 4, 3), states, QColor("#804020"))
    painter.end()
    lighter = QColor("#804020").lighter(135).name()
    for y in range(3):
        row = [QColor(image.pixel(x, y)).name() for x in range(4)]
        assert row == ["#000000", "#804020", lighter, lighter]
