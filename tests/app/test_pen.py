"""A pen draws as the mouse does, once, and its other end erases; the ring shows which."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QInputDevice, QPainter, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from tests.app.conftest import Hand
from void_studio.app.theme import PALETTE
from void_studio.app.tools.brush import paint_ring
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.bits import EFFECTIVE

Kind = QPointingDevice.PointerType


class Pen:
    """A pen over the window's picture."""

    def __init__(self, hand: Hand, kind: Kind = Kind.Pen) -> None:
        self._hand = hand
        self._device = QPointingDevice(
            "pen",
            7,
            QInputDevice.DeviceType.Stylus,
            kind,
            QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
            1,
            3,
        )

    def send(self, kind: QEvent.Type, x: float, y: float) -> QTabletEvent:
        viewer = self._hand.window.viewer
        at = QPointF(self._hand.point(x, y))
        tip, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        event = QTabletEvent(
            kind,
            self._device,
            at,
            viewer.mapToGlobal(at),
            0.5,
            0,
            0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            none if kind == QEvent.Type.TabletMove else tip,
            none if kind == QEvent.Type.TabletRelease else tip,
        )
        QApplication.sendEvent(viewer, event)
        return event

    def stroke(self, *places: tuple[float, float]) -> None:
        self.send(QEvent.Type.TabletPress, *places[0])
        for place in places[1:]:
            self.send(QEvent.Type.TabletMove, *place)
        self.send(QEvent.Type.TabletRelease, *places[-1])


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


def ring(level: PaintLevel, erase: bool) -> QImage:
    image = QImage(80, 80, QImage.Format.Format_RGB32)
    image.fill(QColor(90, 90, 90))
    painter = QPainter(image)
    paint_ring(painter, QPointF(40, 40), 30, level, erase)
    painter.end()
    return image


def coloured(image: QImage, level: PaintLevel) -> int:
    """How many pixels have the colour of a level."""
    wanted = PALETTE.colour(level.value.lower()).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(80) for y in range(80))


@pytest.mark.parametrize("level", list(PaintLevel))
def test_the_ring_has_the_colour_of_what_it_sets(brush: Hand, level: PaintLevel) -> None:
    whole = coloured(ring(level, erase=False), level)
    assert whole > 100
    assert not any(coloured(ring(level, False), other) for other in PaintLevel if other != level)
    assert 0.3 < coloured(ring(level, erase=True), level) / whole < 0.7, "dashed where it erases"
