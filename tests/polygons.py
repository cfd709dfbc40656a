"""Polygons as pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from void_studio.quadmask.bits import Mask
from void_studio.quadmask.brush import Point
from void_studio.quadmask.paint import fill_polygon

_ONES = np.ones(256, np.uint8)


def raster(points: Sequence[Point], size: tuple[int, int]) -> Mask:
    """What a polygon fills on a plate of (width, height): bool (H, W)."""
    pixels = np.zeros((size[1], size[0]), np.uint8)
    fill_polygon(pixels, _ONES, points)
    return pixels.view(np.bool_)
