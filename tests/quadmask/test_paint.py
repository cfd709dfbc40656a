"""Painting tools: shapes, planes, dirty rectangles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.quadmask.strategies import PLANES, POINTS, RADII, SHAPE, fields, masks, tools
from void_studio.quadmask.bits import (
    NOTHING,
    Bytes,
    Mask,
    Plane,
    Rect,
    field_from_planes,
    paint_table,
    plane_mask,
    unpaint_table,
)
from void_studio.quadmask.grid import cell_rect
from void_studio.quadmask.paint import (
    copy_plane,
    fill_cells,
    fill_mask,
    fill_polygon,
    fill_rect,
    grow,
    polygon_rect,
    shrink,
    stamp,
    stamp_line,
)

REMOVE = paint_table(Plane.REMOVE, True)
CELLS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 9)), max_size=5)
Edit = Callable[[Bytes, Bytes], Rect]


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Any tool with any shape, waiting for a field and a table."""
    points = draw(st.lists(POINTS, min_size=1, max_size=6))
    radius = draw(RADII)
    cells = draw(CELLS)
    mask = draw(masks((6, 7)))
    offset = draw(st.tuples(st.integers(-9, 25), st.integers(-9, 25)))
    choices: list[Edit] = [
        lambda field, table: stamp_line(field, table, points[0], points[-1], radius),
        lambda field, table: fill_polygon(field, table, points),
        lambda field, table: fill_cells(field, table, cells),
        lambda field, table: fill_rect(field, table, Rect(*offset, *offset[::-1])),
        lambda field, table: fill_mask(field, table, mask, offset),
    ]
    return draw(st.sampled_from(choices))


def empty(shape: tuple[int, int] = (40, 50)) -> Bytes:
    return np.zeros(shape, np.uint8)


def disc(shape: tuple[int, int], x: float, y: float, radius: float) -> Mask:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)


@given(fields(), tools(), edits())
def test_a_tool_edits_one_plane_by_its_table_inside_the_rectangle_it_reports(
    field: Bytes, tool: tuple[Plane, Bytes], edit: Edit
) -> None:
    _, table = tool
    before = field.copy()
    rect = edit(field, table)
    changed = field != before
    assert np.array_equal(field[changed], table[before][changed])
    outside = changed.copy()
    outside[rect.slices] = False
    assert not outside.any()
    assert rect.clip((SHAPE[1], SHAPE[0])) == rect


@given(fields(), PLANES, edits())
def test_back_to_tracked_takes_painting_back(field: Bytes, plane: Plane, edit: Edit) -> None:
    tracked = field & 3
    edit(tracked, paint_table(plane, True))
    edit(tracked, unpaint_table(plane))
    assert np.array_equal(tracked, field & 3)


THIN_THEN_WIDE = {
    "field": np.zeros((19, 23), np.uint8),
    "tool": (Plane.REMOVE, paint_table(Plane.REMOVE, True)),
    "start": (2.0, 16.0),
    "samples": [((0.0, 8.625), 8.0)],
    "radius": 0.0,
}
TO_AN_EDGE = {
    **THIN_THEN_WIDE,
    "start": (0.0, -0.125),
    "samples": [((0.0, 0.0), 0.0), ((0.0, 0.0), 0.0)],
}


@given(fields(), tools(), POINTS, st.lists(st.tuples(POINTS, RADII), min_size=1, max_size=5), RADII)
@example(**THIN_THEN_WIDE)
@example(**TO_AN_EDGE)
def test_a_stroke_that_goes_on_sets_what_one_that_starts_anew_does(
    field: Bytes,
    tool: tuple[Plane, Bytes],
    start: tuple[float, float],
    samples: list[tuple[tuple[float, float], float]],
    radius: float,
) -> None:
    _, table = tool
    anew = field.copy()
    stamp_line(field, table, start, start, radius)
    stamp_line(anew, table, start, start, radius)
    for end, end_radius in samples:
        before = field.copy()
        rects = stamp(field, table, start, end, radius, end_radius, goes_on=True)
        stamp(anew, table, start, end, radius, end_radius)
        assert np.array_equal(field, anew)
        for rect in rects:
            before[rect.slices] = field[rect.slices]
        assert np.array_equal(field, before)
        start, radius = end, end_radius


def test_a_stroke_that_goes_on_changes_only_what_it_comes_to() -> None:
    field = empty((400, 400))
    stamp_line(field, REMOVE, (200, 200), (200, 200), 150)
    rects = stamp(field, REMOVE, (200, 200), (203, 200), 150, goes_on=True)
    assert sum(rect.width * rect.height for rect in rects) < 0.4 * 300 * 300
    assert all(field[rect.slices].any() for rect in rects)
    assert stamp(field, REMOVE, (203, 200), (203, 200), 150, goes_on=True) == []


def test_a_polygon_is_filled_to_its_outline() -> None:
    field = empty()
    rect = fill_polygon(field, REMOVE, [(10.5, 5.5), (20.5, 5.5), (20.5, 15.5), (10.5, 15.5)])
    assert field[5:16, 10:21].all()
    assert np.count_nonzero(field) == 11 * 11
    assert rect.union(Rect(10, 5, 11, 11)) == rect


