"""What VOID gets to see of one frame: the picture and the mask levels at the model's own size.

All of the picture that is given is squeezed to ``MODEL_SIZE``, its aspect ratio not kept; whoever
wants a crop cuts it out first. Formulas and constants are those of VOID's released loader
(``get_video_mask_input``) and pipeline, commit 66e9c0e, unless it is said that they are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import (
    LEVELS,
    TRACKED_AFFECTED,
    TRACKED_REMOVE,
    Bytes,
    Plane,
    apply_table,
    field_from_planes,
    plane_table,
)
from void_studio.quadmask.levels import SNAP

Floats = NDArray[np.float32]

MODEL_SIZE = (672, 384)
"""Width and height in pixels that the released settings run at."""

HALF = np.float32(127.5)
"""Of a plane whose pixels are 0 or 255: half a pixel is covered."""


class Pass(Enum):
    """One of the two networks."""

    ONE = 1
    TWO = 2


class Shrinking(Enum):
    """How the mask comes down to the model's size.

    Attributes:
        AS_RELEASED: The grey levels are averaged and snapped afterwards, so that an edge between
            remove (0) and keep (255) grows a false rim of 63 and 127.
        PER_PLANE: *Remove* and *affected* are averaged apart, and a pixel is set where at least
            half of it is covered: no rim. VOID itself does not do this.
    """

    AS_RELEASED = "as released"
    PER_PLANE = "per plane"


@dataclass(frozen=True)
class Sight:
    """One frame at the model's size.

    Attributes:
        picture: float32 (height, width, 3), RGB, 0 to 1.
        levels: uint8 (height, width), grey levels 0, 63, 127 and 255 as files have them.
    """

    picture: Floats
    levels: Bytes

    @classmethod
    def of(
        cls,
        picture: Bytes,
        field: Bytes,
        shrinking: Shrinking = Shrinking.AS_RELEASED,
        size: tuple[int, int] = MODEL_SIZE,
    ) -> Sight:
        """What the model sees of a plate picture uint8 (h, w, 3) and its mask field uint8 (H, W).

        Picture and field show the same, and may differ in resolution. ``size`` is (width, height).
        """
        return cls(seen_picture(picture, size), seen_levels(field, shrinking, size))


def seen_picture(picture: Bytes, size: tuple[int, int] = MODEL_SIZE) -> Floats:
    """RGB uint8 (h, w, 3) as float32 (height, width, 3), 0 to 1, of ``size`` (width, height)."""
    return area_average(picture, size) / np.float32(255)


def seen_levels(field: Bytes, shrinking: Shrinking, size: tuple[int, int] = MODEL_SIZE) -> Bytes:
    """The levels of a mask field uint8 (H, W) at ``size`` (width, height), as files have them."""
    if shrinking is Shrinking.AS_RELEASED:
        return as_released(apply_table(field, LEVELS), size)
    remove, affected = (
        area_average(apply_table(field, plane_table(plane) * np.uint8(255)), size) >= HALF
        for plane in Plane
    )
    return apply_table(field_from_planes(remove, affected), LEVELS)


def as_released(greys: Bytes, size: tuple[int, int] = MODEL_SIZE) -> Bytes:
    """Greys uint8 (H, W) averaged to ``size`` (width, height) and snapped to the four levels.

    The loader snaps what it averaged: <= 31 to 0, <= 95 to 63, <= 191 to 127, else 255. Averages
    lie between whole greys, so they are rounded up first: the thresholds are whole.
    """
    return apply_table(np.ceil(area_average(greys, size)).astype(np.uint8), SNAP)


def condition(levels: Bytes) -> Floats:
    """The mask as VOID's loader hands it on, float32: 1 remove, 192/255 both, 128/255 affected."""
    return (np.uint8(255) - levels).astype(np.float32) / np.float32(255)


def quantised(mask: Floats, which: Pass) -> Floats:
    """A loaded mask as the pipeline of a pass quantises it, float32.

    Pass 1 runs with ``use_trimask``: above 0.75 is 1, below 0.25 is 0, between is 127/255. Pass 2
    runs without: above 0.5 is 1, else 0.
    """
    if which is Pass.TWO:
        return (mask > np.float32(0.5)).astype(np.float32)
    between = np.where(mask < np.float32(0.25), np.float32(0), np.float32(127 / 255))
    return np.where(mask > np.float32(0.75), np.float32(1), between).astype(np.float32)


def encoded(levels: Bytes, which: Pass) -> Floats:
    """What the VAE encodes as the mask of a pass, float32 like ``levels``, 0 remove to 1 keep.

    Pass 1 receives 0, 128/255 and 1, Pass 2 only 0 and 1; the VAE gets it on three channels.
    """
    return np.float32(1) - quantised(condition(levels), which)


def _taken_for(which: Pass) -> Bytes:
    seen = encoded(np.arange(256, dtype=np.uint8), which)
    bits = np.select([seen == 0, seen == 1], [TRACKED_REMOVE, 0], TRACKED_AFFECTED)
    return bits.astype(np.uint8)


_TAKEN_FOR = {which: _taken_for(which) for which in Pass}


def received(levels: Bytes, which: Pass) -> Bytes:
    """A mask field uint8, like ``levels``, of what a pass takes each pixel for.

    *Both* is *remove* for both passes, and *affected* is *remove* for Pass 2.
    """
    return apply_table(levels, _TAKEN_FOR[which])


def area_average(image: Bytes, size: tuple[int, int]) -> Floats:
    """Averages over the pixels under each pixel of ``size`` (width, height), as torch does it.

    Pixel i of n covers rows floor(i H / n) to ceil((i + 1) H / n), and columns likewise
    (``adaptive_avg_pool2d``); the sums are exact, the division float32 as there.

    Args:
        image: uint8 (H, W) or (H, W, 3).

    Returns:
        float32 (height, width) or (height, width, 3), 0 to 255.
    """
    width, height = size
    planes = image.reshape(*image.shape[:2], -1)
    tops, bottoms = _bins(planes.shape[0], height)
    lefts, rights = _bins(planes.shape[1], width)
    until = np.zeros((height, planes.shape[1] + 1, planes.shape[2]), np.int32)
    for row, top, bottom in zip(until, tops, bottoms, strict=True):
        rows = planes[top:bottom].reshape(bottom - top, -1)
        column_sums = cv2.reduce(rows, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
        np.cumsum(column_sums.reshape(planes.shape[1:]), axis=0, out=row[1:])
    sums = (until[:, rights] - until[:, lefts]).astype(np.float32)
    high = (bottoms - tops).astype(np.float32)[:, None, None]
    wide = (rights - lefts).astype(np.float32)[:, None]
    averages: Floats = sums / high / wide
    return averages.reshape(height, width, *image.shape[2:])


def _bins(count: int, parts: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each of ``parts`` begins and ends along ``count`` pixels; they may share one."""
    place = np.arange(parts, dtype=np.int64)
    return place * count // parts, -(-(place + 1) * count // parts)
