"""Which pixels a brush covers."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.quadmask.strategies import COORDINATES, POINTS, RADII
from void_studio.quadmask.bits import Mask, Rect
from void_studio.quadmask.brush import Point, capsule, stroke_rect

SIZE = (26, 24)
WHOLE = Rect(0, 0, *SIZE)
WIDE = st.integers(6, 64).map(lambda eighths: eighths / 8)
EIGHTHS = st.integers(1, 7).map(lambda eighths: eighths / 8)


def covered(start: Point, end: Point, radius: float) -> Mask:
    return capsule(start, end, radius, WHOLE)


def within(start: Point, end: Point, radius: float) -> Mask:
    """The pixels with their centre within ``radius`` of the line, one by one."""
    result = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    dx, dy = end[0] - start[0], end[1] - start[1]
    for y in range(SIZE[1]):
        for x in range(SIZE[0]):
            px, py = x + 0.5 - start[0], y + 0.5 - start[1]
            share = (px * dx + py * dy) / (dx * dx + dy * dy) if dx or dy else 0.0
            share = min(max(share, 0.0), 1.0)
            result[y, x] = math.hypot(px - share * dx, py - share * dy) <= radius + 1e-7
    return result


@given(POINTS, POINTS, WIDE)
def test_a_wide_brush_covers_the_centres_within_its_radius(
    start: Point, end: Point, radius: float
) -> None:
    assert np.array_equal(covered(start, end, radius), within(start, end, radius))


@given(POINTS, st.tuples(st.integers(-20, 20), st.integers(-20, 20)), EIGHTHS, RADII)
def test_a_line_is_the_union_of_its_parts(
    start: Point, step: tuple[int, int], share: float, radius: float
) -> None:
    end = start[0] + step[0], start[1] + step[1]
    middle = start[0] + share * step[0], start[1] + share * step[1]
    parts = covered(start, middle, radius) | covered(middle, end, radius)
    assert np.array_equal(covered(start, end, radius), parts)


@given(POINTS, POINTS, RADII)
def test_both_directions_cover_the_same(start: Point, end: Point, radius: float) -> None:
    assert np.array_equal(covered(start, end, radius), covered(end, start, radius))


def cone(start: Point, end: Point, radius: float, end_radius: float) -> Mask:
    return capsule(start, end, radius, WHOLE, end_radius)


def discs_on_the_way(
    start: Point, end: Point, radius: float, end_radius: float, slack: float
) -> Mask:
    """The union of many of the discs between the first and the last."""
    shares = np.linspace(0, 1, 1001)[:, None]
    columns, rows = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    x = start[0] + shares * (end[0] - start[0])
    y = start[1] + shares * (end[1] - start[1])
    reach = radius + shares * (end_radius - radius) + slack
    distance = np.hypot(columns.ravel() - x, rows.ravel() - y)
    inside: Mask = (distance <= reach).any(axis=0).reshape(SIZE[1], SIZE[0])
    return inside


@settings(max_examples=60)
@given(POINTS, POINTS, WIDE, WIDE)
def test_a_brush_that_swells_covers_the_discs_on_its_way(
    start: Point, end: Point, radius: float, end_radius: float
) -> None:
    mask = cone(start, end, radius, end_radius)
    assert not (discs_on_the_way(start, end, radius, end_radius, 0.0) & ~mask).any()
    assert not (mask & ~discs_on_the_way(start, end, radius, end_radius, 0.1)).any()


@given(POINTS, st.tuples(st.integers(-20, 20), st.integers(-20, 20)), EIGHTHS, RADII, RADII)
def test_a_swelling_line_is_the_union_of_its_parts(
    start: Point, step: tuple[int, int], share: float, radius: float, end_radius: float
) -> None:
    end = start[0] + step[0], start[1] + step[1]
    middle = start[0] + share * step[0], start[1] + share * step[1]
    between = radius + share * (end_radius - radius)
    parts = cone(start, middle, radius, between) | cone(middle, end, between, end_radius)
    assert np.array_equal(cone(start, end, radius, end_radius), parts)


@given(POINTS, POINTS, RADII, RADII)
def test_a_brush_that_swells_leaves_no_gaps(
    start: Point, end: Point, radius: float, end_radius: float
) -> None:
    mask = cone(start, end, radius, end_radius)
    assert np.array_equal(mask, cone(end, start, end_radius, radius))
    assert cv2.connectedComponents(mask.view(np.uint8), connectivity=8)[0] <= 2


@given(POINTS, POINTS, WIDE)
def test_a_mirrored_stroke_covers_the_mirrored_pixels(
    start: Point, end: Point, radius: float
) -> None:
    def mirrored(point: Point) -> Point:
        return SIZE[0] - point[0], SIZE[1] - point[1]

    turned = covered(mirrored(start), mirrored(end), radius)
    assert np.array_equal(turned[::-1, ::-1], covered(start, end, radius))


@given(st.integers(0, 25 * 8), st.integers(0, 23 * 8), st.integers(0, 4))
def test_the_smallest_brush_sets_the_one_pixel_under_the_pen(x: int, y: int, eighths: int) -> None:
    dab = covered((x / 8, y / 8), (x / 8, y / 8), eighths / 8)
    assert dab.sum() == 1
    assert dab[y // 8, x // 8]


@given(POINTS, POINTS, RADII)
def test_a_stroke_has_no_gaps(start: Point, end: Point, radius: float) -> None:
    mask = covered(start, end, radius).view(np.uint8)
    assert cv2.connectedComponents(mask, connectivity=8)[0] <= 2


@given(POINTS, POINTS, RADII)
def test_nothing_is_covered_outside_the_rectangle(start: Point, end: Point, radius: float) -> None:
    rect = stroke_rect(start, end, radius, SIZE)
    whole = covered(start, end, radius)
    part = np.zeros_like(whole)
    if not rect.empty:
        part[rect.slices] = capsule(start, end, radius, rect)
    assert np.array_equal(part, whole)


@given(COORDINATES, RADII)
def test_far_away_strokes_touch_nothing_near(x: float, radius: float) -> None:
    assert stroke_rect((x, -1e12), (x, -1e9), radius, SIZE).empty
    # One that crosses the picture from far away is still a line of pixels.
    assert covered((13.5, -1e6), (13.5, 1e6), 0.5).sum() == SIZE[1]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_positions_that_are_no_numbers_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="brush stroke"):
        stroke_rect((value, 0), (0, 0), 1, SIZE)


@given(st.integers(0, 7), st.integers(0, 7))
def test_centres_exactly_on_the_rim_are_covered(x: int, y: int) -> None:
    # A line along (3, 4) has centres at (4, -3) and (-4, 3) from it: five pixels away.
    start, end = (x + 0.5, y + 0.5), (x + 9.5, y + 12.5)
    mask = covered(start, end, 5)
    for step in range(4):
        row, column = y + 4 * step, x + 3 * step
        assert row < 3 or mask[row - 3, column + 4]
        assert column < 4 or mask[row + 3, column - 4]


def test_known_shapes() -> None:
    cross = covered((4.5, 4.5), (4.5, 4.5), 1)
    assert cross.sum() == 5
    assert covered((4, 4), (4, 4), 1).sum() == 4
    diagonal = covered((2.5, 2.5), (9.5, 9.5), 0.5)
    assert diagonal.sum() == 8
    assert np.diag(diagonal)[2:10].all()
