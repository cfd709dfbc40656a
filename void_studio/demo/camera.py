"""A pinhole camera on a tripod: world points to pixels, pixels to rays.

World axes: x to the right, y up from the table top, z away from the camera. A unit is some 12 cm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POSITION = (0.35, 3.35, -9.6)
TARGET = (0.35, 0.78, 0.35)
FIELD_WIDTH = 1.06  # the width of the picture at distance 1


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from.

    Attributes:
        size: Width and height of the picture, in pixels.
        position: (3,) in world units.
        axes: (3, 3), the world directions of the picture's right, down and forward.
        focal: Focal length in pixels.
    """

    size: tuple[int, int]
    position: Floats
    axes: Floats
    focal: float

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixel positions (..., 2) and depths (...) of world points (..., 3)."""
        seen = (points - self.position) @ self.axes.T
        depth = seen[..., 2]
        centre = np.array([self.size[0] / 2, self.size[1] / 2])
        pixels = seen[..., :2] * (self.focal / depth[..., None]) + centre
        return pixels.astype(np.float32), depth.astype(np.float32)

    def rays(self, x: int, y: int, width: int, height: int, samples: int) -> Floats:
        """Unit directions through a rectangle of pixels, each cut into samples x samples.

        Returns:
            (height * samples, width * samples, 3) float32.
        """
        across = (x + (np.arange(width * samples) + 0.5) / samples - self.size[0] / 2) / self.focal
        down = (y + (np.arange(height * samples) + 0.5) / samples - self.size[1] / 2) / self.focal
        right, below, forward = self.axes
        rays = (
            across.astype(np.float32)[None, :, None] * right
            + down.astype(np.float32)[:, None, None] * below
            + forward
        )
        return unit(rays)


def along(vectors: Floats, axes: Floats) -> Floats:
    """``vectors`` (N, 3) measured along the columns of ``axes`` (3, 3), i.e. their product.

    Column by column, because BLAS takes thirty times as long over so thin a matrix product.
    """
    columns = [vectors @ np.ascontiguousarray(axis) for axis in axes.T]
    return np.asarray(np.stack(columns, axis=-1), np.float32)


def unit(vectors: Floats) -> Floats:
    """``vectors`` (..., 3) scaled to length 1."""
    length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return np.asarray(vectors / length[..., None], np.float32)


def tripod(size: tuple[int, int]) -> Camera:
    """The camera of the scene for a picture of ``size``."""
    position = np.array(POSITION, np.float32)
    forward = unit(np.array(TARGET, np.float32) - position)
    right = unit(np.cross(np.array([0, 1, 0], np.float32), forward))
    axes = np.stack([right, -np.cross(forward, right), forward]).astype(np.float32)
    return Camera(size, position, axes, size[0] / FIELD_WIDTH)
