"""The geometry of comparing: where the wipe's line is, what is on which side, the halves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from void_studio.app.viewer.compare import (
    Compare,
    Grab,
    Wipe,
    WipeLine,
    in_right_pane,
    pane_offset,
    pane_size,
)
from void_studio.app.viewer.transform import Box

places = st.floats(-200, 400, allow_nan=False)
angles = st.floats(-180, 180, exclude_min=True)
lines = st.builds(WipeLine, places, places, angles)
right_angles = st.builds(WipeLine, places, places, st.sampled_from([-90.0, 0.0, 90.0, 180.0]))
boxes = st.builds(
    lambda x, y, width, height: Box(x, y, x + width, y + height),
    st.integers(0, 90),
    st.integers(0, 90),
    st.integers(1, 60),
    st.integers(1, 60),
)


@given(lines, boxes)
def test_the_sides_share_out_the_view(line: WipeLine, box: Box) -> None:
    """Every pixel is A's or B's, whichever side its centre is on."""
    mask = line.b_mask(box)
    assert mask.shape == (box.bottom - box.top, box.right - box.left)
    assert set(np.unique(mask)) <= {0, 255}
    for y in {box.top, (box.top + box.bottom) // 2, box.bottom - 1}:
        for x in {box.left, (box.left + box.right) // 2, box.right - 1}:
            distance = line.distance(x + 0.5, y + 0.5)
            if abs(distance) > 1e-6:
                assert (mask[y - box.top, x - box.left] == 255) == (distance > 0)


@given(lines, boxes)
def test_a_box_is_shared_out_as_the_whole_view_is(line: WipeLine, box: Box) -> None:
    whole = line.b_mask(Box(0, 0, 150, 150))
    assert np.array_equal(line.b_mask(box), whole[box.top : box.bottom, box.left : box.right])


@given(lines)
def test_turned_about_the_sides_are_exchanged(line: WipeLine) -> None:
    box = Box(0, 0, 80, 60)
    wipe = Wipe(angle=line.angle).turned(line.angle + 180)
    other = WipeLine(line.x, line.y, wipe.angle).b_mask(box)
    differ = line.b_mask(box) == other
    ys, xs = np.nonzero(differ)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        assert abs(line.distance(x + 0.5, y + 0.5)) < 1e-6, "only the line itself may be both's"


@given(st.one_of(right_angles, lines), st.one_of(right_angles, lines))
def test_nothing_changes_sides_outside_of_what_is_drawn_again(
    before: WipeLine, after: WipeLine
) -> None:
    view = (120, 90)
    whole = Box(0, 0, *view)
    changed = before.b_mask(whole) != after.b_mask(whole)
    box = after.between(before, view)
    assert box.intersect(whole) == box or box.empty
    if not box.empty:
        changed[box.top : box.bottom, box.left : box.right] = False
    assert not changed.any()


def test_an_upright_wipe_draws_only_the_strip_it_passed() -> None:
    assert WipeLine(30, 10, 0).between(WipeLine(40.5, 80, 0), (120, 90)) == Box(30, 0, 41, 90)
    assert WipeLine(30, 10, 90).between(WipeLine(40.5, 80, 90), (120, 90)) == Box(0, 10, 120, 80)
    assert WipeLine(30, 10, 30).between(WipeLine(30, 10, 30), (120, 90)).empty


@given(lines, st.floats(20, 80))
def test_the_handles_are_where_they_are_drawn(line: WipeLine, arm: float) -> None:
    reach = 8
    turn = line.handle(arm)
    assert math.dist(turn, (line.x, line.y)) == pytest.approx(arm)
    assert line.grabbed(*turn, reach, arm) is Grab.TURN
    assert line.grabbed(line.x, line.y, reach, arm) is Grab.CENTRE
    assert abs(line.distance(*turn)) < 1e-6
    far = line.ends(500)[0]
    assert line.grabbed(*far, reach, arm) is Grab.LINE
    across, down = line.normal
    aside = far[0] + across * (reach + 1), far[1] + down * (reach + 1)
    assert line.grabbed(*aside, reach, arm) is None


@given(lines)
def test_the_line_turns_to_where_its_handle_is_dragged(line: WipeLine) -> None:
    turn = line.handle(60)
    difference = (line.angle_to(*turn) - line.angle) % 360
    assert min(difference, 360 - difference) < 1e-6


def test_an_upright_wipe_has_a_at_the_left_and_its_handle_above() -> None:
    line = WipeLine(50, 40, 0)
    assert not line.on_b(49.9, 3)
    assert line.on_b(50, 3)
    assert line.handle(20) == (50, 20)
    quarter = WipeLine(50, 40, 90)
    assert not quarter.on_b(3, 39)
    assert quarter.on_b(3, 41)
    assert quarter.handle(20) == (70, 40)


@given(st.floats(-1000, 1000))
def test_angles_stay_within_one_turn(angle: float) -> None:
    free = Wipe().turned(angle).angle
    assert -180 < free <= 180
    assert math.isclose(math.cos(math.radians(free)), math.cos(math.radians(angle)), abs_tol=1e-6)
    snapped = Wipe().turned(angle, snap=True).angle
    assert -180 < snapped <= 180
    assert snapped % 15 == 0


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_the_wipe_stays_on_the_plate(x: float, y: float) -> None:
    wipe = Wipe(angle=30).moved(x, y)
    assert 0 <= wipe.x <= 1
    assert 0 <= wipe.y <= 1
    assert wipe.angle == 30


@given(st.integers(8, 4000), st.integers(1, 3000), st.sampled_from(Compare))
def test_halves_are_alike_and_fill_the_view(width: int, height: int, compare: Compare) -> None:
    view = (width, height)
    pane = pane_size(view, compare)
    left, right = (pane_offset(view, compare, side) for side in (False, True))
    assert left == 0
    if compare is not Compare.SIDE_BY_SIDE:
        assert (pane, right) == (view, 0)
        assert not in_right_pane(view, compare, width - 1)
        return
    assert right + pane[0] == width
    assert 2 <= right - pane[0] <= 3, "a line between them"
    assert not in_right_pane(view, compare, pane[0] - 1)
    assert in_right_pane(view, compare, right)
