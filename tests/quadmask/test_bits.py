"""The bit field and its tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quadmask.strategies import PLANES, fields, masks, tools
from void_studio.quadmask.bits import (
    CANONICAL,
    EFFECTIVE,
    HAND_PAINTED,
    IS_PAINTED_AFFECTED,
    IS_PAINTED_REMOVE,
    LEVELS,
    NOTHING,
    PAINTED_REMOVE,
    TRACKED,
    TRACKED_REMOVE,
    Bytes,
    Mask,
    Plane,
    Rect,
    apply_table,
    field_from_planes,
    paint_table,
    plane_mask,
    plane_table,
    unpaint_table,
)

RECTS = st.builds(
    Rect, st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 9), st.integers(0, 9)
)


def other(plane: Plane) -> Plane:
    return Plane.AFFECTED if plane is Plane.REMOVE else Plane.REMOVE


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(rect.x, rect.x + rect.width)
        for y in range(rect.y, rect.y + rect.height)
    }


def test_each_effective_state_has_its_level() -> None:
    assert [int(LEVELS[bits]) for bits in (0, 1, 2, 3)] == [255, 0, 127, 63]
    assert [int(EFFECTIVE[bits]) for bits in (0, 1, 2, 3)] == [0, 1, 2, 3]


def test_painted_value_wins_over_tracked() -> None:
    kept = TRACKED_REMOVE | IS_PAINTED_REMOVE
    removed = IS_PAINTED_REMOVE | PAINTED_REMOVE
    assert LEVELS[kept] == 255
    assert LEVELS[removed] == 0
    assert HAND_PAINTED[kept] == HAND_PAINTED[removed] == HAND_PAINTED[IS_PAINTED_AFFECTED] == 1
    assert HAND_PAINTED[TRACKED] == 0


def test_tables_cannot_be_changed_by_accident() -> None:
    for table in (EFFECTIVE, LEVELS, HAND_PAINTED, paint_table(Plane.REMOVE, True)):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1


@given(fields(), tools())
def test_a_tool_never_touches_the_other_plane(field: Bytes, tool: tuple[Plane, Bytes]) -> None:
    plane, table = tool
    untouched = other(plane)
    bits = untouched.tracked_bit | untouched.is_painted_bit | untouched.painted_bit
    after = apply_table(field, table)
    assert np.array_equal(field & bits, after & bits)
    assert np.array_equal(plane_mask(field, untouched), plane_mask(after, untouched))


@given(fields(), tools())
def test_no_tool_changes_tracked_bits_or_leaves_the_canon(
    field: Bytes, tool: tuple[Plane, Bytes]
) -> None:
    after = apply_table(field, tool[1])
    assert np.array_equal(after & TRACKED, field & TRACKED)
    assert np.array_equal(after, CANONICAL[after])


@given(fields(), PLANES, st.booleans())
def test_painting_sets_the_plane_and_unpainting_shows_the_track(
    field: Bytes, plane: Plane, value: bool
) -> None:
    painted = apply_table(field, paint_table(plane, value))
    assert np.all(plane_mask(painted, plane) == value)
    back = apply_table(painted, unpaint_table(plane))
    assert np.array_equal(plane_mask(back, plane), (field & plane.tracked_bit) != 0)


@given(masks(), masks())
def test_planes_survive_the_field(remove: Mask, affected: Mask) -> None:
    field = field_from_planes(remove, affected)
    assert np.array_equal(plane_mask(field, Plane.REMOVE), remove)
    assert np.array_equal(plane_mask(field, Plane.AFFECTED), affected)
    assert not HAND_PAINTED[field].any()


@given(fields(), PLANES)
def test_apply_table_is_a_look_up_in_place_and_in_views(field: Bytes, plane: Plane) -> None:
    table = plane_table(plane)
    expected = table[field]
    assert np.array_equal(apply_table(field, table), expected)
    view = field[3:7, 5:9]
    apply_table(view, table, out=view)
    assert np.array_equal(field[3:7, 5:9], expected[3:7, 5:9])


def test_apply_table_of_nothing_is_nothing() -> None:
    empty = np.zeros((0, 5), np.uint8)
    assert apply_table(empty, LEVELS).shape == (0, 5)
    assert apply_table(empty, LEVELS, out=empty) is empty


@given(RECTS, RECTS)
def test_rectangles_behave_as_sets_of_pixels(a: Rect, b: Rect) -> None:
    assert pixels(a.intersect(b)) == pixels(a) & pixels(b)
    assert pixels(a.union(b)) >= pixels(a) | pixels(b)
    assert a.union(NOTHING) == a or a.empty
    assert a.empty == (not pixels(a))
    assert pixels(a.clip((4, 6))) == {(x, y) for x, y in pixels(a) if 0 <= x < 4 and 0 <= y < 6}


def test_rectangle_slices_index_rows_then_columns() -> None:
    image = np.zeros((5, 9), np.uint8)
    image[Rect(2, 1, 4, 3).slices] = 1
    assert image.sum() == 12
    assert image[1:4, 2:6].all()
