"""Connected parts of masks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def parts_touching(mask: Mask, seeds: Mask) -> Mask:
    """The connected parts of ``mask`` that contain a seed."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    wanted = np.zeros(int(labels.max()) + 1, bool)
    wanted[labels[seeds & mask]] = True
    wanted[0] = False
    return np.asarray(wanted[labels], bool)


def without_specks(mask: Mask, fraction: float) -> Mask:
    """The mask without connected parts smaller than ``fraction`` of its largest part."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = areas >= fraction * areas[1:].max()
    keep[0] = False
    return np.asarray(keep[labels], bool)


def with_holes_filled(mask: Mask, keep_open: Mask | None = None) -> Mask:
    """The mask with the background parts filled that meet neither the border nor ``keep_open``."""
    _, labels = cv2.connectedComponents((~mask).astype(np.uint8), connectivity=4)
    opened = np.zeros(int(labels.max()) + 1, bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        opened[line] = True
    if keep_open is not None:
        opened[labels[keep_open]] = True
    return np.asarray(mask | ~opened[labels], bool)


def softened(mask: Mask, deviation: float = 1.5) -> NDArray[np.float32]:
    """The mask as 0..1 with a Gaussian edge of that deviation, pixels."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), deviation), np.float32)


def signed_distance(mask: Mask, limit: float) -> NDArray[np.float32]:
    """Pixels from the mask's edge, positive inside, clipped to plus or minus ``limit``."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(inside - outside, -limit, limit), np.float32)
