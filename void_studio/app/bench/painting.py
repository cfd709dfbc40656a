"""How quickly a dab of the brush is on screen, at every zoom and size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QEvent

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.rows import Row, row_of

LIMIT_MS = 5.0
SIZES = (24, 600)
_ZOOMS = (("fit", "at fit"), ("one_to_one", "at 1:1"), ("", "at 4:1"))
_STROKE = 50
_TURN = 25.0  # pen events for a radian of the circle that is drawn


def dab_rows(hand: Hand, count: int) -> Iterator[Row]:
    """Dabs of ``count`` pen events for every zoom and size, the overlay on."""
    brush = hand.window.session.brush
    before = brush.size
    hand.trigger("mask_overlay")
    for action, where in _ZOOMS:
        if action:
            hand.trigger(action)
        else:
            hand.window.viewer.zoom_to(4.0)
        hand.rest()
        for size in SIZES:
            brush.set_size(float(size))
            samples = dabs(hand, count)
            yield row_of(f"brush dab, {size} px, {where}", "ms", samples, LIMIT_MS)
    brush.set_size(before)
    hand.trigger("fit")
    hand.rest()


def dabs(hand: Hand, count: int) -> list[float]:
    """Milliseconds from each of ``count`` pen events to its pixels, in strokes along a circle."""
    samples: list[float] = []
    hand.trigger("tool_brush")
    hand.trigger("mask_overlay")
    levels = ("level_affected", "level_remove")
    while len(samples) < count:
        hand.trigger(levels[len(samples) // _STROKE % 2])
        hand.pen(QEvent.Type.TabletPress, hand.place(0.7, 0.5))
        hand.turn()
        for step in range(min(_STROKE, count - len(samples))):
            turn = step / _TURN
            at = hand.place(0.5 + 0.2 * math.cos(turn), 0.5 + 0.2 * math.sin(turn))
            samples.append(hand.timed(partial(hand.pen, QEvent.Type.TabletMove, at)))
        hand.pen(QEvent.Type.TabletRelease, hand.place(0.5, 0.5))
        hand.turn()
    return samples


def strokes(hand: Hand, count: int, frames: int) -> None:
    """Paints short strokes here and there, over ``frames`` frames in turn; none is timed."""
    hand.trigger("tool_brush")
    for number in range(count):
        if number % 10 == 0:
            hand.window.session.set_index(number // 10 % frames)
        x, y = 0.2 + number * 0.137 % 0.6, 0.2 + number * 0.071 % 0.6
        hand.pen(QEvent.Type.TabletPress, hand.place(x, y))
        for step in range(1, 4):
            hand.pen(QEvent.Type.TabletMove, hand.place(x + step * 0.01, y + step * 0.006))
            hand.turn()
        hand.pen(QEvent.Type.TabletRelease, hand.place(x, y))
        hand.turn()
