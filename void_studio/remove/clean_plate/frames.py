"""The few frames a removal holds at a time, cut to what can be needed of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.remove.composite import grown, matte_of
from void_studio.remove.protocol import Picture, RemoveRequest

Box = tuple[int, int, int, int]
Mask = NDArray[np.bool_]


class Mattes:
    """The mattes of a request by plate index, and what must not be taken for background.

    Attributes:
        untrusted: Small 0/255 masks of what is uncovered but no background; see ``trust``.
    """

    def __init__(self, request: RemoveRequest, size: tuple[int, int], grow: int) -> None:
        """
        Args:
            grow: Pixels around a matte that may be soiled by what it holds.
        """
        self._quadmask = request.quadmask
        self._shape = (size[1], size[0])
        self._grow = grow
        self.untrusted: dict[int, NDArray[np.uint8]] = {}

    def marked(self, index: int) -> Mask | None:
        """What the quadmask marks, not grown; None where nothing is.

        Raises:
            VoidError: the mask is not of the plate's size.
        """
        levels = self._quadmask(index)
        if levels is None:
            return None
        if levels.shape != self._shape:
            raise VoidError(
                f"The quadmask of frame {index} does not fit the plate",
                f"It is {levels.shape[1]}x{levels.shape[0]}, the plate "
                f"{self._shape[1]}x{self._shape[0]}",
                "Make the mask on this plate, or import it again",
            )
        matte = matte_of(levels)
        return matte if matte.any() else None

    def covered(self, index: int) -> Mask | None:
        """What must not be taken from this frame as background; None for nothing."""
        marked = self.marked(index)
        covered = None if marked is None else self.grown(marked)
        if index in self.untrusted:
            size = (self._shape[1], self._shape[0])
            large = cv2.resize(self.untrusted[index], size, interpolation=cv2.INTER_NEAREST) > 0
            covered = large if covered is None else covered | large
        return covered

    def grown(self, marked: Mask) -> Mask:
        """A marked region with all that may be soiled by what it holds."""
        return grown(marked, self._grow)


class FrameWindow:
    """Pictures and covered masks of the frames near the playhead, cut to one box.

    Frames are read once while the window only moves forward, and held until they leave it.
    """

    def __init__(self, read: Callable[[int], Picture], mattes: Mattes, box: Box) -> None:
        self._read = read
        self._mattes = mattes
        self.box = box
        self._pictures: dict[int, Picture] = {}
        self._covered: dict[int, NDArray[np.uint8]] = {}

    def keep(self, first: int, last: int) -> None:
        """Lets go of the frames outside first..last and reads those inside, in order."""
        for held in list(self._pictures):
            if not first <= held <= last:
                del self._pictures[held], self._covered[held]
        for index in range(first, last + 1):
            if index not in self._pictures:
                self._pictures[index] = self._cut(self._read(index))
                covered = self._mattes.covered(index)
                if covered is None:
                    covered = np.zeros(self._pictures[index].shape[:2], bool)
                else:
                    covered = self._cut(covered)
                self._covered[index] = covered.view(np.uint8) * np.uint8(255)

    def picture(self, index: int) -> Picture:
        return self._pictures[index]

    def covered(self, index: int) -> NDArray[np.uint8]:
        """0/255 (h, w): what must not be taken from this frame as background."""
        return self._covered[index]

    def _cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        x, y, width, height = self.box
        return np.ascontiguousarray(plane[y : y + height, x : x + width])
