"""Differences of strokes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quadmask.strategies import tools
from void_studio.quadmask.bits import CANONICAL, NOTHING, Bytes, Plane, Rect, paint_table
from void_studio.quadmask.history import TileRecorder
from void_studio.quadmask.paint import grow, stamp_line, stroke_rect

SIZE = (150, 131)
DABS = st.lists(
    st.tuples(st.floats(-20, 170), st.floats(-20, 150), st.floats(0, 40), tools()), max_size=6
)


def any_field(seed: int = 0) -> Bytes:
    values = np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0]), np.uint8)
    return CANONICAL[values]


@given(st.integers(0, 9), DABS)
def test_undo_restores_exactly_and_redo_repeats_exactly(
    seed: int, dabs: list[tuple[float, float, float, tuple[Plane, Bytes]]]
) -> None:
    field = any_field(seed)
    before = field.copy()
    recorder = TileRecorder(field)
    for x, y, radius, (_, table) in dabs:
        recorder.touch(stroke_rect((x, y), (x + 5, y), radius, SIZE))
        stamp_line(field, table, (x, y), (x + 5, y), radius)
    after = field.copy()
    difference = recorder.finish()
    if difference is None:
        assert np.array_equal(after, before)
        return
    changed = np.argwhere(before != after)
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert difference.rect == Rect(left, top, right - left + 1, bottom - top + 1)
    for expected in (before, after, before):
        difference.apply(field)
        assert np.array_equal(field, expected)


@given(st.integers(0, 9), DABS, st.integers(0, 150 * 131 - 1))
def test_a_difference_fits_what_it_was_made_of_and_nothing_else(
    seed: int, dabs: list[tuple[float, float, float, tuple[Plane, Bytes]]], place: int
) -> None:
    field = any_field(seed)
    recorder = TileRecorder(field)
    recorder.touch(Rect(0, 0, *SIZE))
    for x, y, radius, (_, table) in dabs:
        stamp_line(field, table, (x, y), (x + 5, y), radius)
    difference = recorder.finish()
    if difference is None:
        return
    assert difference.fits(field, forward=False)
    assert not difference.fits(field, forward=True)
    row, column = divmod(place, SIZE[0])
    inside = any(
        rect.x <= column < rect.x + rect.width and rect.y <= row < rect.y + rect.height
        for rect in difference.rects
    )
    other = field.copy()
    other[row, column] ^= 4
    assert difference.fits(other, forward=False) != inside
    other[row, column] ^= 4 | 3
    assert difference.fits(other, forward=False), "what is tracked does not count"
    difference.apply(field)
    assert difference.fits(field, forward=True)
    assert not difference.fits(field[1:], forward=True)


def test_strokes_undo_in_turn() -> None:
    field = any_field()
    states, differences = [field.copy()], []
    for step in range(5):
        recorder = TileRecorder(field)
        start, end = (step * 20.0, 10.0), (60.0, step * 25.0)
        recorder.touch(stroke_rect(start, end, 9, SIZE))
        stamp_line(field, paint_table(Plane.AFFECTED, step % 2 == 0), start, end, 9)
        difference = recorder.finish()
        assert difference is not None
        differences.append(difference)
        states.append(field.copy())
    for difference, state in zip(reversed(differences), reversed(states[:-1]), strict=True):
        difference.apply(field)
        assert np.array_equal(field, state)


def test_touching_again_keeps_the_oldest_state() -> None:
    field = any_field()
    before = field.copy()
    recorder = TileRecorder(field)
    recorder.touch(Rect(0, 0, 10, 10))
    field[:64, :64] ^= 1
    recorder.touch(Rect(0, 0, *SIZE))
    field[:] ^= 2
    difference = recorder.finish()
    assert difference is not None
    difference.apply(field)
    assert np.array_equal(field, before)


def test_nothing_changed_is_no_difference() -> None:
    field = any_field()
    recorder = TileRecorder(field)
    recorder.touch(NOTHING)
    recorder.touch(Rect(500, 500, 10, 10))
    assert recorder.finish() is None
    recorder.touch(Rect(0, 0, *SIZE))
    assert recorder.finish() is None


def test_a_whole_frame_may_be_touched_for_little() -> None:
    field = np.zeros((1080, 1920), np.uint8)
    field[500:600, 900:1100] = 1
    before = field.copy()
    recorder = TileRecorder(field)
    recorder.touch(Rect(0, 0, 1920, 1080))
    grow(field, Plane.REMOVE, 10)
    difference = recorder.finish()
    assert difference is not None
    assert difference.rect == Rect(890, 490, 220, 120)
    assert difference.bytes < 4000
    difference.apply(field)
    assert np.array_equal(field, before)


def test_a_difference_fits_only_fields_of_its_shape() -> None:
    field = any_field()
    recorder = TileRecorder(field)
    recorder.touch(Rect(0, 0, 9, 9))
    field[0, 0] ^= 1
    difference = recorder.finish()
    assert difference is not None
    with pytest.raises(ValueError, match="applied to"):
        difference.apply(field[1:])
