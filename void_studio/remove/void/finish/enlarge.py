"""A model's small picture at the plate's resolution."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.conform import Box, Plan

Floats = NDArray[np.float32]


def enlarged(plan: Plan, model_picture: Floats, region: Box) -> Floats:
    """A rectangle of the plate as the model made it, float32 (h, w, 3), 0 to 1.

    Bicubic where the plate is finer than the model's picture, averaged where it is coarser; pixel
    centres lie where ``conform.picture`` had them, so there is no shift.

    Args:
        model_picture: float32 (height, width, 3) of ``plan.size``.
        region: (x, y, width, height) on the plate, inside ``plan.crop``.
    """
    left, top, width, height = plan.crop
    x, y = region[0] - left, region[1] - top
    # Each direction for itself: OpenCV's averaging makes blocks of a direction that grows.
    finest = (min(width, plan.size[0]), min(height, plan.size[1]))
    if finest != plan.size:
        averaged = cv2.resize(model_picture, finest, interpolation=cv2.INTER_AREA)
        model_picture = np.asarray(averaged, np.float32)
    across, down = finest[0] / width, finest[1] / height
    # Pixel i of the region has its centre at i + 0.5, counted from the edge of the picture.
    to_model = np.array(
        [[across, 0, (x + 0.5) * across - 0.5], [0, down, (y + 0.5) * down - 0.5]], np.float64
    )
    values = cv2.warpAffine(
        model_picture,
        to_model,
        region[2:],
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(np.clip(values, 0.0, 1.0), np.float32)
