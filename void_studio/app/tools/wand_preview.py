"""What the wand would fill, as it is drawn over the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Mask, Rect

Pixels = NDArray[np.uint8]

_PREVIEW_SIDE = 1600  # a preview is for the eye: it needs no more pixels across


@dataclass(frozen=True)
class Preview:
    """What would be filled, drawn.

    Attributes:
        pixels: Premultiplied BGRA of ``box``.
        box: Left, top, right, bottom in plate pixels.
    """

    pixels: Pixels
    box: tuple[float, float, float, float]


def drawn(mask: Mask, size: tuple[int, int], colour: tuple[int, int, int]) -> Preview | None:
    """A mask of the plate, at any resolution, as a tint with an edge; None if it is empty.

    Args:
        size: The plate's (width, height).
        colour: Red, green, blue.
    """
    grey: Pixels = mask.view(np.uint8)
    reduced = _PREVIEW_SIDE / max(grey.shape)
    if reduced < 1:
        width, height = (max(1, round(side * reduced)) for side in grey.shape[::-1])
        grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    box = Rect(*cv2.boundingRect(grey))
    if box.empty:
        return None
    inside = np.pad(grey[box.slices], 1)
    edge = (inside - cv2.erode(inside, np.ones((3, 3), np.uint8)))[1:-1, 1:-1]
    alpha = np.where(edge > 0, 255, np.where(inside[1:-1, 1:-1] > 0, 96, 0)).astype(np.uint16)
    tint = np.array([*colour[::-1], 255], np.uint16)
    pixels = (alpha[..., None] * tint // 255).astype(np.uint8)
    across, down = size[0] / grey.shape[1], size[1] / grey.shape[0]
    place = box.x * across, box.y * down, (box.x + box.width) * across, (box.y + box.height) * down
    return Preview(np.ascontiguousarray(pixels), place)
