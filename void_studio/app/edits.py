"""Edits of the whole current frame, by the chosen level: grow, shrink, copy, snap, clear."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.tools.level import PaintLevel
from void_studio.errors import VoidError
from void_studio.quadmask.bits import (
    Plane,
    Rect,
    apply_table,
    paint_table,
    plane_mask,
    unpaint_table,
)
from void_studio.quadmask.grid import snap_to_grid
from void_studio.quadmask.paint import copy_plane, fill_mask, grow, shrink
from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session

Field = NDArray[np.uint8]
Edit = Callable[[Field, Plane], object]


@dataclass(frozen=True)
class _Request:
    """One command: what to do to which planes of a frame.

    Attributes:
        source: The frame that ``edit`` copies from: it gets that frame's field as third argument.
    """

    shot: Shot
    index: int
    level: PaintLevel
    verb: str
    edit: Callable[[Field, Plane, Field], object]
    source: int


class MaskEdits:
    """Menu commands on the mask; each is one undo step.

    They work on copies off the window's thread, one after the other in the order they were asked
    for, so that a frame copied from the one before finds what was copied there.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: deque[_Request] = deque()
        self._busy = False

    def grow(self, pixels: float) -> None:
        """Grows each plane of the chosen level."""
        self._ask("Grow", lambda field, plane: grow(field, plane, pixels))

    def shrink(self, pixels: float) -> None:
        """Shrinks each plane of the chosen level."""
        self._ask("Shrink", lambda field, plane: shrink(field, plane, pixels))

    def copy_from(self, step: int) -> None:
        """Paints the chosen planes as they are ``step`` frames away."""
        session = self._session
        if session.shot is not None and 0 <= session.index + step < session.shot.count:
            self._queue("Copy", lambda to, plane, other: copy_plane(to, other, plane), step)

    def snap_to_grid(self) -> None:
        """Fills every VOID cell that the chosen level touches."""

        def snap(field: Field, plane: Plane) -> None:
            fill_mask(field, paint_table(plane, True), snap_to_grid(plane_mask(field, plane)))

        self._ask("Snap to grid", snap)

    def clear(self) -> None:
        """Clears the chosen planes on this frame."""

        def clear(field: Field, plane: Plane) -> None:
            fill_mask(field, paint_table(plane, False), plane_mask(field, plane))

        self._ask("Clear", clear)

    def back_to_tracked(self) -> None:
        """Drops what was painted by hand on the chosen planes of this frame."""

        def back(field: Field, plane: Plane) -> None:
            apply_table(field, unpaint_table(plane), out=field)

        self._ask("Back to tracked", back)

    def _ask(self, verb: str, edit: Edit) -> None:
        self._queue(verb, lambda field, plane, _: edit(field, plane), 0)

    def _queue(self, verb: str, edit: Callable[[Field, Plane, Field], object], step: int) -> None:
        session = self._session
        if session.shot is not None:
            index = session.index
            self._waiting.append(
                _Request(session.shot, index, session.brush.level, verb, edit, index + step)
            )
            self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        request = self._waiting.popleft()
        shot, session = request.shot, self._session
        if session.shot is not shot:
            self._next()
            return
        self._busy = True
        before = shot.masks.field(request.index).copy()
        other = before if request.source == request.index else shot.masks.field(request.source)
        other = other.copy()

        def work() -> tuple[Field, Rect]:
            after = before.copy()
            for plane in request.level.planes:
                request.edit(after, plane, other)
            return after, Rect(*cv2.boundingRect(cv2.bitwise_xor(before, after)))

        def done(result: tuple[Field, Rect]) -> None:
            after, rect = result
            # Pixels painted meanwhile stay as painted unless the edit changes them too.
            if session.shot is shot and not rect.empty:
                name = _named(request.verb, request.level)
                part = rect.slices
                session.change_frame(request.index, name, before[part], after[part], rect)
            self._end()

        def failed(error: VoidError) -> None:
            session.failed.emit(error)
            self._end()

        session.background.run(f"Could not {request.verb.lower()}", work, done, failed)

    def _end(self) -> None:
        self._busy = False
        self._next()


def _named(verb: str, level: PaintLevel) -> str:
    return verb if level is PaintLevel.KEEP else f"{verb} {level.value.lower()}"
