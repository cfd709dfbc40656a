"""Filling what no frame shows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken
from void_studio.remove.protocol import Picture


def inpaint(
    picture: Picture,
    hole: NDArray[np.bool_],
    known: NDArray[np.bool_],
    cancel: CancelToken,
) -> Picture:
    """``picture`` with ``hole`` filled."""
    planes = [
        cv2.inpaint(
            np.ascontiguousarray(picture[..., c]), hole.astype(np.uint8), 5, cv2.INPAINT_TELEA
        )
        for c in range(3)
    ]
    return np.stack(planes, axis=2)