@given(st.lists(POINTS, max_size=6))
def test_a_polygon_stays_inside_its_rectangle(points: list[tuple[float, float]]) -> None:
    field = empty(SHAPE)
    fill_polygon(field, REMOVE, points)
    field[polygon_rect(points, (SHAPE[1], SHAPE[0])).slices] = 0
    assert not field.any()


def test_polygons_of_few_or_far_points() -> None:
    field = empty()
    assert fill_polygon(field, REMOVE, []) == NOTHING
    fill_polygon(field, REMOVE, [(3.5, 4.5)])
    assert np.argwhere(field).tolist() == [[4, 3]]
    assert fill_polygon(empty(), REMOVE, [(-90, -90), (-80, -90), (-80, -80)]) == NOTHING
    fill_polygon(field, REMOVE, [(-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)])
    assert field.all()
    with pytest.raises(ValueError, match="not a number"):
        fill_polygon(field, REMOVE, [(0, 0), (1, float("nan")), (2, 2)])


def test_a_mask_is_placed_and_clipped() -> None:
    field = empty((10, 12))
    mask = np.ones((4, 6), np.bool_)
    assert fill_mask(field, REMOVE, mask, (-2, 8)) == Rect(0, 8, 4, 2)
    assert np.count_nonzero(field) == 8
    assert fill_mask(field, REMOVE, mask, (12, 0)) == NOTHING
    assert fill_mask(field, REMOVE, np.zeros((4, 6), np.bool_)) == NOTHING


def test_cells_are_filled_whole() -> None:
    field = empty((360, 640))
    rect = fill_cells(field, paint_table(Plane.AFFECTED, True), [(2, 3), (2, 4), (2, 3)])
    expected = cell_rect((640, 360), 2, 3).union(cell_rect((640, 360), 2, 4))
    assert rect == expected
    assert plane_mask(field, Plane.AFFECTED)[expected.slices].all()
    assert np.count_nonzero(field) == expected.width * expected.height


@pytest.mark.parametrize("pixels", [1, 3, 5])
def test_growing_and_shrinking_are_round(pixels: int) -> None:
    blank = np.zeros((40, 50), np.bool_)
    dot = blank.copy()
    dot[20, 25] = True
    field = field_from_planes(dot, blank)
    rect = grow(field, Plane.REMOVE, pixels)
    assert np.array_equal(plane_mask(field, Plane.REMOVE), disc(field.shape, 25, 20, pixels))
    assert rect == Rect(25 - pixels, 20 - pixels, 2 * pixels + 1, 2 * pixels + 1)

    field = field_from_planes(~dot, blank)
    assert shrink(field, Plane.REMOVE, pixels) == rect
    assert np.array_equal(plane_mask(field, Plane.REMOVE), ~disc(field.shape, 25, 20, pixels))


@given(fields(), PLANES, st.integers(0, 6))
def test_growing_then_shrinking_paints_only_what_changes(
    field: Bytes, plane: Plane, pixels: int
) -> None:
    for tool, sign in ((grow, True), (shrink, False)):
        before = field.copy()
        rect = tool(field, plane, pixels)
        was, now = plane_mask(before, plane), plane_mask(field, plane)
        changed = field != before
        assert np.array_equal(changed, was != now)
        assert (now[changed] == sign).all()
        assert np.array_equal(field, np.where(changed, paint_table(plane, sign)[before], before))
        outside = changed.copy()
        outside[rect.slices] = False
        assert not outside.any()


def test_shrinking_leaves_the_border_of_the_picture_alone() -> None:
    field = field_from_planes(np.ones((9, 9), np.bool_), np.zeros((9, 9), np.bool_))
    assert shrink(field, Plane.REMOVE, 3) == NOTHING
    field[:, 5:] = 0
    shrink(field, Plane.REMOVE, 2)
    mask = plane_mask(field, Plane.REMOVE)
    assert mask[:, :3].all()
    assert not mask[:, 3:].any()


def test_growing_nothing_or_by_nothing_does_nothing() -> None:
    assert grow(empty(), Plane.REMOVE, 5) == NOTHING
    assert shrink(empty(), Plane.REMOVE, 5) == NOTHING
    field = field_from_planes(disc((40, 50), 9, 9, 4), disc((40, 50), 9, 9, 4))
    assert grow(field, Plane.REMOVE, 0) == NOTHING


@given(fields(), fields(), PLANES)
def test_copying_a_plane_paints_only_the_difference(
    field: Bytes, source: Bytes, plane: Plane
) -> None:
    before = field.copy()
    copy_plane(field, source, plane)
    assert np.array_equal(plane_mask(field, plane), plane_mask(source, plane))
    differs = plane_mask(before, plane) != plane_mask(source, plane)
    assert np.array_equal(field[~differs], before[~differs])
    others = ~np.uint8(plane.is_painted_bit | plane.painted_bit)
    assert np.array_equal(field & others, before & others)
