"""What the background looked like when it was last seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.fields import Field, Plane, Window, is_inside, look_up, positions
from void_studio.segment.classical.motion import UNKNOWN, difference
from void_studio.segment.classical.view import View

_CLEAR = np.ones((7, 7), np.uint8)  # pixels this close to the object are not learnt


class GroundMemory:
    """The last seen background of every pixel, moved along with the background.

    What comes back from behind the object is recognised by it.
    """

    def __init__(self, view: View, mask: NDArray[np.bool_]) -> None:
        self._lab = np.zeros_like(view.lab)
        self._known = np.zeros(view.shape, np.float32)
        self._learn(view, mask, Window(0, 0, view.shape[1], view.shape[0]))

    def _learn(self, view: View, mask: NDArray[np.bool_], window: Window) -> None:
        part = window.slices
        ground = (cv2.dilate(mask.astype(np.uint8), _CLEAR) == 0)[part]
        self._lab[part][ground] = view.lab[part][ground]
        self._known[part][ground] = 1.0

    def move(self, ground: Field, window: Window) -> None:
        """Follows the background to the next frame; ``ground`` leads from there back to here."""
        where = positions(window) + ground
        inside = is_inside(where, self._known.shape)
        lab, known = look_up(self._lab, where), look_up(self._known, where) * inside
        self._lab[window.slices] = lab
        self._known[window.slices] = known

    def differences(self, view: View, window: Window) -> Plane:
        """How unlike the remembered background each pixel is; UNKNOWN where none was seen."""
        part = window.slices
        unlike = difference(view.lab[part], self._lab[part])
        return np.where(self._known[part] > 0.9, unlike, np.float32(UNKNOWN))

    def learn(self, view: View, mask: NDArray[np.bool_], window: Window) -> None:
        """Takes the background of a frame whose mask is now known."""
        self._learn(view, mask, window)
