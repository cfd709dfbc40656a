"""Which pixels of a picture have the colour of one of them."""

from __future__ import annotations

import cv2
import numpy as np

from void_studio.quadmask.bits import Bytes, Mask


def alike(picture: Bytes, at: tuple[int, int], tolerance: int, contiguous: bool) -> Mask:
    """The pixels of which no channel differs by more than ``tolerance`` from the pixel ``at``.

    Args:
        picture: uint8 (H, W, 3).
        at: (x, y) of a pixel.
        tolerance: 0 to 255 code values.
        contiguous: Only those that can be reached from ``at`` over sides of such pixels.

    Returns:
        bool (H, W).

    Raises:
        IndexError: ``at`` is outside the picture.
    """
    height, width = picture.shape[:2]
    x, y = at
    if not (0 <= x < width and 0 <= y < height):
        raise IndexError(f"pixel {at} of a picture of {width} x {height}")
    if not contiguous:
        colour = picture[y, x].astype(int)
        low, high = (np.clip(colour + far, 0, 255) for far in (-tolerance, tolerance))
        same: Mask = cv2.inRange(picture, low, high) != 0
        return same
    # floodFill wants a border of one pixel around its mask.
    reached = np.zeros((height + 2, width + 2), np.uint8)
    margin = (float(tolerance),) * 3
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    # With MASK_ONLY the picture is read alone, but a read-only array is refused all the same.
    source = picture if picture.flags.writeable else picture.copy()
    cv2.floodFill(source, reached, (x, y), 0, margin, margin, flags)
    return np.ascontiguousarray(reached[1:-1, 1:-1]).view(np.bool_)
