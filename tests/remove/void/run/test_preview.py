"""Latents become pictures by a map that is fitted to the clip itself."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from void_studio.remove.conform import Plan
from void_studio.remove.void.lengths import padded_length
from void_studio.remove.void.run.preview import LatentColours, latent_starts, preview_of, small


def plan_of(first: int, count: int) -> Plan:
    frames = (first, first + count - 1)
    return Plan((640, 360), frames, (10, 20, 320, 160), (64, 32), 21, padded_length(count, 21))


@given(st.integers(0, 500), st.integers(1, 300))
def test_every_frame_of_the_clip_belongs_to_one_latent(first: int, count: int) -> None:
    plan = plan_of(first, count)
    starts = latent_starts(plan)
    assert starts[0] == first
    assert all(length in (1, 4) for length in np.diff(starts))
    assert starts[-1] <= plan.frames[1] < starts[-1] + 4
    assert len(starts) <= plan.latents


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_linear_picture_is_found_again(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn((1, 30, 16, 6, 8), generator=generator).to(dtype)
    matrix = torch.randn((16, 3), generator=generator) * 0.03
    pictures = latents[0].float().permute(0, 2, 3, 1) @ matrix + torch.tensor([0.3, 0.5, 0.6])
    wanted = (pictures * 255).round().clamp(0, 255).to(torch.uint8)
    found = LatentColours.fitted(latents, pictures.numpy()).pictures(latents)
    assert found.dtype == torch.uint8
    assert (found.int() - wanted.int()).abs().max() <= 1


def test_padding_takes_no_part() -> None:
    generator = torch.Generator().manual_seed(2)
    latents = torch.randn((1, 6, 16, 4, 4), generator=generator)
    pictures = np.random.default_rng(0).random((3, 4, 4, 3), np.float32)
    first = LatentColours.fitted(latents, pictures)
    latents[:, 3:] = 1000
    again = LatentColours.fitted(latents, pictures)
    assert torch.equal(first.matrix, again.matrix)
    assert torch.equal(first.bias, again.bias)


def test_a_black_clip_is_black() -> None:
    latents = torch.zeros((1, 2, 16, 4, 4))
    colours = LatentColours.fitted(latents, np.zeros((2, 4, 4, 3), np.float32))
    assert not colours.pictures(latents).any()


def test_a_small_picture_has_the_means_of_its_blocks() -> None:
    picture = np.zeros((16, 24, 3), np.float32)
    picture[8:, 16:] = np.linspace(0, 1, 8)[None, :, None]
    found = small(picture)
    assert found.shape == (2, 3, 3)
    assert found[1, 2] == pytest.approx([0.5] * 3)
    assert not found[0].any()


def test_a_preview_is_of_the_clip_alone() -> None:
    plan = plan_of(100, 6)
    preview = preview_of(plan, np.zeros((plan.latents, 4, 8, 3), np.uint8))
    assert preview.starts == (100, 101, 105)
    assert preview.pictures.shape == (3, 4, 8, 3)
    assert preview.box == (10, 20, 320, 160)
