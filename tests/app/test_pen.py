"""A pen draws as the mouse does, once, by its pressure, and its other end erases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand
from tests.app.pen import Kind, Pen
from void_studio.app.theme import PALETTE
from void_studio.app.tools.brush import paint_ring
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.bits import EFFECTIVE


@pytest.fixture
def brush(hand: Hand) -> Hand:
    hand.key("B")
    hand.key("1")
    hand.window.session.brush.set_size(16)
    return hand


def effective(hand: Hand) -> np.ndarray:
    field = hand.window.session.field()
    assert field is not None
    return EFFECTIVE[field]


def test_a_pen_paints_a_stroke(brush: Hand) -> None:
    Pen(brush).stroke((100, 60), (140, 60), (180, 60))
    assert (effective(brush)[60, 100:180] == 1).all()
    assert not effective(brush)[80].any()
    history = brush.window.session.shot.history  # type: ignore[union-attr]
    assert history.undo()
    assert history.undo_name is None, "one stroke is one step"


def test_the_other_end_erases(brush: Hand) -> None:
    Pen(brush).stroke((100, 60), (180, 60))
    Pen(brush, Kind.Eraser).stroke((100, 60), (130, 60))
    assert not effective(brush)[60, 110]
    assert effective(brush)[60, 170]


def height_at(hand: Hand, column: int) -> int:
    return int(np.count_nonzero(effective(hand)[:, column]))


def test_pressure_makes_the_brush_wider_on_its_way(brush: Hand) -> None:
    pen = Pen(brush)
    pen.pressure = 0.0
    pen.send(QEvent.Type.TabletPress, 60, 90)
    pen.pressure = 1.0
    pen.send(QEvent.Type.TabletMove, 260, 90)
    pen.send(QEvent.Type.TabletRelease, 260, 90)
    heights = [height_at(brush, column) for column in (64, 110, 160, 210, 256)]
    assert heights == sorted(heights)
    assert heights[0] <= 3
    assert heights[2] in range(7, 11), "half way it is half as wide"
    assert heights[-1] in range(14, 18)


def test_the_switch_and_pens_without_pressure_draw_at_full_size(brush: Hand) -> None:
    Pen(brush, knows_pressure=False).stroke((60, 40), (260, 40))
    assert height_at(brush, 160) in (16, 17)
    brush.key("Ctrl+Z")
    brush.key("Shift+P")
    assert not brush.window.session.brush.pressure
    Pen(brush).stroke((60, 40), (260, 40))
    assert height_at(brush, 160) in (16, 17)
    brush.key("Shift+P")
    assert brush.window.session.brush.pressure


def test_mouse_events_made_of_the_pens_do_not_double_the_stroke(brush: Hand) -> None:
    pen = Pen(brush)
    assert pen.send(QEvent.Type.TabletPress, 100, 60).isAccepted(), "Qt then makes none"
    brush.drag((100, 100), (180, 100))
    assert pen.send(QEvent.Type.TabletMove, 180, 60).isAccepted()
    assert pen.send(QEvent.Type.TabletRelease, 180, 60).isAccepted()
    assert effective(brush)[60, 140] == 1
    assert not effective(brush)[100].any()
    brush.drag((100, 100), (180, 100))
    assert effective(brush)[100, 140] == 1, "with the pen away the mouse paints again"


class Paintings(QObject):
    """Counts how often the viewer is painted."""

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand.window)
        self.seen = 0
        hand.window.viewer.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen += event.type() == QEvent.Type.Paint
        return False


def test_a_flood_of_samples_is_drawn_whole_in_few_paintings(brush: Hand, qtbot: QtBot) -> None:
    samples = 5000
    places = [
        (160 + 100 * math.cos(turn), 90 + 50 * math.sin(3 * turn))
        for turn in np.linspace(0, 2 * math.pi, samples)
    ]
    pen, viewer = Pen(brush), brush.window.viewer
    pen.pressure = 1.0
    QApplication.processEvents()
    paintings = Paintings(brush)
    pen.send(QEvent.Type.TabletPress, *places[0])
    for place in places[1:]:
        QApplication.postEvent(viewer, pen.event(QEvent.Type.TabletMove, *place))
    QApplication.postEvent(viewer, pen.event(QEvent.Type.TabletRelease, *places[-1]))
    qtbot.waitUntil(lambda: not brush.window.session.stroke_open)
    qtbot.waitUntil(lambda: paintings.seen > 0)
    assert paintings.seen < 100
    mask = effective(brush)
    assert all(mask[int(y), int(x)] == 1 for x, y in places)
    history = brush.window.session.shot.history  # type: ignore[union-attr]
    assert history.undo()
    assert history.undo_name is None, "one stroke is one step"
    assert not effective(brush).any()


def ring(level: PaintLevel, erase: bool, radius: float = 30) -> QImage:
    side = round(2 * radius) + 20
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 90, 90))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, radius > 30)
    paint_ring(painter, QPointF(radius + 10, radius + 10), radius, level, erase)
    painter.end()
    return image


def coloured(image: QImage, level: PaintLevel) -> int:
    """How many pixels have the colour of a level."""
    wanted = PALETTE.colour(level.value.lower()).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(80) for y in range(80))


def test_a_wide_ring_is_as_wide_and_dashed_as_a_small_one() -> None:
    """In pixels that are anything but the ground, each a pixel of the circle's way."""

    def drawn(erase: bool, radius: float) -> float:
        image = ring(PaintLevel.REMOVE, erase, radius)
        red = sum(
            image.pixelColor(x, y).red() > 150
            for x in range(image.width())
            for y in range(image.height())
        )
        return red / radius

    whole = drawn(False, 100)
    assert 0.6 < whole / drawn(False, 50) < 1.6
    assert 0.3 < drawn(True, 100) / whole < 0.7


@pytest.mark.parametrize("level", list(PaintLevel))
def test_the_ring_has_the_colour_of_what_it_sets(brush: Hand, level: PaintLevel) -> None:
    whole = coloured(ring(level, erase=False), level)
    assert whole > 100
    assert not any(coloured(ring(level, False), other) for other in PaintLevel if other != level)
    assert 0.3 < coloured(ring(level, erase=True), level) / whole < 0.7, "dashed where it erases"
