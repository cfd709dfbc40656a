"""How windows are weighted where they overlap."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from void_studio.remove.void.lengths import windows_of
from void_studio.remove.void.sampling.windows import blend_weights, window_latents


@given(st.integers(1, 120), st.integers(2, 30), st.integers(0, 29), st.booleans())
def test_every_latent_has_weight(latents: int, window: int, overlap: int, half: bool) -> None:
    overlap %= window
    windows = windows_of(latents, window, overlap)
    weights = blend_weights(windows, overlap, torch.bfloat16 if half else torch.float32)
    total = torch.zeros(latents)
    for (begin, end), weight in zip(windows, weights, strict=True):
        assert weight.shape == (end - begin,)
        assert bool((weight > 0).all())
        assert bool((weight <= 1).all())
        total[begin:end] += weight
    assert bool((total > 0).all())


def test_ramps_of_neighbours_add_up() -> None:
    windows = windows_of(50, 22, 4)
    total = torch.zeros(50)
    for (begin, end), weight in zip(windows, blend_weights(windows, 4, torch.float32), strict=True):
        total[begin:end] += weight
    assert windows == [(0, 22), (18, 40), (36, 50)]
    torch.testing.assert_close(total, torch.ones(50))


def test_half_precision_rounds_the_ramp() -> None:
    first, _ = blend_weights([(0, 22), (18, 24)], 4, torch.bfloat16)
    assert first[-4:].tolist() == [0.80078125, 0.6015625, 0.400390625, 0.2001953125]


def test_a_fall_wins_over_a_rise_in_a_short_window() -> None:
    _, middle, _ = blend_weights([(0, 6), (2, 8), (4, 10)], 4, torch.float32)
    torch.testing.assert_close(middle, torch.tensor([0.2, 0.4, 0.8, 0.6, 0.4, 0.2]))


def test_windows_that_overlap_wholly_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot overlap"):
        blend_weights([(0, 4), (0, 8)], 4, torch.float32)


@pytest.mark.parametrize(("frames", "latents"), [(21, 6), (45, 12), (49, 12), (85, 22), (89, 22)])
def test_odd_windows_lose_a_latent(frames: int, latents: int) -> None:
    assert window_latents(frames) == latents
