"""A hand edit carried to the frames before or after it along with the picture's motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from void_studio.app.edits import named
from void_studio.app.frame_tasks import Enough
from void_studio.app.tools.level import PaintLevel
from void_studio.media.plate import Plate
from void_studio.quadmask.bits import Mask, Plane, Rect, paint_table
from void_studio.quadmask.flow import ENOUGH_TRUST, Carrier, grey_of, working_size
from void_studio.quadmask.packing import pack, unpack_into
from void_studio.quadmask.paint import fill_mask
from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session

Field = NDArray[np.uint8]


class Propagate:
    """Carries what is painted by hand on the current frame: what was set and what was cleared.

    To the next frame, which is then shown; or, when the brush goes through frames, to all of them
    on that side. Pixels of a frame that are painted by hand already stay. It stops where the motion
    there and back no longer agree. Of two that are asked for the later counts.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._running = ""

    def go(self, step: int) -> None:
        """Goes forward, 1, or backward, -1."""
        session = self._session
        shot, index, level = session.shot, session.index, session.brush.level
        if shot is None:
            return
        chosen = [frame for frame in session.frames.chosen() if (frame - index) * step > 0]
        frames = chosen or [index + step]
        if not 0 <= frames[0] < shot.count:
            return
        session.frames.cancel(self._running, quietly=True)
        name = f"{named('Propagate', level)} ({session.frames.where(frames)})"
        show = None if chosen else (lambda: self._show(shot, index, frames[0]))
        carried = Carried(shot, index, level)
        self._running = session.frames.spread(name, frames, carried, None, show, carried.close)

    def _show(self, shot: Shot, index: int, target: int) -> None:
        """Goes to the frame that was made, unless the artist went elsewhere."""
        if self._session.shot is shot and self._session.index == index:
            self._session.set_index(target)


class Carried:
    """The edit of a frame that paints what was painted on another one, on any thread.

    Frames are asked for in order of their distance from ``source``; one asked for again gets the
    same.
    """

    def __init__(self, shot: Shot, source: int, level: PaintLevel) -> None:
        self._shot = shot
        self._source = source
        self._level = level
        self._carrier: Carrier | None = None
        self._painted: list[tuple[Plane, bool, Mask]] = []
        self._reached = source
        self._plate: Plate | None = None
        self._made: dict[int, tuple[Rect, list[bytes]]] = {}

    def __call__(self, index: int, field: Field) -> None:
        if index not in self._made:
            # A frame may have been left out in between: the motion goes through it all the same.
            step = 1 if index > self._source else -1
            for frame in range(self._reached + step, index + step, step):
                self._step(frame)
            assert self._carrier is not None
            rect, masks = self._carrier.carry([mask for _, _, mask in self._painted])
            self._made[index] = rect, [pack(mask) for mask in masks]
        rect, packed = self._made[index]
        region = np.ascontiguousarray(field[rect.slices])
        for (plane, value, _), blob in zip(self._painted, packed, strict=True):
            mask = np.empty(region.shape, np.bool_)
            unpack_into(blob, mask.view(np.uint8))
            free = (field[rect.slices] & plane.is_painted_bit) == 0
            fill_mask(region, paint_table(plane, value), mask & free)
        field[rect.slices] = region

    def close(self) -> None:
        """Lets go of the plate, on the thread that made the frames."""
        if self._plate is not None:
            self._plate.close()
            self._plate = None

    def _step(self, frame: int) -> None:
        size = working_size(self._shot.size)
        if self._plate is None:
            self._plate = self._shot.open_plate()
        if self._carrier is None:
            picture = grey_of(self._plate.read_rgb8(self._source, size))
            self._carrier = Carrier(self._take(), picture)
        self._carrier.step(grey_of(self._plate.read_rgb8(frame, size)))
        self._reached = frame
        if self._carrier.trust < ENOUGH_TRUST:
            numbers = self._shot.number(frame), round(self._carrier.trust * 100)
            raise Enough(
                "Propagating ends before frame {}: only {} % of the motion there is sure".format(
                    *numbers
                )
            )

    def _take(self) -> Mask:
        """Reads what is painted, and returns all of it as one mask."""
        _, field = self._shot.masks.take_copy(self._source)
        for plane in self._level.planes:
            painted = (field & plane.is_painted_bit) != 0
            on = (field & plane.painted_bit) != 0
            self._painted += [(plane, True, on), (plane, False, painted & ~on)]
        whole: Mask = np.logical_or.reduce([mask for _, _, mask in self._painted])
        if not whole.any():
            what = self._level.value.lower()
            raise Enough(f"Nothing of {what} is painted by hand on this frame to propagate")
        return whole
