"""Where a picture's palette entries belong to the object and where to the background."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.fields import Field, Plane
from void_studio.segment.classical.palette import COLOURS

_CELL = 8  # pixels; the maps are this much coarser than the picture
_GLOBAL_PIXELS = 1.0  # how many pixels nearby outweigh what the whole picture says


def log_odds(probability: Plane, limit: float) -> Plane:
    """Natural log odds of a probability, clipped to plus or minus ``limit``."""
    safe = np.clip(probability, 1e-3, 1 - 1e-3)
    odds: Plane = np.clip(np.log(safe / (1 - safe)), -limit, limit).astype(np.float32)
    return odds


class ColourMaps:
    """For every palette entry, how much of it is object and how much background near each place.

    Near means within ``radius``; where an entry is unknown nearby the whole picture answers. The
    local answer is what tells a grey object from grey background on its other side.
    """

    def __init__(self, entries: NDArray[np.uint8], inside: Plane, trust: Plane, radius: float):
        """Learns from one picture.

        Args:
            entries: (H, W) palette entries.
            inside: (H, W) 0..1, how much a pixel is object.
            trust: (H, W) 0..1, how much of a pixel counts as evidence for the object; background
                always counts in full.
            radius: Reach of "near", pixels.
        """
        height, width = entries.shape
        self._rows, self._columns = -(-height // _CELL), -(-width // _CELL)
        rows = np.arange(height) // _CELL
        columns = np.arange(width) // _CELL
        bins = (rows[:, None] * self._columns + columns[None, :]) * COLOURS + entries
        object_mass = self._masses(bins, inside * trust)
        ground_mass = self._masses(bins, 1 - inside)
        self._share = _shares(object_mass.sum(axis=(0, 1)), ground_mass.sum(axis=(0, 1)))
        reach = max(1, min(round(radius / _CELL), 2 * max(self._rows, self._columns)))
        self._object = _spread(object_mass, reach)
        self._ground = _spread(ground_mass, reach)

    def _masses(self, bins: NDArray[np.intp], weights: Plane) -> Plane:
        count = self._rows * self._columns * COLOURS
        masses = np.bincount(bins.ravel(), weights.ravel().astype(np.float64), count)
        return masses.reshape(self._rows, self._columns, COLOURS).astype(np.float32)

    def probability(self, entries: NDArray[np.uint8], where: Field) -> Plane:
        """How probably each pixel is object, 0..1.

        Args:
            entries: (h, w) palette entries of the pixels asked about.
            where: (h, w, 2) where these pixels are in the picture the maps were learnt from.
        """
        columns = np.clip(where[..., 0] * (1 / _CELL), 0, self._columns - 1).astype(np.intp)
        rows = np.clip(where[..., 1] * (1 / _CELL), 0, self._rows - 1).astype(np.intp)
        cells = (rows * self._columns + columns) * COLOURS + entries
        inside, outside = self._object.ravel()[cells], self._ground.ravel()[cells]
        whole = _GLOBAL_PIXELS * self._share[entries]
        result: Plane = (inside + whole) / (inside + outside + _GLOBAL_PIXELS)
        return result


def _shares(inside: Plane, outside: Plane) -> Plane:
    """For each entry, the probability of object if both were equally large."""
    objects = inside / (inside.sum() + 1e-6) + 1e-4
    grounds = outside / (outside.sum() + 1e-6) + 1e-4
    result: Plane = objects / (objects + grounds)
    return result


def _spread(masses: Plane, reach: int) -> Plane:
    """Each cell's mass averaged over its neighbourhood, twice a box, near enough a Gaussian."""
    out = np.empty_like(masses)
    for first in range(0, masses.shape[2], 4):  # OpenCV's box filter is quick on four channels
        part = np.ascontiguousarray(masses[..., first : first + 4])
        out[..., first : first + 4] = cv2.blur(cv2.blur(part, (reach, reach)), (reach, reach))
    return out
