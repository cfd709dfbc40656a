"""Painting on a bit field: every tool is a shape of pixels and a table to look them up in.

All functions edit ``field``, uint8 (H, W), in place and return the rectangle they may have changed,
empty if nothing did. Tables come from ``bits.paint_table`` and ``bits.unpaint_table``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import (
    NOTHING,
    Bytes,
    Mask,
    Plane,
    Rect,
    apply_table,
    paint_table,
    plane_mask,
)
from void_studio.quadmask.brush import Columns, Point, spans, stroke_rect
from void_studio.quadmask.grid import cell_rect

__all__ = [
    "copy_plane",
    "fill_cells",
    "fill_mask",
    "fill_polygon",
    "fill_rect",
    "grow",
    "polygon_cover",
    "polygon_rect",
    "shrink",
    "stamp",
    "stamp_line",
    "stroke_rect",
]

# fillPoly takes fixed point coordinates: 1/16 pixel, and room far beyond any plate.
_POLYGON_SHIFT = 4
_POLYGON_LIMIT = 2.0**20

# Where less than this share of a box is set, its pixels are picked one by one.
_SPARSE = 8

# A thinner brush may have come to a place without covering the pixel there: see ``brush``.
_WHOLE = 1.0

_BAND = 128
"""Rows of a wide brush that are set, and shown, together."""


def _size(field: Bytes) -> tuple[int, int]:
    return field.shape[1], field.shape[0]


def _apply_inside(field: Bytes, table: Bytes, inside: Mask, rect: Rect) -> None:
    region = field[rect.slices]
    cv2.copyTo(apply_table(region, table), inside.view(np.uint8), region)


def stamp(
    field: Bytes,
    table: Bytes,
    start: Point,
    end: Point,
    radius: float,
    end_radius: float | None = None,
    goes_on: bool = False,
) -> list[Rect]:
    """Moves a round brush from ``start`` to ``end``; the same point twice is a dab.

    Args:
        start, end: Plate pixels; pixel (0, 0) has its centre at (0.5, 0.5). See ``brush`` for which
            pixels count as covered.
        radius: Pixels; 0.5 and less draws a line one pixel wide.
        end_radius: The radius at ``end``, where it is another.
        goes_on: The brush has just been at ``start`` with this radius: what it covers there has
            been set, and only what it comes to is set now.

    Returns:
        Rectangles that together hold all that was set. A wide brush gives several, which lie
        closer around what it came to than one would.
    """
    widest = radius if end_radius is None else max(radius, end_radius)
    rect = stroke_rect(start, end, widest, _size(field))
    if rect.empty:
        return []
    first, last = spans(start, end, radius, rect, end_radius)
    if not goes_on or radius < _WHOLE:
        return _set_rows(field, table, rect, first, last)
    was_first, was_last = spans(start, start, radius, rect)
    was_empty = was_last < was_first
    before = np.where(was_empty, last, was_first - 1)
    after = np.where(was_empty, rect.width, was_last + 1)
    return [
        *_set_rows(field, table, rect, first, before),
        *_set_rows(field, table, rect, after, last),
    ]


def stamp_line(field: Bytes, table: Bytes, start: Point, end: Point, radius: float) -> Rect:
    """The same for one line alone."""
    return reduce(Rect.union, stamp(field, table, start, end, radius), NOTHING)


def _set_rows(field: Bytes, table: Bytes, rect: Rect, first: Columns, last: Columns) -> list[Rect]:
    """Sets the columns ``first`` to ``last`` of each row of ``rect``; none where last < first."""
    rows = np.flatnonzero(last >= first)
    boxes = []
    for begin in range(0, rows.size, _BAND):
        band = rows[begin : begin + _BAND]
        boxes.append(_set_band(field, table, rect, band, first[band], last[band]))
    return boxes


def _set_band(
    field: Bytes, table: Bytes, rect: Rect, rows: NDArray[np.intp], first: Columns, last: Columns
) -> Rect:
    counts = last - first + 1
    left, top = int(first.min()), int(rows[0])
    width, height = int(last.max()) + 1 - left, int(rows[-1]) + 1 - top
    box = Rect(rect.x + left, rect.y + top, width, height)
    total = int(counts.sum())
    if total * _SPARSE > width * height:
        columns = np.arange(left, left + width, dtype=np.int32)
        inside = np.zeros((height, width), np.bool_)
        inside[rows - top] = (columns >= first[:, None]) & (columns <= last[:, None])
        _apply_inside(field, table, inside, box)
    else:
        step = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        where = np.repeat(rows + rect.y, counts), np.repeat(first + rect.x, counts) + step
        field[where] = table[field[where]]
    return box


def polygon_rect(points: Sequence[Point], size: tuple[int, int]) -> Rect:
    """The rectangle around all that ``fill_polygon`` sets on a plate of ``size``.

    Raises:
        ValueError: a coordinate is not a finite number.
    """
    if not points:
        return NOTHING
    corners = _corners(points)
    left, top = np.floor(corners.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    return Rect(int(left), int(top), int(right - left), int(bottom - top)).clip(size)


def _corners(points: Sequence[Point]) -> NDArray[np.float64]:
    corners = np.asarray(points, np.float64)
    if not np.isfinite(corners).all():
        raise ValueError("polygon with a coordinate that is not a number")
    return np.clip(corners, -_POLYGON_LIMIT, _POLYGON_LIMIT)


def polygon_cover(points: Sequence[Point], size: tuple[int, int]) -> tuple[Rect, Mask]:
    """The inside (even-odd) and the outline of a closed polygon of plate positions.

    Args:
        size: (width, height) of the plate.

    Returns:
        A rectangle of the plate around it, and what is set in that: bool (height, width).

    Raises:
        ValueError: a coordinate is not a finite number.
    """
    rect = polygon_rect(points, size)
    inside = np.zeros((rect.height, rect.width), np.uint8)
    if not rect.empty:
        # cv2 has pixel centres at whole numbers, a plate position has them at one half.
        corners = _corners(points) - (rect.x + 0.5, rect.y + 0.5)
        fixed = np.round(corners * 2**_POLYGON_SHIFT).astype(np.int32)
        cv2.fillPoly(inside, [fixed], 1, cv2.LINE_8, _POLYGON_SHIFT)
    return rect, inside.view(np.bool_)


def fill_polygon(field: Bytes, table: Bytes, points: Sequence[Point]) -> Rect:
    """Fills what ``polygon_cover`` says."""
    rect, inside = polygon_cover(points, _size(field))
    if not rect.empty:
        _apply_inside(field, table, inside, rect)
    return rect


def fill_rect(field: Bytes, table: Bytes, rect: Rect) -> Rect:
    """Fills a rectangle of pixels."""
    rect = rect.clip(_size(field))
    if not rect.empty:
        region = field[rect.slices]
        apply_table(region, table, out=region)
    return rect


def fill_mask(field: Bytes, table: Bytes, mask: Mask, offset: tuple[int, int] = (0, 0)) -> Rect:
    """Fills where ``mask``, bool (h, w), is set when its top left corner is put at ``offset``."""
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    rect = Rect(box.x + offset[0], box.y + offset[1], box.width, box.height).clip(_size(field))
    if rect.empty:
        return NOTHING
    inside = mask[Rect(rect.x - offset[0], rect.y - offset[1], rect.width, rect.height).slices]
    _apply_inside(field, table, inside, rect)
    return rect


def fill_cells(field: Bytes, table: Bytes, cells: Iterable[tuple[int, int]]) -> Rect:
    """Fills whole (row, column) cells of VOID's grid."""
    dirty = NOTHING
    for row, col in set(cells):
        dirty = dirty.union(fill_rect(field, table, cell_rect(_size(field), row, col)))
    return dirty


