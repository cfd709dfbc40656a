"""Which uncovered pixels are background, and which are something else that passed by.

A hand in front of a glass is cut out of the glass's matte: for a moment the matte opens, but what
shows there is the hand. So what is uncovered only briefly between two covered moments is taken as
background only if it is at rest, and never if it shows on a single frame (a matte that flickers).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import Matrix, moved_crop
from void_studio.remove.clean_plate.plan import Coverage

Plane = NDArray[np.uint8]

BRIEF = 12
"""Frames; half a second to a second."""

LEAST_CHANGE = 5.0
"""8-bit levels by which a small picture must change to count as moving."""


def changed(before: Plane, after: Plane, motion: Matrix) -> Plane:
    """Where ``after`` differs from ``before`` moved by ``motion``: 0/255, small gray pictures."""
    height, width = after.shape
    there = moved_crop(before, motion, (0, 0, width, height))
    # A change of brightness all over is no motion.
    gain = float(after.mean()) / max(1.0, float(there.mean()))
    difference = np.abs(after.astype(np.float32) - there.astype(np.float32) * np.float32(gain))
    noise = 1.4826 * float(np.median(difference))
    moving = (difference > max(LEAST_CHANGE, 5.0 * noise)).astype(np.uint8)
    return np.asarray(cv2.dilate(moving, np.ones((3, 3), np.uint8)) * np.uint8(255), np.uint8)


def passing(coverage: Coverage, moving: dict[int, Plane]) -> dict[int, Plane]:
    """The uncovered pixels of each frame that are not to be trusted: small 0/255 masks.

    Args:
        moving: ``changed`` of the scene's frames against the frame before, by plate index.
    """
    scene = coverage.scene
    frames = range(scene.first, scene.last + 1)
    since = _ages(coverage, list(frames))
    until = _ages(coverage, list(reversed(frames)))
    result: dict[int, Plane] = {}
    for index in frames:
        length = since[index].astype(np.int16) + until[index] - 1
        uncovered = coverage.mask(index) == 0
        doubtful = uncovered & (length <= BRIEF)
        if not doubtful.any():
            continue
        moves = np.zeros(doubtful.shape, bool)
        for other in (index, index + 1):
            if other in moving:
                moves |= moving[other] > 0
        doubtful &= moves | (length <= 1)
        if doubtful.any():
            # Small masks cover more than large ones; the sliver between must not be left over.
            plane = np.where(doubtful, 255, 0).astype(np.uint8)
            result[index] = np.asarray(cv2.dilate(plane, np.ones((3, 3), np.uint8)), np.uint8)
    return result


def _ages(coverage: Coverage, order: list[int]) -> dict[int, Plane]:
    """Frames since each pixel was last covered, 0 where it is; more than ``BRIEF`` is all one."""
    box = (0, 0, *coverage.small)
    age = np.full((box[3], box[2]), BRIEF + 1, np.uint8)
    result: dict[int, Plane] = {}
    before = None
    for index in order:
        if before is not None:
            motion = coverage.motion(before, index)
            age = moved_crop(age, motion, box, outside=BRIEF + 1, sampling="nearest")
        age = np.minimum(age + 1, BRIEF + 1).astype(np.uint8)
        age[coverage.mask(index) > 0] = 0
        result[index] = age
        before = index
    return result
