from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from void_studio.errors import Cancelled
from void_studio.progress import CancelToken
from void_studio.remove.clean_plate.inpaint import inpaint


def stripes(depth: type = np.uint8) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:110, :150]
    wave = 128 + 90 * np.sin((rows + 2 * columns) / 3.5)
    picture = np.dstack([wave, 0.5 * wave + 40, 200 - 0.5 * wave])
    return np.rint(picture * (np.iinfo(depth).max / 255)).astype(depth)


def hole() -> NDArray[np.bool_]:
    mask = np.zeros((110, 150), bool)
    mask[40:72, 55:95] = True
    return mask


def error(filled: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    return float(np.abs(filled.astype(np.float64) - truth)[hole()].mean())


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_pattern_goes_on_across_the_hole(depth: type) -> None:
    truth = stripes(depth)
    damaged = truth.copy()
    damaged[hole()] = 0
    filled = inpaint(damaged, hole(), ~hole(), CancelToken())
    assert filled.dtype == depth
    assert np.array_equal(filled[~hole()], truth[~hole()])
    assert error(filled, truth) < 12 * np.iinfo(depth).max / 255


def test_it_beats_diffusion_on_texture() -> None:
    truth = stripes()
    damaged = truth.copy()
    damaged[hole()] = 0
    smooth = cv2.inpaint(damaged, hole().astype(np.uint8), 5, cv2.INPAINT_TELEA)
    assert error(inpaint(damaged, hole(), ~hole(), CancelToken()), truth) < 0.5 * error(
        smooth, truth
    )


def test_the_same_hole_is_filled_the_same() -> None:
    first, second = (inpaint(stripes(), hole(), ~hole(), CancelToken()) for _ in range(2))
    assert np.array_equal(first, second)


def test_what_is_neither_hole_nor_known_is_left_alone() -> None:
    known = ~hole()
    known[:, 120:] = False
    filled = inpaint(stripes(), hole(), known, CancelToken())
    assert np.array_equal(filled[:, 120:], stripes()[:, 120:])


def test_too_little_to_copy_from_gives_a_smooth_filling() -> None:
    picture = np.full((20, 20, 3), 90, np.uint8)
    mask = np.ones((20, 20), bool)
    mask[:2] = False
    picture[mask] = 0
    assert np.abs(inpaint(picture, mask, ~mask, CancelToken()).astype(int) - 90).max() <= 1


def test_it_can_be_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        inpaint(stripes(), hole(), ~hole(), cancel)
