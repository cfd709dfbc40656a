"""Mask shapes: exact on their keys, and true to their form in between."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.polygons import raster
from tests.quadmask.strategies import POINTS
from void_studio.quadmask.paint import polygon_cover
from void_studio.quadmask.shapes import (
    Polygon,
    insert_point,
    remove_points,
    shape_at,
    simplified,
)

SIZE = (31, 23)
POLYGONS = st.lists(POINTS, min_size=3, max_size=9).map(tuple)
FRAMES = st.integers(0, 60)
SHARES = st.integers(1, 9)


def area(points: Polygon) -> float:
    x, y = np.array(points).T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def moved(points: Polygon, turn: float, scale: float, by: complex) -> Polygon:
    """A polygon turned (radians) and scaled about its middle, then moved."""
    where = np.array([complex(*point) for point in points])
    where = (where - where.mean()) * cmath.rect(scale, turn) + where.mean() + by
    return tuple((float(p.real), float(p.imag)) for p in where)


def spread(points: Polygon) -> float:
    return float(np.ptp(np.array(points), axis=0).max())


@given(st.dictionaries(FRAMES, POLYGONS, min_size=1, max_size=5), st.booleans())
def test_on_a_keyed_frame_it_is_the_key(keys: dict[int, Polygon], interpolated: bool) -> None:
    for frame, points in keys.items():
        assert shape_at(keys, frame, interpolated) == points


@given(st.dictionaries(FRAMES, POLYGONS, min_size=1, max_size=5), FRAMES)
def test_a_held_shape_is_the_key_before(keys: dict[int, Polygon], index: int) -> None:
    before = max((frame for frame in keys if frame <= index), default=min(keys))
    assert shape_at(keys, index, interpolated=False) == keys[before]


@given(st.dictionaries(FRAMES, POLYGONS, min_size=1, max_size=5), st.integers(1, 100))
def test_outside_its_keys_it_is_the_nearest_key(keys: dict[int, Polygon], far: int) -> None:
    first, last = min(keys), max(keys)
    assert shape_at(keys, first - far, interpolated=True) == keys[first]
    assert shape_at(keys, last + far, interpolated=True) == keys[last]


def test_without_keys_there_is_no_shape() -> None:
    assert shape_at({}, 3, interpolated=True) is None


@given(POLYGONS, st.floats(-3.0, 3.0), SHARES)
def test_what_turns_keeps_its_area_and_form(points: Polygon, turn: float, share: int) -> None:
    assume(spread(points) > 1)
    between = shape_at({0: points, 10: moved(points, turn, 1.0, 5 + 2j)}, share, True)
    assert between is not None
    assert area(between) == pytest.approx(area(points), abs=1e-6)
    expected = moved(points, turn * share / 10, 1.0, (5 + 2j) * share / 10)
    assert np.allclose(between, expected, atol=1e-6)


@given(POLYGONS, POINTS, SHARES)
def test_what_moves_moves_evenly(points: Polygon, by: tuple[float, float], share: int) -> None:
    end = tuple((x + by[0], y + by[1]) for x, y in points)
    between = shape_at({0: points, 10: end}, share, True)
    expected = [(x + by[0] * share / 10, y + by[1] * share / 10) for x, y in points]
    assert between is not None
    assert np.allclose(between, expected, atol=1e-9)


@given(POLYGONS, st.floats(0.2, 5.0), SHARES)
def test_what_grows_grows_evenly_in_scale(points: Polygon, scale: float, share: int) -> None:
    assume(spread(points) > 1)
    between = shape_at({0: points, 10: moved(points, 0, scale, 0j)}, share, True)
    assert between is not None
    assert area(between) == pytest.approx(
        area(points) * scale ** (2 * share / 10), rel=1e-6, abs=1e-6
    )


@given(st.lists(st.tuples(POINTS, POINTS), min_size=3, max_size=9), SHARES)
def test_the_way_back_is_the_way_there(pairs: list[tuple[Any, Any]], share: int) -> None:
    there, back = (tuple(side) for side in zip(*pairs, strict=True))
    one = shape_at({0: there, 10: back}, share, True)
    other = shape_at({0: back, 10: there}, 10 - share, True)
    assert one is not None
    assert other is not None
    assert np.isfinite(one).all()
    # Polygon that have no nearest turn may take either of two ways round.
    if similar(there, back):
        assert np.allclose(one, other, atol=1e-5)


def similar(first: Polygon, second: Polygon) -> bool:
    here, there = (np.array([complex(*p) for p in points]) for points in (first, second))
    here, there = here - here.mean(), there - there.mean()
    turn = np.vdot(here, there)
    norms = np.linalg.norm(here) * np.linalg.norm(there)
    return bool(abs(turn) > 0.01 * norms and abs(cmath.phase(turn)) < math.pi - 0.01)


@given(POLYGONS)
def test_what_a_polygon_covers_is_what_its_tool_fills(points: Polygon) -> None:
    mask = raster(points, SIZE)
    rect, inside = polygon_cover(points, SIZE)
    assert (mask[rect.slices] == inside).all()
    mask[rect.slices] = False
    assert not mask.any()


def test_keys_with_other_numbers_of_points_meet_along_their_outlines() -> None:
    square = ((0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0))
    # The same square, begun elsewhere, the other way round, with a point on an edge.
    same = ((20.0, 8.0), (20.0, 0.0), (12.0, 0.0), (12.0, 4.0), (12.0, 8.0))
    between = shape_at({0: square, 10: same}, 5, True)
    assert between is not None
    assert abs(area(between)) == pytest.approx(64)
    assert np.array(between).min(axis=0) == pytest.approx([6, 0])
    assert np.array(between).max(axis=0) == pytest.approx([14, 8])


@given(POLYGONS, POLYGONS, SHARES)
def test_any_two_keys_have_something_between(first: Polygon, second: Polygon, share: int) -> None:
    between = shape_at({0: first, 10: second}, share, True)
    assert between is not None
    assert len(between) >= 1
    assert np.isfinite(between).all()


@given(st.lists(POLYGONS, min_size=1, max_size=4), st.data())
def test_a_new_point_changes_no_key_s_pixels(polygons: list[Polygon], data: st.DataObject) -> None:
    keys = dict(enumerate(polygons))
    edge = data.draw(st.integers(0, len(keys[0]) - 1))
    share = data.draw(st.sampled_from([0.0, 0.25, 0.5, 1.0]))
    more = insert_point(keys, 0, edge, share)
    for frame, points in keys.items():
        assert len(more[frame]) == len(points) + 1
        assert area(more[frame]) == pytest.approx(area(points), abs=1e-6)
        assert set(points) <= set(more[frame])


def test_removed_points_go_from_every_key_that_has_them() -> None:
    square = ((0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0))
    other = tuple((x + 3, y) for x, y in square)
    more = (*square, (0.0, 4.0))
    left = remove_points({0: square, 4: other, 8: more}, 0, {1})
    assert left == {0: (square[0], *square[2:]), 4: (other[0], *other[2:]), 8: more}


def test_a_line_drawn_by_hand_keeps_its_corners_only() -> None:
    sides = [(float(x), 0.0) for x in range(20)] + [(20.0, float(y)) for y in range(21)]
    kept = simplified(sides, 0.5)
    assert set(kept) == {(0.0, 0.0), (20.0, 0.0), (20.0, 20.0)}
