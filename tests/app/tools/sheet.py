"""A session of one small frame, for tools to be tried on without a window."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from void_studio.app.brush import Brush
from void_studio.app.tools.base import Pointer
from void_studio.quadmask.bits import Rect
from void_studio.quadmask.history import TileDiff, TileRecorder

Field = NDArray[np.uint8]
SIZE = (96, 80)
SHIFT, ALT, CONTROL, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)


class SheetStroke:
    """As the shot's own stroke."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.recorder = TileRecorder(field)

    def touch(self, rect: Rect) -> None:
        self.recorder.touch(rect)


class SheetPlate:
    """A plate of one picture."""

    def __init__(self, picture: Field) -> None:
        self._picture = picture

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read_rgb8(self, index: int) -> Field:
        return self._picture


class Sheet(QObject):
    """What a tool asks of the session, at once and on this thread.

    Attributes:
        field: The frame's bit field.
        diffs: What each step of the history changed.
        again: What was handed over to be repeated on other frames.
        edited: Every rectangle that was said to have changed.
        refused: How often it was said that the frame is locked.
    """

    shot_changed = Signal()

    def __init__(self, field: Field, picture: Field | None = None) -> None:
        super().__init__()
        self.field = field
        self.index = 0
        self.locked = False
        self.refused = 0
        self.brush = Brush(self)
        height, width = field.shape
        shown = np.zeros((height, width, 3), np.uint8) if picture is None else picture
        self.shot = SimpleNamespace(size=(width, height), open_plate=lambda: SheetPlate(shown))
        self.pictures = SimpleNamespace(plate=lambda index: shown)
        self.background = SimpleNamespace(run=self._run)
        self.frames = SimpleNamespace(
            edit=lambda name, edit: self._spread(name, [self.index], edit),
            chosen=lambda: [self.index],
            spread=self._spread,
        )
        self.diffs: list[TileDiff] = []
        self.again: list[Callable[[Field], object]] = []
        self.edited: list[Rect] = []

    def refuses(self, index: int) -> bool:
        self.refused += self.locked
        return self.locked

    def begin_stroke(self, name: str) -> SheetStroke | None:
        return None if self.refuses(self.index) else SheetStroke(self.field)

    def mask_edited(self, rect: Rect) -> None:
        self.edited.append(rect)

    def end_stroke(self, stroke: SheetStroke, again: Callable[[Field], object]) -> None:
        diff = stroke.recorder.finish()
        if diff is not None:
            self.diffs.append(diff)
        self.again.append(again)

    def _spread(self, name: str, frames: list[int], edit: Callable[[int, Field], Any]) -> None:
        stroke = SheetStroke(self.field)
        stroke.touch(Rect(0, 0, self.field.shape[1], self.field.shape[0]))
        self.edited.append(edit(frames[0], self.field))
        self.end_stroke(stroke, lambda field: edit(1, field))

    def _run(
        self,
        what: str,
        work: Callable[[], Any],
        done: Callable[[Any], Any] | None = None,
        failed: Callable[[Any], Any] | None = None,
    ) -> None:
        result = work()
        if done is not None:
            done(result)


def at(
    place: tuple[float, float],
    keys: Qt.KeyboardModifier = NONE,
    eraser: bool = False,
    pressure: float = 1.0,
    sizes: bool = False,
) -> Pointer:
    """A pointer at a plate pixel, with one logical pixel for each."""
    return Pointer(*place, keys, 1.0, eraser, pressure, sizes)
