"""A mask at the working size becomes one at the plate's size, its edge moved to the picture's."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from void_studio.segment.classical.fields import Window, window_around
from void_studio.segment.classical.regions import softened

_REACH = 3.0  # working pixels around the edge within which it may move
_FLATNESS = 25.0  # variance of lightness below which the picture has no edge to offer


def guided(
    guide: NDArray[np.float32], plane: NDArray[np.float32], radius: int, flatness: float
) -> NDArray[np.float32]:
    """The plane as a local linear function of the guide (He et al., ECCV 2010)."""
    size = (2 * radius + 1, 2 * radius + 1)
    mean_guide, mean_plane = cv2.blur(guide, size), cv2.blur(plane, size)
    variance = cv2.blur(guide * guide, size) - mean_guide * mean_guide
    together = cv2.blur(guide * plane, size) - mean_guide * mean_plane
    slope = together / (variance + flatness)
    offset = mean_plane - slope * mean_guide
    return np.asarray(cv2.blur(slope, size) * guide + cv2.blur(offset, size), np.float32)


def lifted(
    mask: NDArray[np.bool_], rgb: NDArray[np.uint8], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """The mask over the plate.

    Args:
        mask: (h, w) at the working size.
        rgb: (H, W, 3) the frame, larger than the mask.
        size: The plate's (width, height).

    Returns:
        (height, width) bool.
    """
    width, height = size
    whole = np.zeros((height, width), bool)
    window = window_around(mask, 8)
    if window is None:
        return whole
    alpha: MatLike = _refined(mask, rgb, window)
    left, top, right, bottom = _scaled(window, mask.shape, (height, width))
    alpha = cv2.resize(alpha, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    whole[top:bottom, left:right] = alpha > 0.5
    return whole


def _refined(
    mask: NDArray[np.bool_], rgb: NDArray[np.uint8], window: Window
) -> NDArray[np.float32]:
    soft: MatLike = softened(mask, 1.0)[window.slices]
    part = _scaled(window, mask.shape, rgb.shape[:2])
    picture = rgb[part.slices]
    target = (picture.shape[1], picture.shape[0])
    soft = cv2.resize(soft, target, interpolation=cv2.INTER_LINEAR)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = rgb.shape[1] / mask.shape[1]
    radius = max(1, round(_REACH * scale / 2))
    sharp = guided(np.asarray(grey, np.float32), np.asarray(soft, np.float32), radius, _FLATNESS)
    # Only the edge moves: what is well inside or outside stays.
    sharp[soft > 0.95] = 1.0
    sharp[soft < 0.05] = 0.0
    return sharp


def _scaled(window: Window, small: tuple[int, ...], large: tuple[int, ...]) -> Window:
    """The same part of a larger picture."""
    down, across = large[0] / small[0], large[1] / small[1]
    return Window(
        round(window.left * across),
        round(window.top * down),
        round(window.right * across),
        round(window.bottom * down),
    )
