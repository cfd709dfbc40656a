"""A mask at the working size becomes one at the plate's size, its edge moved to the picture's."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from void_studio.segment.classical.fields import Window, window_around
from void_studio.segment.classical.regions import softened

_REACH = 3.0  # working pixels around the edge within which it may move
_SOFT = 0.6  # working pixels; a line one pixel wide is still more than half there
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
    part = _scaled(window, mask.shape, rgb.shape[:2])
    picture = rgb[part.slices]
    target = (picture.shape[1], picture.shape[0])
    soft = cv2.resize(softened(mask, _SOFT)[window.slices], target, interpolation=cv2.INTER_LINEAR)
    thin = cv2.resize(_thin(mask)[window.slices], target, interpolation=cv2.INTER_LINEAR)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    radius = max(1, round(_REACH / 2 * rgb.shape[1] / mask.shape[1]))
    sharp = guided(grey, np.asarray(soft, np.float32), radius, _FLATNESS)
    # Only edges move: what is well inside or outside stays, and so does what is all edge.
    return np.where((soft > 0.95) | (soft < 0.05) | (thin > 0), soft, sharp)


def _thin(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """1 on and next to parts of the mask that are narrower than the edge's reach."""
    kernel = np.ones((2 * round(_REACH / 2) + 1,) * 2, np.uint8)
    # Opening treats what is beyond the picture as object: it is not narrow for being cut off.
    flat = cv2.copyMakeBorder(mask.astype(np.uint8), 4, 4, 4, 4, cv2.BORDER_REPLICATE)
    narrow = flat - cv2.morphologyEx(flat, cv2.MORPH_OPEN, kernel)
    wide = cv2.dilate(narrow, np.ones((3, 3), np.uint8))
    return np.asarray(wide[4:-4, 4:-4], np.float32)


def _scaled(window: Window, small: tuple[int, ...], large: tuple[int, ...]) -> Window:
    """The same part of a larger picture."""
    down, across = large[0] / small[0], large[1] / small[1]
    return Window(
        round(window.left * across),
        round(window.top * down),
        round(window.right * across),
        round(window.bottom * down),
    )
