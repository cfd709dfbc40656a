"""Where frames stand: laws of the time axis."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from void_studio.app.timeline.geometry import (
    CLOSEST,
    TimeScale,
    apart,
    columns,
    curve,
    dips,
    neighbour,
    pack,
    ruler_labels,
    snapped,
    thumb_slots,
    tick_step,
)
from void_studio.app.timeline.timecode import parse_frame, timecode

counts = st.integers(1, 5000)
widths = st.floats(50, 4000)


@st.composite
def scales(draw: st.DrawFn) -> TimeScale:
    count = draw(counts)
    whole = TimeScale.whole(count, draw(st.floats(0, 200)), draw(widths))
    x = draw(st.floats(whole.left, whole.right))
    return whole.zoomed(draw(st.floats(1, 50)), x)


@given(scales())
def test_a_frame_is_found_where_it_stands(scale: TimeScale) -> None:
    for index in scale.visible:
        assert scale.index_at(scale.centre_of(index)) == index


@given(scales(), st.floats(-500, 5000))
def test_any_position_is_a_frame(scale: TimeScale, x: float) -> None:
    assert 0 <= scale.index_at(x) < scale.count


@given(counts, widths, st.floats(0.05, 20), st.floats(0, 1))
def test_zoom_keeps_what_is_under_the_pointer(
    count: int, width: float, factor: float, part: float
) -> None:
    whole = TimeScale.whole(count, 100, width)
    x = whole.left + part * width
    closer = whole.zoomed(factor, x)
    before = whole.first + part * whole.shown
    after = closer.first + part * closer.shown
    assert after == pytest.approx(before, abs=1e-6)
    assert min(CLOSEST, count) <= closer.shown <= count


@given(scales(), st.floats(-6000, 6000))
def test_panning_stays_on_the_shot(scale: TimeScale, frames: float) -> None:
    moved = scale.panned(frames)
    assert moved.shown == scale.shown
    assert -1e-9 <= moved.first <= scale.count - scale.shown + 1e-9


@given(scales(), st.data())
def test_revealing_brings_a_frame_into_sight(scale: TimeScale, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, scale.count - 1))
    shown = scale.revealing(index)
    assert shown.first <= index + 1e-9
    assert index + 1 <= shown.first + shown.shown + 1e-9
    if scale.first <= index and index + 1 <= scale.first + scale.shown:
        assert shown == scale


@pytest.mark.parametrize(
    ("index", "rate", "text"),
    [
        (20, Fraction(12), "00:00:01:08"),
        (0, Fraction(24), "00:00:00:00"),
        (24 * 3661 + 23, Fraction(24), "01:01:01:23"),
        (30, Fraction(30000, 1001), "00:00:01:00"),
        (119, Fraction(120), "00:00:00:119"),
        (3, Fraction(1, 2), "00:00:03:00"),
    ],
)
def test_timecode(index: int, rate: Fraction, text: str) -> None:
    assert timecode(index, rate) == text


@pytest.mark.parametrize(
    ("frame_width", "spacing", "step"), [(100, 60, 1), (40, 60, 2), (22.3, 67, 5), (0.5, 60, 200)]
)
def test_tick_step(frame_width: float, spacing: float, step: int) -> None:
    assert tick_step(frame_width, spacing) == step


@given(scales(), st.integers(0, 100_000), st.floats(20, 200))
def test_ruler_labels_never_touch(scale: TimeScale, first: int, spacing: float) -> None:
    labels = ruler_labels(scale, first, spacing)
    assert labels[0] == scale.visible[0]
    assert all(index in scale.visible for index in labels)
    for near, far in pairwise(labels):
        assert (far - near) * scale.frame_width >= spacing - 1e-6


def test_ruler_labels_are_round_plate_numbers() -> None:
    scale = TimeScale.whole(46, 0, 1040)
    assert ruler_labels(scale, 1001, 67) == [0, 4, 9, 14, 19, 24, 29, 34, 39, 45]


@given(scales(), st.data())
def test_no_frame_is_lost_in_columns(scale: TimeScale, data: st.DataObject) -> None:
    index = data.draw(st.sampled_from(scale.visible))
    states = np.zeros(scale.count, np.uint8)
    states[index] = 2
    # The edge frames of a zoomed view may show less than their gap.
    whole_frame = scale.first <= index and index + 1 <= scale.first + scale.shown
    shown = columns(states, scale, 1.0)
    assert shown.size == round(scale.width)
    if whole_frame and scale.width >= 50:
        assert 2 in shown
        where = scale.left + np.flatnonzero(shown) + 0.5
        assert np.all(np.abs(where - scale.centre_of(index)) <= scale.frame_width / 2 + 1.5)


def test_frames_are_drawn_apart_where_there_is_room() -> None:
    states = np.ones(4, np.uint8)
    shown = columns(states, TimeScale.whole(4, 0, 40), 1.0)
    assert shown.reshape(4, 10).tolist() == [[0] + [1] * 9] * 4
    assert columns(states, TimeScale.whole(4, 0, 40), 1.0, gap=False).all()
    assert columns(np.ones(40, np.uint8), TimeScale.whole(40, 0, 80), 1.0).all()


def test_the_strongest_of_frames_that_share_a_pixel_wins() -> None:
    states = np.zeros(1000, np.uint8)
    states[[10, 11]] = (1, 2)
    shown = columns(states, TimeScale.whole(1000, 0, 100), 1.0)
    assert np.flatnonzero(shown).tolist() == [1]
    assert shown[1] == 2


def test_a_curve_runs_through_the_centres_and_breaks_where_nothing_is_known() -> None:
    values = np.array([0.2, 0.6, np.nan, np.nan, 0.7, np.nan])
    low, high = curve(values, TimeScale.whole(6, 100, 60), 1.0)
    known = ~np.isnan(low)
    assert np.flatnonzero(known).tolist() == [*range(20), *range(39, 50)]
    assert low[4] == high[4] == low[0] == pytest.approx(0.2)  # flat up to the first centre
    assert (low[10], high[10]) == pytest.approx((0.4, 0.44))
    assert np.all(low[40:50] == 0.7)
    assert np.isnan(curve(np.full(5, np.nan), TimeScale.whole(5, 0, 50), 1.0)[0]).all()


def test_a_curve_is_unbroken_and_loses_nothing_of_its_range() -> None:
    values = np.full(10_000, 0.9)
    values[4321] = 0.1
    low, high = curve(values, TimeScale.whole(10_000, 0, 200), 2.0)
    assert low.size == 400
    assert np.flatnonzero(low < 0.2).tolist() == [172]
    assert np.all(low[1:] <= high[:-1])
    assert np.all(high[1:] >= low[:-1])


def test_dips_are_the_lowest_of_each_unsure_run() -> None:
    values = np.array([0.9, 0.4, 0.2, 0.4, np.nan, 0.3, 0.9, 0.1])
    assert dips(values, 0.5).tolist() == [2, 5, 7]
    assert dips(np.full(3, np.nan), 0.5).tolist() == []
    assert dips(np.zeros(0), 0.5).tolist() == []


@given(scales(), st.floats(8, 400))
def test_thumbnails_cover_the_axis_without_overlap(scale: TimeScale, width: float) -> None:
    slots = thumb_slots(scale, width)
    assert slots[0][1] <= scale.left + 1e-6
    assert slots[-1][1] + slots[-1][2] >= min(scale.right, scale.x_of(scale.count)) - 1e-6
    for (_, x, wide), (_, following, _) in pairwise(slots):
        assert following == pytest.approx(x + wide)


def test_panning_asks_for_the_same_pictures() -> None:
    scale = TimeScale.whole(1000, 0, 1000).zoomed(4, 500)
    before = {index for index, _, _ in thumb_slots(scale, 80)}
    after = {index for index, _, _ in thumb_slots(scale.panned(3), 80)}
    assert len(before - after) <= 1
    assert len(after - before) <= 1


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted), max_size=12))
def test_takes_never_overlap_and_the_newest_is_first(spans: list[list[int]]) -> None:
    given_spans = [(first, last) for first, last in spans]
    rows = pack(given_spans, 3)
    assert not rows or rows[-1] == 0
    assert all(-1 <= row < 3 for row in rows)
    taken: dict[int, set[int]] = {}
    for (first, last), row in zip(given_spans, rows, strict=True):
        if row >= 0:
            frames = set(range(first, last + 1))
            assert not frames & taken.setdefault(row, set())
            taken[row] |= frames


@given(scales())
def test_the_scroll_handle_stays_on_its_bar(scale: TimeScale) -> None:
    start, width = scale.scroll_handle()
    assert start >= scale.left - 1e-6
    assert start + width <= max(scale.right, scale.left + width) + 1e-6


@given(scales(), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_any_span_is_inside_the_shot(
    scale: TimeScale, a: float, b: float, holds_last: bool
) -> None:
    first, last = sorted((a * scale.count, b * scale.count))
    made = scale.spanning(first, last, holds_last)
    assert min(CLOSEST, scale.count) <= made.shown <= scale.count
    assert 0 <= made.first <= scale.count - made.shown + 1e-6


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1021", 20),
        ("  1001 ", 0),
        ("900", -101),
        ("+5", 15),
        ("-10", 0),
        ("1:08", 32),
        ("00:00:01:08", 32),
        ("1:00:00:00", 86400),
        ("0.2", 2),
        ("", None),
        ("+", None),
        ("1:", None),
        ("1:2:3:4:5", None),
        ("ten", None),
    ],
)
def test_what_is_typed_is_a_number_a_step_or_timecode(text: str, index: int | None) -> None:
    assert parse_frame(text, 10, 1001, Fraction(24000, 1001)) == index


@given(st.integers(0, 200_000), st.sampled_from([Fraction(24), Fraction(30000, 1001)]))
def test_timecode_is_read_as_it_is_written(index: int, rate: Fraction) -> None:
    assert parse_frame(timecode(index, rate), 0, 1001, rate) == index


@given(st.lists(st.integers(0, 100), unique=True), st.integers(0, 100), st.floats(0, 20))
def test_a_drag_clings_to_the_nearest_mark_within_reach(
    marks: list[int], index: int, reach: float
) -> None:
    found = snapped(index, np.array(sorted(marks), np.intp), reach)
    near = min((abs(mark - index) for mark in marks), default=1000)
    assert abs(found - index) == (near if near <= reach else 0)


@given(st.lists(st.integers(0, 100), unique=True), st.integers(0, 100), st.sampled_from([1, -1]))
def test_neighbours_are_the_next_ones(frames: list[int], index: int, direction: int) -> None:
    beyond = [frame for frame in frames if (frame - index) * direction > 0]
    expected = min(beyond, key=lambda frame: abs(frame - index)) if beyond else None
    assert neighbour(np.array(sorted(frames), np.intp), index, direction) == expected


@given(scales(), st.lists(st.integers(0, 5000), unique=True), st.floats(2, 40))
def test_marks_that_stay_are_few_and_none_stands_alone_without_one(
    scale: TimeScale, frames: list[int], spacing: float
) -> None:
    given_frames = np.array(sorted(frames), np.intp)
    kept = apart(scale, given_frames, spacing)
    assert set(kept.tolist()) <= set(frames)
    for frame in frames:
        assert np.min(np.abs(kept - frame)) * scale.frame_width <= spacing + 1e-6
