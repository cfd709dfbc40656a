"""Which pixels a round brush covers when it moves in a straight line.

A pixel is covered when its centre is in the capsule around the line, or when the line itself passes
through it, so that the thinnest brush still leaves an unbroken line; a brush of radius 0.5 and less
covers nothing else. Both are facts about the pixel and the line alone: however a straight stroke is
split into samples, the same pixels are covered.

A brush whose radius changes on the way, in proportion to the way gone, covers the union of its
discs: the convex hull of the first and the last, or the larger one where it holds the other.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Mask, Rect

Point = tuple[float, float]
Columns = NDArray[np.int32]
_Floats = NDArray[np.float64]

# Pixels. Wider than any rounding error at 16k coordinates, narrower than any pen can tell: a centre
# exactly on the rim is always inside, and a pixel only touched at its corner is not crossed.
_RIM = 1e-6
_THIN = 0.5


def stroke_rect(start: Point, end: Point, radius: float, size: tuple[int, int]) -> Rect:
    """The rectangle around everything a brush can cover from ``start`` to ``end``.

    Args:
        start, end: Plate pixels; pixel (0, 0) has its centre at (0.5, 0.5).
        radius: Pixels.
        size: (width, height) of the plate.

    Raises:
        ValueError: a coordinate or the radius is not a finite number.
    """
    if not all(map(math.isfinite, (*start, *end, radius))):
        raise ValueError(f"brush stroke {start} to {end} of radius {radius}")
    # From a position to the position whose pixel is the last one with its centre within reach.
    reach = max(0.0, radius - 0.5) + _RIM
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    x, y = math.floor(left - reach), math.floor(top - reach)
    width = math.floor(right + reach) + 1 - x
    height = math.floor(bottom + reach) + 1 - y
    return Rect(x, y, width, height).clip(size)


def capsule(
    start: Point, end: Point, radius: float, rect: Rect, end_radius: float | None = None
) -> Mask:
    """The pixels of ``rect`` that the brush covers: bool (rect.height, rect.width).

    Args:
        end_radius: The radius at ``end``, where it is another.
    """
    first, last = (side[:, None] for side in spans(start, end, radius, rect, end_radius))
    columns = np.arange(rect.width, dtype=np.int32)
    covered: Mask = (columns >= first) & (columns <= last)
    return covered


def spans(
    start: Point, end: Point, radius: float, rect: Rect, end_radius: float | None = None
) -> tuple[Columns, Columns]:
    """The same as the first and the last column of each row: int32 (rect.height,) twice.

    Columns of ``rect``, cut to it; a row without any has ``last < first``.
    """
    rows = np.arange(rect.y, rect.y + rect.height, dtype=np.float64)
    radii = radius, radius if end_radius is None else end_radius
    # A row of a convex shape is one interval, so a row of their (convex) union is one as well.
    found = [_crossed(start, end, rows)]
    if max(radii) > _THIN:
        reach = radii[0] + _RIM, radii[1] + _RIM
        found += _disc(start, reach[0], rows), _disc(end, reach[1], rows)
        found += (_body(start, end, *reach, rows),)
    first = np.minimum.reduce([span[0] for span in found]) - rect.x
    last = np.maximum.reduce([span[1] for span in found]) - rect.x
    return (
        np.clip(first, 0, rect.width).astype(np.int32),
        np.clip(last, -1, rect.width - 1).astype(np.int32),
    )


def _centres(left: _Floats, right: _Floats, valid: Mask) -> tuple[_Floats, _Floats]:
    """First and last column with its centre in [left, right]; (inf, -inf) where there is none."""
    first, last = np.ceil(left - 0.5), np.floor(right - 0.5)
    valid = valid & (first <= last)
    return np.where(valid, first, np.inf), np.where(valid, last, -np.inf)


def _disc(centre: Point, reach: float, rows: _Floats) -> tuple[_Floats, _Floats]:
    square = reach**2 - (rows + 0.5 - centre[1]) ** 2
    half = np.sqrt(np.maximum(square, 0))
    return _centres(centre[0] - half, centre[0] + half, square >= 0)


def _body(
    start: Point, end: Point, reach: float, end_reach: float, rows: _Floats
) -> tuple[_Floats, _Floats]:
    """What the hull of the two end discs has between the points where its sides touch them."""
    length = math.dist(start, end)
    if length <= abs(reach - end_reach):
        return np.full_like(rows, np.inf), np.full_like(rows, -np.inf)
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    # How far a side leans: the sine of its angle to the line.
    lean = (reach - end_reach) / length
    upright = math.sqrt(1 - lean**2)
    down = rows + 0.5 - start[1]
    strips = [
        _strip(along[0], down * along[1], reach * lean, length + end_reach * lean),
        *(
            _strip(normal[0], down * normal[1], -math.inf, reach)
            for normal in (
                (lean * along[0] - upright * along[1], lean * along[1] + upright * along[0]),
                (lean * along[0] + upright * along[1], lean * along[1] - upright * along[0]),
            )
        ),
    ]
    left = np.maximum.reduce([strip[0] for strip in strips])
    right = np.minimum.reduce([strip[1] for strip in strips])
    return _centres(start[0] + left, start[0] + right, left <= right)


def _strip(slope: float, offset: _Floats, low: float, high: float) -> tuple[_Floats, _Floats]:
    """The x with ``low <= slope * x + offset <= high``, row by row."""
    if slope == 0:
        inside = (offset >= low) & (offset <= high)
        return np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    with np.errstate(over="ignore"):
        one, other = (low - offset) / slope, (high - offset) / slope
    return np.minimum(one, other), np.maximum(one, other)


def _crossed(start: Point, end: Point, rows: _Floats) -> tuple[_Floats, _Floats]:
    """First and last column of each row that the line itself passes through."""
    (x0, y0), (x1, y1) = (start, end) if start[1] <= end[1] else (end, start)
    top = math.floor(y0 + _RIM)
    bottom = max(top, math.floor(y1 - _RIM))
    if y1 > y0:
        share = np.clip((np.stack([rows, rows + 1]) - y0) / (y1 - y0), 0, 1)
        one, other = x0 + share * (x1 - x0)
    else:
        one, other = np.full_like(rows, x0), np.full_like(rows, x1)
    first = np.floor(np.minimum(one, other) + _RIM)
    last = np.maximum(first, np.floor(np.maximum(one, other) - _RIM))
    valid = (rows >= top) & (rows <= bottom)
    return np.where(valid, first, np.inf), np.where(valid, last, -np.inf)
