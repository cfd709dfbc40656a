"""Connected parts of masks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_SUPPORTED = 0.25  # mean support from which a part of its own is believed


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


def supported_parts(mask: Mask, support: NDArray[np.float32], fraction: float) -> Mask:
    """The largest connected part, and the others that evidence supports.

    Args:
        support: (H, W) 0..1, how sure a pixel is to be the object by itself.
        fraction: Parts smaller than this share of the largest are dropped as specks.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA]
    masses = np.bincount(labels.ravel(), support.ravel(), count)
    masses[0] = -1
    largest = int(np.argmax(masses + 1e-3 * areas))
    keep = (masses >= _SUPPORTED * areas) & (areas >= fraction * areas[largest])
    keep[largest] = True
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


def with_small_holes_filled(mask: Mask, within: Mask, fraction: float) -> Mask:
    """The mask with those holes filled that lie mostly ``within`` and are small against it."""
    holes = with_holes_filled(mask) & ~mask
    if not holes.any():
        return mask
    count, labels = cv2.connectedComponents(holes.astype(np.uint8), connectivity=4)
    areas = np.bincount(labels.ravel(), minlength=count)
    known = np.bincount(labels.ravel(), within.ravel(), count)
    fill = (areas <= fraction * mask.sum()) & (known > areas / 2)
    fill[0] = False
    return np.asarray(mask | fill[labels], bool)


def softened(mask: Mask, deviation: float = 1.5) -> NDArray[np.float32]:
    """The mask as 0..1 with a Gaussian edge of that deviation, pixels."""
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), deviation), np.float32)


def signed_distance(mask: Mask, limit: float) -> NDArray[np.float32]:
    """Pixels from the mask's edge, positive inside, clipped to plus or minus ``limit``."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(inside - outside, -limit, limit), np.float32)


def shifted(mask: Mask, shift: NDArray[np.float32]) -> Mask:
    """The mask moved by (x, y), rounded to whole pixels; what leaves the picture is dropped."""
    across, down = round(float(shift[0])), round(float(shift[1]))
    height, width = mask.shape
    moved = np.zeros_like(mask)
    if abs(across) < width and abs(down) < height:
        moved[max(0, down) : height + min(0, down), max(0, across) : width + min(0, across)] = mask[
            max(0, -down) : height - max(0, down), max(0, -across) : width - max(0, across)
        ]
    return moved


def touches_border(mask: Mask) -> bool:
    """Whether the mask meets a side of the picture."""
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
