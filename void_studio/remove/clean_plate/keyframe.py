"""A frame that others are compared with: how much of it, moved, looks like them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import Matrix, moved_crop, scaling
from void_studio.remove.clean_plate.points import TILES, Gray, Points

ALIKE = 5.0
"""8-bit levels within which pixels of quarter-size pictures look alike."""


@dataclass
class KeyFrame:
    """A frame others are followed from: its picture, what is free, its points and motions."""

    work: Gray
    free: NDArray[np.uint8]
    points: Points
    translation: Matrix
    plane: Matrix

    def votes(
        self, other: Gray, free: NDArray[np.uint8], first: Matrix, second: Matrix
    ) -> tuple[int, int]:
        """How many parts of the picture look clearly better under each of two motions."""
        apart = [self._difference(other, free, motion) for motion in (first, second)]
        both = (apart[0] >= 0) & (apart[1] >= 0)
        means = [_tile_means(np.where(both, a, 0.0), both) for a in apart]
        clear = np.abs(means[0] - means[1]) > np.maximum(0.15 * np.maximum(*means), 0.25)
        return (
            int(np.count_nonzero(clear & (means[0] < means[1]))),
            int(np.count_nonzero(clear & (means[1] < means[0]))),
        )

    def agreement(self, other: Gray, free: NDArray[np.uint8], motion: Matrix) -> float:
        """The share of the free pixels that look alike once this frame is moved by ``motion``."""
        apart = self._difference(other, free, motion)
        both = apart >= 0
        return float(np.mean(apart[both] <= ALIKE)) if both.any() else 0.0

    def _difference(
        self, other: Gray, free: NDArray[np.uint8], motion: Matrix
    ) -> NDArray[np.float32]:
        """Differences in levels on quarter-size pictures, brightness changes all over taken out.

        -1 where one of the frames shows no background.
        """
        height, width = other.shape
        size = (max(1, width // 4), max(1, height // 4))
        to_small = scaling(size[0] / width, size[1] / height)
        motion = to_small @ motion @ np.linalg.inv(to_small)
        box = (0, 0, *size)
        there = _quarter(other, size).astype(np.float32)
        covered = moved_crop(
            255 - _quarter(self.free, size), motion, box, outside=255, sampling="touch"
        )
        both = (covered == 0) & (_quarter(free, size) == 255)
        if np.count_nonzero(both) < 16:
            return np.full(there.shape, -1.0, np.float32)
        seen = moved_crop(_quarter(self.work, size), motion, box).astype(np.float32)
        seen = seen * (there[both].mean() / max(1.0, float(seen[both].mean())))
        return np.where(both, np.abs(there - seen), np.float32(-1.0))


def _tile_means(values: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Means over the parts of the picture that points are taken from; 0 where nothing is valid."""
    total = cv2.resize(values, TILES, interpolation=cv2.INTER_AREA)
    share = cv2.resize(valid.astype(np.float32), TILES, interpolation=cv2.INTER_AREA)
    return np.asarray(np.where(share > 0.2, total / np.maximum(share, 1e-6), 0.0), np.float32)


def _quarter(picture: Gray, size: tuple[int, int]) -> Gray:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
