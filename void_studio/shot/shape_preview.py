"""A mask shape under the hand: one frame's mask follows it before it is an edit."""

from __future__ import annotations

import numpy as np

from void_studio.quadmask import shapes
from void_studio.quadmask.bits import NOTHING, Plane, Rect
from void_studio.shot.core import ShotCore, put_shape
from void_studio.shot.document import MaskShape


class ShapePreview:
    """Shows a shape of the document with other points on one frame, and nowhere else.

    What is below and above the shape is worked out once, so that each ``show`` touches no more than
    the pixels that the shape leaves or comes to.
    """

    def __init__(self, core: ShotCore, shape: MaskShape, index: int) -> None:
        """``index`` is a frame on which the shape counts and that is not locked."""
        self._core = core
        self._shape = shape
        self._index = index
        self._bit = np.uint8(Plane(shape.plane).tracked_bit)
        removes = shape.plane == Plane.REMOVE.value
        self._below = core.union(index, removes, below=shape.id)
        here = list(core.shapes_on(index, removes))
        place = next((at for at, (other, _) in enumerate(here) if other.id == shape.id), len(here))
        self._above = [
            (other.adds, *shapes.cover(points, core.masks.size))
            for other, points in here[place + 1 :]
        ]
        self._last = here[place][1] if place < len(here) else None

    def show(self, points: shapes.Polygon) -> Rect:
        """Puts the inside of the shape where these points say; returns what may have changed."""
        if not self._shape.visible:
            return NOTHING
        rect, self._last = self._changing(points), points
        if rect.empty:
            return NOTHING
        bits = np.zeros((rect.height, rect.width), np.uint8)
        if self._below is not None:
            np.copyto(bits, self._below[rect.slices])
        box, inside = shapes.cover(points, self._core.masks.size)
        for adds, above, mask in [(self._shape.adds, box, inside), *self._above]:
            shared = above.intersect(rect)
            put_shape(bits[_inside(shared, rect)], mask[_inside(shared, above)], adds)
        self._core.in_hand.add(self._index)
        region = self._core.masks.field(self._index)[rect.slices]
        np.bitwise_and(region, ~self._bit, out=region)
        np.multiply(bits, self._bit, out=bits)
        np.bitwise_or(region, bits, out=region)
        return rect

    def _changing(self, points: shapes.Polygon) -> Rect:
        """Around the edges that are others than those shown last."""
        last, count, size = self._last, len(points), self._core.masks.size
        if last is None:
            return shapes.bounds(points, size)
        if len(last) != count:
            return shapes.bounds((*last, *points), size)
        moved = [n for n in range(count) if last[n] != points[n]]
        ends = {(n + step) % count for n in moved for step in (-1, 0, 1)}
        return shapes.bounds([place[n] for place in (last, points) for n in ends], size)

    def end(self) -> None:
        """Lets the frame be what the document says, from when it is next looked at."""
        self._core.masks.outdate([self._index])
        self._core.in_hand.discard(self._index)


def _inside(rect: Rect, around: Rect) -> tuple[slice, slice]:
    """The rows and columns of ``rect`` in an array of the pixels of ``around``."""
    return Rect(rect.x - around.x, rect.y - around.y, rect.width, rect.height).slices
