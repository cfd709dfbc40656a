"""Where the plate has the colour of one of its pixels, found off the window's thread."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Mask, Rect
from void_studio.quadmask.paint import fill_mask
from void_studio.quadmask.wand import alike

if TYPE_CHECKING:
    from void_studio.shot.shot import Shot

Pixels = NDArray[np.uint8]

MOST = 100
"""The largest tolerance: every colour is alike."""


class FullFrame:
    """A frame of the plate at full resolution, read when it is first asked for; on any thread."""

    def __init__(self, shot: Shot, index: int) -> None:
        self.shot = shot
        self.index = index
        self._lock = threading.Lock()
        self._picture: Pixels | None = None

    @property
    def ready(self) -> Pixels | None:
        """RGB uint8 (H, W, 3) if it was read."""
        return self._picture

    def read(self) -> Pixels:
        """The same, waiting for it.

        Raises:
            VoidError: the plate cannot be read.
        """
        with self._lock:
            if self._picture is None:
                with self.shot.open_plate() as plate:
                    self._picture = plate.read_rgb8(self.index)
            return self._picture


class Flood:
    """A fill as it is worked out, off the window's thread, from the plate at full resolution."""

    def __init__(
        self,
        frame: FullFrame,
        at: tuple[float, float],
        tolerance: int,
        contiguous: bool,
        table: Pixels,
    ) -> None:
        """``at`` is in plate pixels, ``tolerance`` 0 to ``MOST``; ``table`` is what is set."""
        self._frame = frame
        self._at = at
        self._tolerance = tolerance
        self._contiguous = contiguous
        self._table = table

    def __call__(self, index: int, field: Pixels) -> Rect:
        """Fills the field of any frame of the shot in place."""
        mask, place = self._cut
        return fill_mask(field, self._table, mask, (place.x, place.y))

    @cached_property
    def _cut(self) -> tuple[Mask, Rect]:
        mask = found_in(
            self._frame.read(), self._frame, self._at, self._tolerance, self._contiguous
        )
        box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
        return mask[box.slices].copy(), box


def found_in(
    picture: Pixels, frame: FullFrame, at: tuple[float, float], tolerance: int, contiguous: bool
) -> Mask:
    """What is alike in a picture of the plate of any resolution: bool of its size."""
    height, width = picture.shape[:2]
    plate_width, plate_height = frame.shot.size
    x = min(width - 1, int(at[0] * width / plate_width))
    y = min(height - 1, int(at[1] * height / plate_height))
    return alike(picture, (x, y), round(tolerance * 255 / MOST), contiguous)
