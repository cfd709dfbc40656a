"""The bit field: one byte per pixel that keeps what was tracked apart from what was painted.

A field is uint8 (H, W). Bits 0 and 1 are the tracked *remove* and *affected*; bits 2 and 3 say that
*remove* was painted here and with which value, bits 4 and 5 the same for *affected*; bits 6 and 7
are zero. A painted value without its "is painted" bit does not occur, so equal masks are equal
bytes. ``effective = painted ? painted value : tracked``. Everything else is a look-up in a table of
256 bytes.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

TRACKED_REMOVE = 1
TRACKED_AFFECTED = 2
IS_PAINTED_REMOVE = 4
PAINTED_REMOVE = 8
IS_PAINTED_AFFECTED = 16
PAINTED_AFFECTED = 32

TRACKED = TRACKED_REMOVE | TRACKED_AFFECTED
IS_PAINTED = IS_PAINTED_REMOVE | IS_PAINTED_AFFECTED

LEVEL_REMOVE = 0
LEVEL_BOTH = 63
LEVEL_AFFECTED = 127
LEVEL_KEEP = 255
ALL_LEVELS = (LEVEL_REMOVE, LEVEL_BOTH, LEVEL_AFFECTED, LEVEL_KEEP)


class Rect(NamedTuple):
    """A rectangle of pixels: columns x to x + width - 1, rows y to y + height - 1."""

    x: int
    y: int
    width: int
    height: int

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """The rows and columns, to index an array with."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    def union(self, other: Rect) -> Rect:
        """The smallest rectangle around both; an empty one adds nothing."""
        if self.empty or other.empty:
            return other if self.empty else self
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Rect(x, y, right - x, bottom - y)

    def intersect(self, other: Rect) -> Rect:
        """The pixels in both, or the empty rectangle at the origin."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rect(x, y, right - x, bottom - y) if right > x and bottom > y else NOTHING

    def clip(self, size: tuple[int, int]) -> Rect:
        """The part inside an image of ``size`` (width, height)."""
        return self.intersect(Rect(0, 0, *size))

    def within(self, around: Rect) -> Rect:
        """The same pixels in an array of the pixels of ``around`` alone."""
        return Rect(self.x - around.x, self.y - around.y, self.width, self.height)


NOTHING = Rect(0, 0, 0, 0)


class Plane(Enum):
    """One of the two facts a quadmask holds per pixel."""

    REMOVE = "remove"
    AFFECTED = "affected"

    @property
    def tracked_bit(self) -> int:
        return TRACKED_REMOVE if self is Plane.REMOVE else TRACKED_AFFECTED

    @property
    def is_painted_bit(self) -> int:
        return IS_PAINTED_REMOVE if self is Plane.REMOVE else IS_PAINTED_AFFECTED

    @property
    def painted_bit(self) -> int:
        return PAINTED_REMOVE if self is Plane.REMOVE else PAINTED_AFFECTED


def _effective(values: Bytes, plane: Plane) -> Mask:
    painted = (values & plane.is_painted_bit) != 0
    bits = np.where(painted, values & plane.painted_bit, values & plane.tracked_bit)
    return np.asarray(bits != 0)


def _frozen(table: NDArray[np.generic]) -> Bytes:
    result = table.astype(np.uint8)
    result.setflags(write=False)
    return result


_ALL = np.arange(256, dtype=np.uint8)
_PLANES = {plane: _frozen(_effective(_ALL, plane)) for plane in Plane}

EFFECTIVE = _frozen(_PLANES[Plane.REMOVE] | _PLANES[Plane.AFFECTED] << 1)
"""Field to effective bits: bit 0 remove, bit 1 affected."""

LEVELS = _frozen(np.array([LEVEL_KEEP, LEVEL_REMOVE, LEVEL_AFFECTED, LEVEL_BOTH])[EFFECTIVE])
"""Field to the quadmask's grey levels."""

HAND_PAINTED = _frozen((_ALL & IS_PAINTED) != 0)
"""Field to 1 where an artist painted either plane, else 0."""


def _canonical() -> Bytes:
    table = _ALL & TRACKED
    for plane in Plane:
        painted = (_ALL & plane.is_painted_bit) != 0
        table |= np.where(painted, _ALL & (plane.is_painted_bit | plane.painted_bit), 0)
    return _frozen(table)


CANONICAL = _canonical()
"""Any byte to the field value it stands for; for bytes that come from outside."""


def plane_table(plane: Plane) -> Bytes:
    """The table from a field to 1 where ``plane`` is effective, else 0."""
    return _PLANES[plane]


def paint_table(plane: Plane, value: bool) -> Bytes:
    """The table that paints ``plane`` to ``value`` and leaves the other plane alone."""
    painted = plane.is_painted_bit | (plane.painted_bit if value else 0)
    return _frozen(unpaint_table(plane) | painted)


def unpaint_table(plane: Plane) -> Bytes:
    """The table that takes ``plane`` back to what was tracked."""
    return _frozen(CANONICAL & (255 - plane.is_painted_bit - plane.painted_bit))


def apply_table(field: Bytes, table: Bytes, out: Bytes | None = None) -> Bytes:
    """Every pixel of ``field`` looked up in ``table``.

    Args:
        field: uint8 (H, W), may be a view.
        table: uint8 (256,).
        out: Where to write, (H, W) uint8; ``field`` itself is allowed. New if None.
    """
    if field.size == 0:
        return field.copy() if out is None else out
    result: Bytes = cv2.LUT(field, table, dst=out)  # type: ignore[assignment]
    return result


def plane_mask(field: Bytes, plane: Plane) -> Mask:
    """Where ``plane`` is effective: bool (H, W)."""
    return apply_table(field, plane_table(plane)).view(np.bool_)


def field_from_planes(remove: Mask, affected: Mask) -> Bytes:
    """A field whose tracked bits are the two bool (H, W) masks and where nothing is painted."""
    return remove.view(np.uint8) | (affected.view(np.uint8) << np.uint8(1))
