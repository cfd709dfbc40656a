"""What the wand takes for the same colour."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from void_studio.quadmask.wand import alike

SHAPE = (9, 11, 3)
PICTURES = arrays(np.uint8, SHAPE, elements=st.sampled_from((0, 3, 100, 104, 108, 250, 255)))
PLACES = st.tuples(st.integers(0, 10), st.integers(0, 8))
TOLERANCES = st.integers(0, 255)


@given(PICTURES, PLACES, TOLERANCES)
def test_the_whole_frame_is_what_lies_within_the_tolerance(
    picture: np.ndarray, at: tuple[int, int], tolerance: int
) -> None:
    apart = np.abs(picture.astype(int) - picture[at[1], at[0]].astype(int))
    found = alike(picture, at, tolerance, contiguous=False)
    assert found.dtype == np.bool_
    assert np.array_equal(found, (apart <= tolerance).all(axis=2))


@given(PICTURES, PLACES, TOLERANCES)
def test_contiguous_is_the_part_around_the_click(
    picture: np.ndarray, at: tuple[int, int], tolerance: int
) -> None:
    whole = alike(picture, at, tolerance, contiguous=False)
    _, parts = cv2.connectedComponents(whole.view(np.uint8), connectivity=4)
    found = alike(picture, at, tolerance, contiguous=True)
    assert found.dtype == np.bool_
    assert np.array_equal(found, parts == parts[at[1], at[0]])


@given(PICTURES, PLACES, TOLERANCES, TOLERANCES, st.booleans())
def test_a_larger_tolerance_takes_no_less(
    picture: np.ndarray, at: tuple[int, int], one: int, other: int, contiguous: bool
) -> None:
    low, high = sorted((one, other))
    small, large = (alike(picture, at, value, contiguous) for value in (low, high))
    assert not (small & ~large).any()
    assert small[at[1], at[0]]


@pytest.mark.parametrize("contiguous", [True, False])
def test_the_picture_stays_as_it_is(contiguous: bool) -> None:
    picture = np.random.default_rng(1).integers(0, 255, SHAPE, np.uint8)
    before = picture.copy()
    alike(picture, (4, 4), 90, contiguous)
    assert np.array_equal(picture, before)
    picture.setflags(write=False)
    assert alike(picture, (4, 4), 90, contiguous)[4, 4]


@pytest.mark.parametrize("at", [(-1, 0), (0, -1), (11, 0), (0, 9)])
def test_a_click_outside_is_refused(at: tuple[int, int]) -> None:
    with pytest.raises(IndexError):
        alike(np.zeros(SHAPE, np.uint8), at, 0, True)
