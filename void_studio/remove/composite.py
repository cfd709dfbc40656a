"""Matte to alpha, refilled picture to patch; outside alpha the plate is untouched."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.protocol import Patch, Picture

Alpha = NDArray[np.float32]

KEEP = 255

LEAST_DIFFERENCE = 3.0
"""8-bit levels, averaged over a few pixels, below which an object is not said to show."""


def largest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest channel of (..., 3); many times faster than ``max`` over so short an axis."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])


def average(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the channels of (..., 3); many times faster than ``mean``."""
    return (values[..., 0] + values[..., 1] + values[..., 2]) * np.float32(1.0 / 3.0)


def matte_of(levels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What is refilled: *remove* or *affected*, i.e. every level but keep; bool (H, W)."""
    return np.asarray(levels != KEEP)


def grown(matte: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """``matte`` dilated by a disc of radius ``pixels``."""
    box = bounding_box(matte)
    if pixels <= 0 or box is None:
        return matte
    left, top = max(0, box[0] - pixels), max(0, box[1] - pixels)
    near = np.s_[top : box[1] + box[3] + pixels, left : box[0] + box[2] + pixels]
    result = np.zeros_like(matte)
    result[near] = outside_distance(matte[near]) <= pixels
    return result


def outside_distance(matte: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance of every pixel to the matte in pixels, 0 inside; float32 (H, W).

    The matte must not be empty.
    """
    distance = cv2.distanceTransform((~matte).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance, np.float32)


def feathered_alpha(matte: NDArray[np.bool_], grow: int, feather: float) -> Alpha:
    """Alpha of a patch: float32 (H, W), 0 to 1.

    1 on the matte and on the ring grown around it, falling over the last ``feather`` pixels of the
    ring to 0 at more than ``grow`` pixels from the matte. The feather lies wholly in the ring (it
    is cut to ``grow``), because alpha below 1 on the matte would let the removed object through.
    With ``grow`` 0 alpha is the matte itself.
    """
    if grow <= 0 or not matte.any():
        return matte.astype(np.float32)
    distance = outside_distance(matte)
    width = min(float(feather), float(grow)) + 1.0
    alpha = np.clip((grow + 1.0 - distance) / width, 0.0, 1.0).astype(np.float32)
    alpha[distance > grow] = 0.0
    return np.asarray(alpha)


def difference_alpha(
    plate: Picture, filled: Picture, marked: NDArray[np.bool_], noise: float
) -> Alpha:
    """How much a ring around ``marked`` needs its filling: float32 (H, W), 0 to 1.

    0 where plate and filling agree within the noise, so that around an exact mask nothing changes;
    1 where they clearly differ, because the removed object still shows there.

    Args:
        plate, filled: (H, W, 3) of one dtype.
        noise: How far they typically are apart where nothing was removed, in 8-bit levels.
    """
    unit = np.iinfo(plate.dtype).max / 255.0
    apart = largest(np.abs(plate.astype(np.float32) - filled)) / np.float32(unit)
    outside = (~marked).astype(np.float32)
    # Averaged over what lies outside only: the object itself says nothing about its ring.
    weight = cv2.GaussianBlur(outside, (0, 0), 1.0)
    apart = cv2.GaussianBlur(apart * outside, (0, 0), 1.0) / np.maximum(weight, 1e-6)
    low = max(LEAST_DIFFERENCE, 2.0 * noise)
    needed = np.clip((apart - low) / low, 0.0, 1.0).astype(np.float32)
    return np.asarray(cv2.dilate(needed, np.ones((5, 5), np.uint8)), np.float32)


def bounding_box(mask: NDArray[Any]) -> tuple[int, int, int, int] | None:
    """(x, y, width, height) of the non-zero pixels; None where there are none."""
    x, y, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    return (x, y, width, height) if width else None


def make_patch(
    index: int, origin: tuple[int, int], rgb: Picture, alpha: NDArray[np.float32]
) -> Patch:
    """The patch of ``rgb`` (h, w, 3) with ``alpha`` (h, w) 0..1, both at ``origin`` (x, y)."""
    full = np.iinfo(rgb.dtype).max
    rgba = np.empty((*rgb.shape[:2], 4), rgb.dtype)
    rgba[..., :3] = rgb
    rgba[..., 3] = np.rint(alpha * np.float32(full)).astype(rgb.dtype)
    rgba[rgba[..., 3] == 0] = 0
    return Patch(index, origin[0], origin[1], rgba)


def trimmed(patch: Patch) -> Patch:
    """The patch without the empty border of its box."""
    box = bounding_box(patch.rgba[..., 3] > 0)
    if box is None:
        return patch
    x, y, width, height = box
    rgba = np.ascontiguousarray(patch.rgba[y : y + height, x : x + width])
    return Patch(patch.index, patch.x + x, patch.y + y, rgba)


def apply_patch(plate: Picture, patch: Patch) -> Picture:
    """A copy of ``plate`` with ``patch`` over it: exact at full alpha, untouched where it is 0.

    plate*(1-a) + patch*a, rounded to nearest in integers; the dtypes must be the same.
    """
    result = plate.copy()
    height, width = patch.rgba.shape[:2]
    region = result[patch.y : patch.y + height, patch.x : patch.x + width]
    full = np.int64(np.iinfo(plate.dtype).max)
    alpha = patch.rgba[..., 3:].astype(np.int64)
    mixed = region * (full - alpha) + patch.rgba[..., :3] * alpha
    region[...] = ((mixed + full // 2) // full).astype(plate.dtype)
    return result
