"""The way an object would take if nothing held it: stamps of its size along a path.

A path is a sequence of (x, y) plate positions of the object's middle. A stamp is the solid box of
the object's bounding box, as VOID's mask reasoner stamps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Bytes, Plane, Rect, paint_table
from void_studio.quadmask.brush import Point
from void_studio.quadmask.paint import fill_mask, fill_polygon

Path = tuple[Point, ...]

_SAMPLES = 96
_TREMOR = 0.04  # of the path's length: what is shorter is the hand's tremble, not the way

_AFFECTED = paint_table(Plane.AFFECTED, True)


class Timing(Enum):
    """How far along its path a thing is as time goes."""

    EVEN = "even"
    FALLING = "falling"

    def share(self, time: float) -> float:
        """How much of the path is done, 0 to 1, at a share of the time, 0 to 1.

        What falls from rest has gone as the square of the time.
        """
        return time * time if self is Timing.FALLING else time


def smoothed(points: Sequence[Point]) -> Path:
    """A path drawn by hand without its tremble, evenly spaced; its two ends stay."""
    line = np.asarray(points, np.float64)
    evenly = _along(line, np.linspace(0.0, 1.0, _SAMPLES))
    # Mirrored through its ends, so that the average leaves them where they are.
    width = max(1, round(_TREMOR * _SAMPLES))
    before = 2 * evenly[0] - evenly[width:0:-1]
    after = 2 * evenly[-1] - evenly[-2 : -2 - width : -1]
    padded = np.concatenate([before, evenly, after])
    kernel = np.full(2 * width + 1, 1 / (2 * width + 1))
    smooth = [np.convolve(column, kernel, "valid") for column in padded.T]
    return tuple((float(x), float(y)) for x, y in zip(*smooth, strict=True))


def positions(path: Sequence[Point], count: int, timing: Timing) -> list[Point]:
    """Where the thing is on each of ``count`` frames: at the beginning first, last at the end."""
    times = np.arange(count) / max(1, count - 1)
    shares = np.array([timing.share(float(time)) for time in times])
    where = _along(np.asarray(path, np.float64), shares)
    return [(float(x), float(y)) for x, y in where]


def stamp(at: Point, box: tuple[int, int]) -> Rect:
    """The box of (width, height) pixels about a place; parts may lie outside the plate."""
    width, height = box
    return Rect(round(at[0] - width / 2), round(at[1] - height / 2), width, height)


def paint_stamp(field: Bytes, at: Point, box: tuple[int, int]) -> Rect:
    """Paints *affected* on one stamp; *remove* stays as it is.

    Args:
        field: uint8 (H, W), changed in place.

    Returns:
        The rectangle that may have changed.
    """
    rect = stamp(at, box)
    size = field.shape[1], field.shape[0]
    inside = rect.clip(size)
    if inside.empty:
        return inside
    solid = np.ones((inside.height, inside.width), np.bool_)
    return fill_mask(field, _AFFECTED, solid, (inside.x, inside.y))


def paint_sweep(field: Bytes, path: Sequence[Point], box: tuple[int, int]) -> Rect:
    """The same on everything that a stamp passes over along the whole path."""
    dirty = paint_stamp(field, path[0], box)
    for start, end in pairwise(path):
        # What a box passes over on a straight way is the hull of where it begins and ends.
        corners = np.concatenate([_corners(stamp(start, box)), _corners(stamp(end, box))])
        hull = cv2.convexHull(corners).reshape(-1, 2)
        outline = [(float(x), float(y)) for x, y in hull]
        dirty = dirty.union(fill_polygon(field, _AFFECTED, outline))
    return dirty


def _corners(rect: Rect) -> NDArray[np.float32]:
    """The centres of a rectangle's corner pixels."""
    left, top = rect.x + 0.5, rect.y + 0.5
    right, bottom = rect.x + rect.width - 0.5, rect.y + rect.height - 0.5
    places = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return np.array(places, np.float32)


def _along(line: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The places a share of the way, 0 to 1, along a line of (n, 2) places: (m, 2)."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    ways = np.concatenate([[0.0], np.cumsum(steps)])
    columns = [np.interp(shares * ways[-1], ways, column) for column in line.T]
    return np.stack(columns, axis=1)
