"""A trajectory: stamps along a path become affected, and nothing else changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quadmask.strategies import POINTS, SHAPE, fields
from void_studio.quadmask.bits import Bytes, Plane, plane_mask
from void_studio.quadmask.trajectory import (
    Path,
    Timing,
    paint_stamp,
    paint_sweep,
    positions,
    smoothed,
    stamp,
)

PATHS = st.lists(POINTS, min_size=1, max_size=12).map(tuple)
BOXES = st.tuples(st.integers(1, 9), st.integers(1, 9))


@given(PATHS)
def test_a_smoothed_path_keeps_its_ends(path: Path) -> None:
    smooth = smoothed(path)
    assert smooth[0] == pytest.approx(path[0], abs=1e-6)
    assert smooth[-1] == pytest.approx(path[-1], abs=1e-6)


def test_a_straight_path_stays_straight_and_a_tremble_goes() -> None:
    straight = [(x, 2.0 * x) for x in range(50)]
    assert np.allclose(np.diff(np.array(smoothed(straight)), axis=0).std(axis=0), 0, atol=1e-9)
    trembling = [(x / 4, math.sin(x * math.pi / 8)) for x in range(200)]
    assert np.abs(np.array(smoothed(trembling))[10:-10, 1]).max() < 0.5


@given(PATHS, st.integers(1, 40), st.sampled_from(Timing))
def test_every_frame_has_a_place_from_beginning_to_end(
    path: Path, count: int, timing: Timing
) -> None:
    places = positions(path, count, timing)
    assert len(places) == count
    assert places[0] == pytest.approx(path[0])
    if count > 1:
        assert places[-1] == pytest.approx(path[-1])


def test_even_is_even_and_falling_is_as_the_square_of_time() -> None:
    path = ((0.0, 0.0), (0.0, 100.0))
    assert [y for _, y in positions(path, 5, Timing.EVEN)] == pytest.approx([0, 25, 50, 75, 100])
    assert [y for _, y in positions(path, 5, Timing.FALLING)] == pytest.approx(
        [0, 6.25, 25, 56.25, 100]
    )


@given(fields(), POINTS, BOXES)
def test_a_stamp_is_affected_and_nothing_else_changes(
    field: Bytes, at: tuple[float, float], box: tuple[int, int]
) -> None:
    before = field.copy()
    dirty = paint_stamp(field, at, box)
    rect = stamp(at, box).clip((SHAPE[1], SHAPE[0]))
    inside = np.zeros(SHAPE, np.bool_)
    inside[rect.slices] = True
    assert plane_mask(field, Plane.AFFECTED)[inside].all()
    assert (field == before)[~inside].all()
    assert (plane_mask(field, Plane.REMOVE) == plane_mask(before, Plane.REMOVE)).all()
    inside[dirty.slices] = False
    assert not inside.any()


@given(fields(), PATHS, BOXES)
def test_a_sweep_holds_every_stamp_and_never_touches_remove(
    field: Bytes, path: Path, box: tuple[int, int]
) -> None:
    before, stamped = field.copy(), field.copy()
    dirty = paint_sweep(field, path, box)
    for at in path:
        paint_stamp(stamped, at, box)
    missing = plane_mask(stamped, Plane.AFFECTED) & ~plane_mask(field, Plane.AFFECTED)
    assert not missing.any()
    assert (plane_mask(field, Plane.REMOVE) == plane_mask(before, Plane.REMOVE)).all()
    changed = field != before
    changed[dirty.slices] = False
    assert not changed.any()


def test_a_sweep_leaves_no_gap_between_far_places() -> None:
    field = np.zeros((40, 100), np.uint8)
    paint_sweep(field, ((10.0, 20.0), (90.0, 20.0)), (6, 8))
    affected = plane_mask(field, Plane.AFFECTED)
    assert affected[16:24, 7:93].all()
    assert affected.sum() == 8 * 86