def grow(field: Bytes, plane: Plane, pixels: float) -> Rect:
    """Paints ``plane`` on every pixel within ``pixels`` of where it is effective."""
    mask = plane_mask(field, plane)
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    if box.empty or pixels <= 0:
        return NOTHING
    inside = mask[_around(box, pixels, _size(field)).slices]
    distance = cv2.distanceTransform((~inside).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    added = ~inside & (distance <= pixels)
    return _paint_at(field, paint_table(plane, True), added, box, pixels)


def shrink(field: Bytes, plane: Plane, pixels: float) -> Rect:
    """Clears, by painting, every pixel of ``plane`` within ``pixels`` of where it is not effective.

    The border of the picture is no edge: a mask that leaves the picture does not shrink there.
    """
    mask = plane_mask(field, plane)
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    if box.empty or pixels <= 0:
        return NOTHING
    inside = mask[_around(box, pixels, _size(field)).slices]
    if inside.all():
        return NOTHING
    distance = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return _paint_at(field, paint_table(plane, False), inside & (distance <= pixels), box, pixels)


def copy_plane(field: Bytes, source_field: Bytes, plane: Plane) -> Rect:
    """Makes ``plane`` here what it is in another frame, painting only the pixels that differ."""
    wanted = plane_mask(source_field, plane)
    here = plane_mask(field, plane)
    added = fill_mask(field, paint_table(plane, True), wanted & ~here)
    return added.union(fill_mask(field, paint_table(plane, False), here & ~wanted))


def _around(box: Rect, pixels: float, size: tuple[int, int]) -> Rect:
    margin = min(int(pixels) + 1, max(size))
    wide = Rect(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)
    return wide.clip(size)


def _paint_at(field: Bytes, table: Bytes, mask: Mask, box: Rect, pixels: float) -> Rect:
    rect = _around(box, pixels, _size(field))
    return fill_mask(field, table, mask, (rect.x, rect.y))
