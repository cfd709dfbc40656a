"""Edits of the whole current frame, by the chosen level: grow, shrink, copy, snap, clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.tools.level import PaintLevel
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

if TYPE_CHECKING:
    from void_studio.app.session import Session

Field = NDArray[np.uint8]
Edit = Callable[[Field, Plane], object]


class MaskEdits:
    """Menu commands on the mask; each is one undo step."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def grow(self, pixels: float) -> None:
        """Grows each plane of the chosen level."""
        self._each_plane("Grow", lambda field, plane: grow(field, plane, pixels))

    def shrink(self, pixels: float) -> None:
        """Shrinks each plane of the chosen level."""
        self._each_plane("Shrink", lambda field, plane: shrink(field, plane, pixels))

    def copy_from(self, step: int) -> None:
        """Paints the chosen planes as they are ``step`` frames away."""
        session = self._session
        source = session.index + step
        if session.shot is not None and 0 <= source < session.shot.count:
            other = session.shot.masks.field(source).copy()
            self._each_plane("Copy", lambda field, plane: copy_plane(field, other, plane))

    def snap_to_grid(self) -> None:
        """Fills every VOID cell that the chosen level touches."""

        def snap(field: Field, plane: Plane) -> None:
            fill_mask(field, paint_table(plane, True), snap_to_grid(plane_mask(field, plane)))

        self._each_plane("Snap to grid", snap)

    def clear(self) -> None:
        """Clears the chosen planes on this frame."""

        def clear(field: Field, plane: Plane) -> None:
            fill_mask(field, paint_table(plane, False), plane_mask(field, plane))

        self._each_plane("Clear", clear)

    def back_to_tracked(self) -> None:
        """Drops what was painted by hand on the chosen planes of this frame."""

        def back(field: Field, plane: Plane) -> None:
            apply_table(field, unpaint_table(plane), out=field)

        self._each_plane("Back to tracked", back)

    def _each_plane(self, verb: str, edit: Edit) -> None:
        """Works on a copy off the window's thread, then changes the pixels that came out other.

        Pixels that the artist paints meanwhile stay as painted unless the edit changes them too.
        """
        session = self._session
        shot, index, level = session.shot, session.index, session.brush.level
        if shot is None:
            return
        name = verb if level is PaintLevel.KEEP else f"{verb} {level.value.lower()}"
        before = shot.masks.field(index).copy()

        def work() -> tuple[Field, Rect]:
            after = before.copy()
            for plane in level.planes:
                edit(after, plane)
            changed = cv2.bitwise_xor(before, after)
            return after, Rect(*cv2.boundingRect(changed))

        def done(result: tuple[Field, Rect]) -> None:
            after, rect = result
            if session.shot is shot and not rect.empty:
                session.change_frame(index, name, before[rect.slices], after[rect.slices], rect)

        session.background.run(f"Could not {verb.lower()}", work, done, session.failed.emit)
