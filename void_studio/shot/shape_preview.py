"""A mask shape under the hand: one frame's mask follows it before it is an edit."""

from __future__ import annotations

import numpy as np

from void_studio.quadmask import shapes
from void_studio.quadmask.bits import NOTHING, Mask, Plane, Rect
from void_studio.quadmask.paint import polygon_cover
from void_studio.shot.core import ShotCore, put_shape
from void_studio.shot.derived import Bits
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
        self._layers = [
            _Layer(core, shape.id, index, plane)
            for plane in Plane
            if shape.visible and shape.says(plane is Plane.REMOVE)
        ]
        self._last = shapes.shape_at(shape.keys, index, shape.interpolated) or ()
        self._shown = NOTHING

    def show(self, points: shapes.Polygon) -> Rect:
        """Puts the inside of the shape where these points say; returns what may have changed."""
        size = self._core.masks.size
        rect, self._last = shapes.difference(self._last, points, size), points
        if rect.empty or not self._layers:
            return rect
        self._shown = self._shown.union(rect)
        inside = (self._shape.adds, *polygon_cover(points, size))
        self._core.in_hand.add(self._index)
        region = self._core.masks.field(self._index)[rect.slices]
        for layer in self._layers:
            bits = layer.with_shape(inside, rect)
            np.bitwise_and(region, ~layer.bit, out=region)
            np.multiply(bits, layer.bit, out=bits)
            np.bitwise_or(region, bits, out=region)
        return rect

    def end(self) -> None:
        """Lets the frame be what the document says, from when it is next looked at."""
        # All of it: what was below the shape at the press may be another thing by now.
        shown = self._shown
        self._core.masks.outdate([self._index], lambda _: shown)
        self._core.in_hand.discard(self._index)


class _Layer:
    """What is tracked on one plane of the frame, below the shape and above it.

    Attributes:
        bit: The plane's tracked bit.
    """

    def __init__(self, core: ShotCore, shape_id: str, index: int, plane: Plane) -> None:
        self.bit = np.uint8(plane.tracked_bit)
        removes, size = plane is Plane.REMOVE, core.masks.size
        self._below = core.union(index, removes, Rect(0, 0, *size), below=shape_id)
        here = list(core.shapes_on(index, removes))
        place = next(at for at, (shape, _) in enumerate(here) if shape.id == shape_id)
        self._above = [
            (shape.adds, *polygon_cover(points, size)) for shape, points in here[place + 1 :]
        ]

    def with_shape(self, shape: tuple[bool, Rect, Mask], rect: Rect) -> Bits:
        """The 0 and 1 of a part of the plate with the shape in between.

        Args:
            shape: Whether it adds, and what it covers.
        """
        bits = np.zeros((rect.height, rect.width), np.uint8)
        if self._below is not None:
            np.copyto(bits, self._below[rect.slices])
        for adds, box, inside in [shape, *self._above]:
            put_shape(bits, rect, adds, box, inside)
        return bits
