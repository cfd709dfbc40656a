"""What of a polygon is under the pointer, and what dragging it does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.polygons import raster
from void_studio.app.tools.grips import MARGIN, Part, handles, hit, turn_handle
from void_studio.app.tools.outline import (
    Scale,
    Shift,
    Turn,
    box_of,
    holds,
    nearest_edge,
    nearest_point,
)

SQUARE = ((10.0, 10.0), (50.0, 10.0), (50.0, 50.0), (10.0, 50.0))
ALL = frozenset(range(4))
NOBODY: frozenset[int] = frozenset()
PLACES = st.tuples(st.integers(0, 39), st.integers(0, 29))


def test_the_nearest_point_and_edge_within_reach() -> None:
    assert nearest_point(SQUARE, (48, 12), 5) == 1
    assert nearest_point(SQUARE, (40, 20), 5) is None
    assert nearest_edge(SQUARE, (20, 12), 5) == (0, 0.25)
    assert nearest_edge(SQUARE, (10, 40), 5) == (3, 0.25)
    assert nearest_edge(SQUARE, (30, 30), 5) is None


@given(st.lists(PLACES, min_size=3, max_size=7), PLACES)
def test_inside_is_where_it_is_filled(corners: list[tuple[int, int]], at: tuple[int, int]) -> None:
    points = tuple((float(x), float(y)) for x, y in corners)
    middle = at[0] + 0.5, at[1] + 0.5
    if nearest_edge(points, middle, 1.0) is None:
        assert holds(points, middle) == raster(points, (40, 30))[at[1], at[0]]


def test_parts_are_found_smallest_first() -> None:
    box = handles(SQUARE, NOBODY, 1.0)
    assert box is not None
    assert box == box_of(SQUARE).widened(MARGIN)
    for at, part in (
        ((10, 10), Part.POINT),
        ((30, 11), Part.EDGE),
        ((30, 30), Part.INSIDE),
        (box.corners[2], Part.CORNER),
        (turn_handle(box, 1.0), Part.TURN),
    ):
        found = hit(SQUARE, NOBODY, at, 1.0)
        assert found is not None
        assert found.part is part
    assert hit(SQUARE, NOBODY, (200, 200), 1.0) is None


def test_what_is_chosen_is_what_moves() -> None:
    found = hit(SQUARE, frozenset({0, 2}), SQUARE[0], 1.0)
    assert found is not None
    assert found.grip == Shift(frozenset({0, 2}))
    edge = hit(SQUARE, frozenset({0, 1, 2}), (30, 10), 1.0)
    assert edge is not None
    assert edge.grip == Shift(frozenset({0, 1, 2}))


def test_shift_keeps_a_drag_to_one_axis() -> None:
    moved = Shift(frozenset({0})).dragged(SQUARE, (10, 10), (25, 13), shift=True)
    assert moved == ((25.0, 10.0), *SQUARE[1:])


def test_a_corner_scales_about_the_opposite_one_and_never_inside_out() -> None:
    scale = Scale(ALL, SQUARE[0])
    assert np.allclose(
        scale.dragged(SQUARE, (50, 50), (90, 90), shift=False),
        [(10, 10), (90, 10), (90, 90), (10, 90)],
    )
    assert np.allclose(
        scale.dragged(SQUARE, (50, 50), (90, 50), shift=True),
        [(10, 10), (90, 10), (90, 50), (10, 50)],
    )
    tiny = scale.dragged(SQUARE, (50, 50), (-50, -50), shift=False)
    assert box_of(tiny).right > 10


@given(st.floats(-3, 3))
def test_a_turn_keeps_distances(angle: float) -> None:
    turn = Turn(ALL, (30.0, 30.0))
    to = 30 + 20 * math.cos(angle), 30 + 20 * math.sin(angle)
    turned = turn.dragged(SQUARE, (50, 30), to, shift=False)
    for point, after in zip(SQUARE, turned, strict=True):
        assert math.dist(after, (30, 30)) == pytest.approx(math.dist(point, (30, 30)))
    snapped = turn.dragged(SQUARE, (50, 30), to, shift=True)
    first = math.atan2(snapped[0][1] - 30, snapped[0][0] - 30)
    steps = (first - math.atan2(-20, -20)) / math.radians(15)
    assert steps == pytest.approx(round(steps), abs=1e-6)
