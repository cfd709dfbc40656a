from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from void_studio.remove.composite import (
    apply_patch,
    bounding_box,
    difference_alpha,
    feathered_alpha,
    grown,
    make_patch,
    matte_of,
)
from void_studio.remove.protocol import Patch

DEPTHS = st.sampled_from([np.uint8, np.uint16])


@st.composite
def patched(draw: st.DrawFn) -> tuple[NDArray[Any], Patch]:
    depth = draw(DEPTHS)
    plate = draw(arrays.arrays(depth, (12, 14, 3)))
    height, width = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    rgba = draw(arrays.arrays(depth, (height, width, 4)))
    return plate, Patch(0, draw(st.integers(0, 6)), draw(st.integers(0, 4)), rgba)


@given(patched())
def test_alpha_nought_is_the_plate_and_full_alpha_the_patch(
    case: tuple[NDArray[Any], Patch],
) -> None:
    plate, patch = case
    result = apply_patch(plate, patch)
    alpha = np.zeros(plate.shape[:2], np.int64)
    rgb = np.zeros_like(plate)
    rows = slice(patch.y, patch.y + patch.rgba.shape[0])
    columns = slice(patch.x, patch.x + patch.rgba.shape[1])
    alpha[rows, columns] = patch.rgba[..., 3]
    rgb[rows, columns] = patch.rgba[..., :3]
    full = np.iinfo(plate.dtype).max
    assert np.array_equal(result[alpha == 0], plate[alpha == 0])
    assert np.array_equal(result[alpha == full], rgb[alpha == full])
    low, high = np.minimum(plate, rgb), np.maximum(plate, rgb)
    between = alpha > 0
    assert (result[between] >= low[between]).all()
    assert (result[between] <= high[between]).all()


def test_matte_is_remove_or_affected() -> None:
    levels = np.array([[0, 63, 127, 255]], np.uint8)
    assert matte_of(levels).tolist() == [[True, True, True, False]]


def test_growing_is_a_disc() -> None:
    matte = np.zeros((21, 21), bool)
    matte[10, 10] = True
    rows, columns = np.ogrid[:21, :21]
    expected = np.square(rows - 10) + np.square(columns - 10) <= 25
    assert np.array_equal(grown(matte, 5), expected)
    assert np.array_equal(grown(matte, 0), matte)
    assert not grown(np.zeros_like(matte), 5).any()


def test_growing_reaches_over_the_edge_of_the_picture() -> None:
    matte = np.zeros((9, 9), bool)
    matte[0, 0] = matte[8, 8] = True
    assert np.count_nonzero(grown(matte, 1)) == 6


@given(arrays.arrays(bool, (16, 18)), st.integers(0, 6), st.integers(0, 6))
def test_the_feather_lies_in_the_grown_ring_only(
    matte: NDArray[np.bool_], grow: int, feather: int
) -> None:
    alpha = feathered_alpha(matte, grow, feather)
    assert (alpha[matte] == 1).all()
    assert np.array_equal(alpha > 0, grown(matte, grow))


def test_the_feather_falls_away_from_the_matte() -> None:
    matte = np.zeros((3, 30), bool)
    matte[:, :10] = True
    ramp = feathered_alpha(matte, 8, 8)[1, 10:19]
    assert (np.diff(ramp) < 0).all()
    assert ramp[-1] == 0


def test_a_ring_that_looks_like_its_filling_is_left_alone() -> None:
    marked = np.zeros((30, 30), bool)
    marked[10:20, 10:20] = True
    plate = np.full((30, 30, 3), 100, np.uint8)
    filled = plate.copy()
    plate[marked] = 250
    plate[:, 20:22] = 140
    alpha = difference_alpha(plate, filled, marked, 0.5)
    assert (alpha[:, 20:22] == 1).all()
    assert not alpha[:, 26:].any()
    assert not alpha[:, :9].any()


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_patch_holds_nothing_where_it_is_clear(depth: type) -> None:
    rgb = np.full((4, 5, 3), 77, depth)
    alpha = np.zeros((4, 5), np.float32)
    alpha[1:3, 1:3] = 1
    patch = make_patch(3, (7, 8), rgb, alpha)
    assert (patch.index, patch.x, patch.y) == (3, 7, 8)
    assert patch.rgba.dtype == depth
    assert not patch.rgba[0].any()
    assert (patch.rgba[1, 1] == [77, 77, 77, np.iinfo(depth).max]).all()


def test_bounding_box() -> None:
    mask = np.zeros((10, 12), bool)
    assert bounding_box(mask) is None
    mask[3:5, 4:9] = True
    assert bounding_box(mask) == (4, 3, 5, 2)
