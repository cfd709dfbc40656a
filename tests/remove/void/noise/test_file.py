"""Noise files made into latents."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.remove.void.noise.file import load_warped_noise, source_frames

SIDES = st.integers(1, 60)


def white(shape: tuple[int, ...], seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@examples(max_examples=25)
@given(SIDES, SIDES, SIDES, SIDES)
def test_unit_noise_keeps_its_variance_at_any_size(
    height: int, width: int, tall: int, wide: int
) -> None:
    """Over many draws of white noise every single value has mean 0 and variance 1."""
    draws = 1024
    array = white((draws // 16, height, width, 16), seed=height * width)
    found = load_warped_noise(array, len(array), tall, wide, "unit")[0]
    columns, rows = found[..., 0], found[..., 0, :]
    for line in (columns, rows):
        values = line.permute(2, 0, 1).reshape(-1, draws)
        # 6 standard errors: of a variance sqrt(2 / n), of a mean sqrt(1 / n).
        assert float((values.var(dim=1) - 1).abs().max()) < 6 * (2 / draws) ** 0.5
        assert float(values.mean(dim=1).abs().max()) < 6 * draws**-0.5


@pytest.mark.parametrize("size", [(48, 84), (30, 45), (60, 90), (90, 135)])
def test_the_released_noise_becomes_weaker_and_unit_noise_does_not(size: tuple[int, int]) -> None:
    array = white((8, 60, 90, 16))
    unit = load_warped_noise(array, 8, *size, "unit")
    weak = load_warped_noise(array, 8, *size, "as-released")
    assert float(unit.std()) == pytest.approx(1, abs=0.03)
    assert (float(weak.std()) > 0.99) == (size == (60, 90))


def test_noise_of_the_wanted_size_is_handed_on_untouched() -> None:
    array = white((22, 6, 8, 16))
    wanted = torch.from_numpy(array).permute(0, 3, 1, 2)[None]
    assert torch.equal(load_warped_noise(array, 22, 6, 8, "as-released"), wanted)
    assert torch.equal(load_warped_noise(array, 22, 6, 8, "unit"), wanted)


def test_a_frame_is_averaged_in_its_place() -> None:
    """Two pixels become one: their sum over the root of two."""
    array = np.zeros((1, 2, 4, 16), np.float32)
    array[0, :, 2:, 5] = 3.0
    found = load_warped_noise(array, 1, 2, 2, "unit")
    assert found[0, 0, 5, 0].tolist() == pytest.approx([0.0, 6 / 2**0.5])
    assert float(found[0, 0, :5].abs().max()) == 0.0


@given(st.integers(1, 200), st.integers(1, 100))
def test_frames_are_the_nearest_of_those_there_are(count: int, frames: int) -> None:
    nearest, truncated = (source_frames(count, frames, nearest=near) for near in (True, False))
    assert nearest[0] == truncated[0] == 0
    assert nearest == sorted(nearest)
    assert nearest[-1] == (count - 1 if frames > 1 else 0)
    assert all(0 <= a - b <= 1 for a, b in zip(nearest, truncated, strict=True))


def test_the_release_truncates() -> None:
    found = source_frames(72, 22, nearest=False)
    assert found[:5] == [0, 3, 6, 10, 13]
    assert found[-1] == 71


@pytest.mark.parametrize("mode", ["unit", "as-released"])
def test_channels_may_come_second(mode: str) -> None:
    array = white((4, 6, 8, 16))
    second = np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    one, other = (load_warped_noise(a, 4, 3, 5, mode) for a in (array, second))  # type: ignore[arg-type]
    assert torch.equal(one, other)


def test_a_picture_of_16_rows_is_misread_as_released_only() -> None:
    array = white((2, 16, 24, 16))
    wanted = torch.from_numpy(array).permute(0, 3, 1, 2)[None]
    assert torch.equal(load_warped_noise(array, 2, 16, 24, "unit"), wanted)
    assert not torch.equal(load_warped_noise(array, 2, 16, 24, "as-released"), wanted)


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
        load_warped_noise(array, 2, 4, 4, "unit")
