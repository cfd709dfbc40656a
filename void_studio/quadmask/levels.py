"""The four grey levels that encode a quadmask in files, and snapping of grey that drifted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from void_studio.quadmask.bits import (
    ALL_LEVELS,
    LEVEL_AFFECTED,
    LEVEL_BOTH,
    LEVEL_KEEP,
    LEVEL_REMOVE,
    LEVELS,
    TRACKED_AFFECTED,
    TRACKED_REMOVE,
    Bytes,
    apply_table,
)

# VOID's own thresholds (preprocessing of the quadmask): <= 31, <= 95, <= 191.
_GREYS = np.arange(256)
SNAP: Bytes = np.select(
    [_GREYS <= 31, _GREYS <= 95, _GREYS <= 191],
    [LEVEL_REMOVE, LEVEL_BOTH, LEVEL_AFFECTED],
    LEVEL_KEEP,
).astype(np.uint8)
"""Any grey to the nearest of the four levels."""

_TRACKED_BITS = {
    LEVEL_REMOVE: TRACKED_REMOVE,
    LEVEL_BOTH: TRACKED_REMOVE | TRACKED_AFFECTED,
    LEVEL_AFFECTED: TRACKED_AFFECTED,
    LEVEL_KEEP: 0,
}
_FIELD = np.array([_TRACKED_BITS[int(level)] for level in SNAP], np.uint8)

# cv2 counts in float32, which is exact up to 2**24 pixels of one grey.
_EXACT_COUNT = 2**24


@dataclass(frozen=True)
class SnapReport:
    """What snapping did to one frame, or, added up, to many.

    Attributes:
        pixels: Number of pixels looked at.
        snapped: Number of pixels that were none of the four levels.
        histogram: 256 counts of the greys as they were before snapping.
    """

    pixels: int
    snapped: int
    histogram: tuple[int, ...]

    @classmethod
    def of(cls, histogram: tuple[int, ...]) -> SnapReport:
        """The report for a frame with this histogram of greys."""
        pixels = sum(histogram)
        return cls(pixels, pixels - sum(histogram[level] for level in ALL_LEVELS), histogram)

    def __add__(self, other: SnapReport) -> SnapReport:
        counts = zip(self.histogram, other.histogram, strict=True)
        return SnapReport.of(tuple(a + b for a, b in counts))

    @property
    def furthest(self) -> int:
        """The largest change of any pixel, in grey levels."""
        moves = (abs(int(SNAP[grey]) - grey) for grey, count in enumerate(self.histogram) if count)
        return max(moves, default=0)


NO_PIXELS = SnapReport.of((0,) * 256)


def grey_histogram(grey: Bytes) -> tuple[int, ...]:
    """How many pixels of uint8 (H, W) have each of the 256 greys."""
    total = np.zeros(256, np.int64)
    rows = max(1, _EXACT_COUNT // max(1, grey.shape[1]))
    for top in range(0, grey.shape[0], rows):
        counts = cv2.calcHist([grey[top : top + rows]], [0], None, [256], [0, 256])
        total += counts.ravel().astype(np.int64)
    return tuple(total.tolist())


def snap(grey: Bytes) -> tuple[Bytes, SnapReport]:
    """The nearest levels of uint8 (H, W) greys, and how many pixels that changed."""
    return apply_table(grey, SNAP), SnapReport.of(grey_histogram(grey))


def levels_from_field(field: Bytes) -> Bytes:
    """The effective quadmask of a field as grey levels 0, 63, 127, 255."""
    return apply_table(field, LEVELS)


def field_from_levels(levels: Bytes) -> Bytes:
    """A field whose tracked bits are those of the (snapped) grey levels; nothing is painted."""
    return apply_table(levels, _FIELD)
