"""Noise files made into latents."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.remove.void.noise.file import load_warped_noise, source_frames


def white(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_the_released_noise_becomes_weaker() -> None:
    array = white((8, 60, 90, 16))
    deviation = float(load_warped_noise(array, 8, 48, 84).std())
    assert deviation == pytest.approx(0.66, abs=0.01)


def test_noise_of_the_wanted_size_is_handed_on_untouched() -> None:
    array = white((22, 6, 8, 16))
    wanted = torch.from_numpy(array).permute(0, 3, 1, 2)[None]
    assert torch.equal(load_warped_noise(array, 22, 6, 8), wanted)


@given(st.integers(1, 200), st.integers(1, 100))
def test_frames_go_from_the_first_to_the_last(count: int, frames: int) -> None:
    found = source_frames(count, frames)
    assert found == sorted(found)
    assert (len(found), found[0]) == (frames, 0)
    assert found[-1] == (count - 1 if frames > 1 else 0)


def test_the_release_truncates() -> None:
    found = source_frames(72, 22)
    assert found[:5] == [0, 3, 6, 10, 13]
    assert found[-1] == 71


def test_channels_may_come_second() -> None:
    array = white((4, 6, 8, 16))
    second = np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    assert torch.equal(*(load_warped_noise(given, 4, 3, 5) for given in (array, second)))


def test_a_picture_of_16_rows_is_misread_as_released() -> None:
    array = white((2, 16, 24, 16))
    right = torch.from_numpy(array).permute(0, 3, 1, 2)[None]
    found = load_warped_noise(array, 2, 16, 24)
    assert found.shape == right.shape
    assert not torch.equal(found, right)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 4, 4, 15), np.float32),
        np.zeros((4, 4, 16), np.float32),
        np.zeros((0, 4, 4, 16), np.float32),
        np.zeros((2, 4, 4, 16), np.int32),
        np.full((2, 4, 4, 16), np.nan, np.float16),
    ],
)
def test_what_is_no_noise_is_refused(array: NDArray[np.float32]) -> None:
    with pytest.raises(VoidError, match="no warped noise"):
        load_warped_noise(array, 2, 4, 4)
