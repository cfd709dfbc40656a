"""How quickly the picture follows: through time, through the history, through the view."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QEvent, Qt

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.painting import dabs
from void_studio.app.bench.rows import Row, row_of

STEP_MS, ZOOM_MS, UNCACHED_MS = 12.0, 16.0, 60.0
TOOLS = ("tool_brush", "tool_grid", "tool_eraser", "tool_polygon")
LEVELS = ("level_remove", "level_affected", "level_both", "level_keep")
MASK_VIEWS = ("mask_levels", "mask_matte", "mask_overlay")


def stepping_rows(hand: Hand, count: int, frames: int) -> Iterator[Row]:
    """``frames`` are in memory from frame 0 on."""
    yield row_of("step to a cached frame", "ms", steps(hand, count, frames), STEP_MS)
    dabs(hand, 60)
    undo, redo = undo_redo(hand, max(3, count // 4))
    yield row_of("undo a stroke", "ms", undo, STEP_MS)
    yield row_of("redo a stroke", "ms", redo, STEP_MS)


def switching_rows(hand: Hand, count: int) -> Iterator[Row]:
    """What keys switch. The shot has a take."""
    for name, actions in (
        ("switch the level", LEVELS),
        ("switch the tool", TOOLS),
        ("switch how the mask is shown", MASK_VIEWS),
        ("swap A and B", ("swap",)),
    ):
        hand.trigger("tool_brush")
        yield row_of(name, "ms", alternate(hand, count, *actions), STEP_MS)
    hand.trigger("show_a")
    yield row_of("drag the wipe", "ms", wipe_drags(hand, count), STEP_MS)
    hand.trigger("show_a")


def moving_rows(hand: Hand, count: int) -> Iterator[Row]:
    """Zooming with the wheel and dragging the picture."""
    yield row_of("zoom", "ms", zooms(hand, count), ZOOM_MS)
    hand.trigger("fit")
    hand.rest()
    hand.trigger("one_to_one")
    hand.rest()
    yield row_of("pan at 1:1", "ms", pans(hand, count), ZOOM_MS)
    hand.trigger("fit")
    hand.rest()


def uncached_rows(hand: Hand, count: int) -> Iterator[Row]:
    """Steps to neighbours that nobody decoded yet."""
    for name, direction in (("next", 1), ("previous", -1)):
        samples = uncached_steps(hand, count, direction)
        yield row_of(f"step to an uncached {name} frame", "ms", samples, UNCACHED_MS)
    hand.rest()


def steps(hand: Hand, count: int, frames: int) -> list[float]:
    """Milliseconds of steps to and fro over the first ``frames``."""
    samples = []
    for step in range(count):
        forward = (step // (frames - 1)) % 2 == 0
        name = "next" if forward else "previous"
        samples.append(hand.timed(partial(hand.trigger, name)))
    return samples


def undo_redo(hand: Hand, count: int) -> tuple[list[float], list[float]]:
    undo, redo = [], []
    for _ in range(count):
        undo.append(hand.timed(partial(hand.trigger, "undo")))
        redo.append(hand.timed(partial(hand.trigger, "redo")))
    return undo, redo


def alternate(hand: Hand, count: int, *names: str) -> list[float]:
    """Milliseconds of one action after the other; each is done once before."""
    for name in names:
        hand.trigger(name)
        hand.turn()
    return [hand.timed(partial(hand.trigger, names[step % len(names)])) for step in range(count)]


def wipe_drags(hand: Hand, count: int) -> list[float]:
    hand.timed(partial(hand.trigger, "wipe"))
    hand.trigger("tool_pan")
    hand.mouse(QEvent.Type.MouseButtonPress, hand.place(0.5, 0.5))
    hand.turn()
    samples = []
    for step in range(count):
        at = hand.place(0.5 + 0.3 * ((step * 7) % 20 - 10) / 10, 0.5)
        samples.append(hand.timed(partial(hand.mouse, QEvent.Type.MouseMove, at)))
    hand.mouse(QEvent.Type.MouseButtonRelease, hand.place(0.5, 0.5))
    hand.turn()
    return samples


def zooms(hand: Hand, count: int) -> list[float]:
    """Four notches in and four out, again and again, at a place beside the centre."""
    at = hand.place(0.6, 0.4)
    notches = (1, 1, 1, 1, -1, -1, -1, -1)
    return [hand.timed(partial(hand.wheel, notches[step % 8], at)) for step in range(count)]


def pans(hand: Hand, count: int) -> list[float]:
    middle = Qt.MouseButton.MiddleButton
    hand.mouse(QEvent.Type.MouseButtonPress, hand.place(0.5, 0.5), middle)
    hand.turn()
    samples = []
    for step in range(count):
        at = hand.place(0.5 + 0.01 * (step % 20), 0.5 + 0.006 * (step % 20))
        samples.append(hand.timed(partial(hand.mouse, QEvent.Type.MouseMove, at, middle)))
    hand.mouse(QEvent.Type.MouseButtonRelease, hand.place(0.5, 0.5), middle)
    hand.turn()
    return samples


def uncached_steps(hand: Hand, count: int, direction: int) -> list[float]:
    """Milliseconds from the key to the sharp picture of a neighbour that is not in memory."""
    session = hand.window.session
    samples = []
    last = session.count - 1
    for turn in range(count):
        start = 1 + (turn * 7) % max(1, last - 1)
        session.pictures.forget()
        session.set_index(start)
        hand.wait(hand.sharp, "a frame")
        if start + direction in session.pictures.cached():
            continue  # looked ahead already: that is not what is measured
        name = "next" if direction > 0 else "previous"
        samples.append(hand.timed(partial(hand.trigger, name), hand.sharp))
    return samples or [0.0]
