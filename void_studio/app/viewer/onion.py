"""The masks of neighbour frames as outlines over the picture, before and after in two tints."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import Plane, apply_table, plane_table

Pixels = NDArray[np.uint8]
Outline = NDArray[np.float32]

BEFORE = (255, 196, 88)  # BGR: a light blue
AFTER = (214, 120, 255)  # BGR: a pink; told from the blue by lightness too
_FADE = 0.65  # of a frame's visibility is left to the next further one
_FRACTION_BITS = 4  # of a pixel, as cv2 draws
_TOLERANCE = 0.5  # device pixels that a line may be beside its place
_FARTHEST = 1 << 20  # device pixels; cv2 counts in 32 bits


@dataclass(frozen=True, eq=False)
class Outlines:
    """What of a mask is *remove* and *affected*, as closed lines.

    Attributes:
        remove, affected: Lines of float32 (points, 2), x and y in plate pixels.
    """

    remove: tuple[Outline, ...] = ()
    affected: tuple[Outline, ...] = ()

    @classmethod
    def of(cls, field: Pixels) -> Outlines:
        """The outlines of a mask field uint8 (H, W); some 10 ms at 4K."""
        return cls(*(_outlines(field, plane) for plane in Plane))


@dataclass(frozen=True, eq=False)
class Onion:
    """The neighbours of a frame.

    Attributes:
        frames: How many frames away (below 0 before, above 0 after), and the outlines there.
    """

    frames: tuple[tuple[int, Outlines], ...] = ()

    def draw(self, region: Pixels, box: Box, transform: ViewTransform) -> None:
        """Draws into ``region``, BGRA uint8 of ``box``, device pixels of the view."""
        for away, outlines in sorted(self.frames, key=lambda frame: -abs(frame[0])):
            share = _FADE ** (abs(away) - 1)
            colour = BEFORE if away < 0 else AFTER
            strength = tuple(round(part * share + 40 * (1 - share)) for part in colour)
            for lines, width in ((outlines.affected, 1), (outlines.remove, 2)):
                points = [_placed(line, box, transform) for line in lines]
                if width > 1:
                    _draw_lines(region, points, (20, 20, 20), width + 2)
                _draw_lines(region, points, strength, width)


def _draw_lines(
    region: Pixels, points: list[NDArray[np.int32]], colour: tuple[int, ...], width: int
) -> None:
    cv2.polylines(region, points, True, (*colour, 255), width, cv2.LINE_AA, _FRACTION_BITS)


def _placed(line: Outline, box: Box, transform: ViewTransform) -> NDArray[np.int32]:
    """A line in fractions of the device pixels of ``box``, whose centres are whole numbers."""
    corner = np.array([transform.x - box.left - 0.5, transform.y - box.top - 0.5], np.float32)
    points = np.clip(line * np.float32(transform.zoom) + corner, -_FARTHEST, _FARTHEST)
    placed = np.rint(points * (1 << _FRACTION_BITS)).astype(np.int32)
    # What the eye cannot see costs ten times the time: a 4K outline has a corner a pixel.
    return np.asarray(cv2.approxPolyDP(placed, _TOLERANCE * (1 << _FRACTION_BITS), True), np.int32)


def _outlines(field: Pixels, plane: Plane) -> tuple[Outline, ...]:
    mask = apply_table(field, plane_table(plane))
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return ()
    inside = np.ascontiguousarray(mask[y : y + height, x : x + width])
    lines, _ = cv2.findContours(
        inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE, offset=(int(x), int(y))
    )
    return tuple(line[:, 0].astype(np.float32) + np.float32(0.5) for line in lines)
