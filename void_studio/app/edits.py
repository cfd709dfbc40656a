"""Edits of whole frames by the chosen level: grow, fill holes, copy, snap, clear, lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from void_studio.app.mask_amounts import MaskAmounts
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask import morphology
from void_studio.quadmask.bits import Plane
from void_studio.quadmask.paint import copy_plane, grow, shrink

if TYPE_CHECKING:
    from void_studio.app.session import Session

Field = NDArray[np.uint8]
PlaneEdit = Callable[[Field, Plane], object]


class MaskEdits:
    """Menu commands on the mask: each is one undo step on all frames that the brush goes through.

    They are made off the window's thread, see ``FrameRange``.

    Attributes:
        amounts: How far they go.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.amounts = MaskAmounts(session)

    def grow(self) -> None:
        """Grows each plane of the chosen level."""
        pixels = self.amounts["grow"]
        self._edit("Grow", lambda field, plane: grow(field, plane, pixels))

    def shrink(self) -> None:
        """Shrinks each plane of the chosen level."""
        pixels = self.amounts["grow"]
        self._edit("Shrink", lambda field, plane: shrink(field, plane, pixels))

    def smooth(self) -> None:
        """Rounds the edge of each plane of the chosen level."""
        pixels = self.amounts["smooth"]
        self._edit("Smooth", lambda field, plane: morphology.smooth(field, plane, pixels))

    def fill_holes(self) -> None:
        """Sets what the chosen level surrounds."""
        self._edit("Fill holes of", morphology.fill_holes)

    def remove_specks(self) -> None:
        """Clears the small islands of the chosen level."""
        pixels = self.amounts["specks"]
        self._edit(
            "Clear specks of", lambda field, plane: morphology.remove_specks(field, plane, pixels)
        )

    def invert(self) -> None:
        """Sets the chosen level where it is not set, and clears it where it is."""
        self._edit("Invert", morphology.invert)

    def clear(self) -> None:
        """Clears the chosen planes."""
        self._edit("Clear", morphology.clear)

    def back_to_tracked(self) -> None:
        """Drops what was painted by hand on the chosen planes."""
        self._edit("Back to tracked", morphology.back_to_tracked)

    def snap_to_grid(self) -> None:
        """Fills every VOID cell that the chosen level touches."""
        self._edit("Snap to grid", morphology.to_grid)

    def snap_affected(self) -> None:
        """Fills every VOID cell that *affected* touches, whatever level is chosen."""
        self._edit("Snap to grid", morphology.to_grid, PaintLevel.AFFECTED)

    def copy_from(self, step: int) -> None:
        """Paints the chosen planes as they are ``step`` frames away."""
        session = self._session
        shot, source = session.shot, session.index + step
        if shot is None or not 0 <= source < shot.count:
            return
        taken: list[Field] = []

        def copy(field: Field, plane: Plane) -> None:
            if not taken:
                taken.append(shot.masks.take_copy(source)[1])
            copy_plane(field, taken[0], plane)

        self._edit("Copy", copy)

    def toggle_lock(self) -> None:
        """Locks the frames that the brush goes through, or unlocks them if this one is locked."""
        session = self._session
        shot, frames = session.shot, session.frames.chosen()
        if shot is None:
            return
        lock = not shot.is_locked(session.index)

        def up_to_date() -> None:
            for index in frames:
                if session.background.closing.cancelled:
                    return
                shot.masks.blob(index)

        def done(_: None) -> None:
            if session.shot is shot:
                shot.set_locked(frames, lock)

        session.background.run("Could not lock frames", up_to_date, done, session.failed.emit)

    def _edit(self, verb: str, edit: PlaneEdit, level: PaintLevel | None = None) -> None:
        session = self._session
        if session.shot is None:
            return
        level = level or session.brush.level

        def edit_planes(_: int, field: Field) -> None:
            for plane in level.planes:
                edit(field, plane)

        session.frames.edit(named(verb, level), edit_planes)


def named(verb: str, level: PaintLevel) -> str:
    """An edit of a level as the Edit menu names it."""
    return f"{verb} {'mask' if level is PaintLevel.KEEP else level.value.lower()}"
