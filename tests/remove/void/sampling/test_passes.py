"""What a pass begins with."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
import torch
from torch import Tensor

from void_studio.remove.void.sampling.passes import (
    CHUNK,
    IMAGE_NOISE,
    chunks_of,
    encode_conditions,
    image_noise,
    initial_latents,
    seen_mask,
    seen_video,
)


class Looker:
    """A VAE that keeps what it is given, and answers with its every fourth frame, made small."""

    scaling = 0.7

    def __init__(self) -> None:
        self.given: list[Tensor] = []

    def encode(self, video: Iterable[Tensor], frames: int) -> Tensor:
        clip = torch.cat(list(video), dim=2)
        assert clip.shape[2] == frames
        self.given.append(clip)
        return clip[:, :1, ::4, ::8, ::8].expand(-1, 16, -1, -1, -1)


LEVELS = torch.tensor([0, 63, 127, 255], dtype=torch.float32)


def mask_of_all_levels(frames: int = 21) -> Tensor:
    """Loaded: the four levels of files from left to right, turned round."""
    row = ((255 - LEVELS) / 255).repeat_interleave(8)
    return row.expand(1, 1, frames, 16, 32).contiguous()


@pytest.mark.parametrize(("three", "wanted"), [(True, [0, 0, 128 / 255, 1]), (False, [0, 0, 0, 1])])
def test_the_vae_sees_masks_from_0_to_1(three: bool, wanted: list[float]) -> None:
    (seen,) = seen_mask([mask_of_all_levels(3)], three)
    assert seen.shape == (1, 3, 3, 16, 32)
    for channel in seen[0]:
        assert channel[0, 0, ::8].tolist() == pytest.approx(wanted, abs=1e-7)


def test_the_vae_sees_the_whole_picture_from_minus_1_to_1() -> None:
    video = torch.tensor([0.0, 0.25, 1.0]).reshape(1, 3, 1, 1, 1).expand(1, 3, 5, 8, 8)
    (seen,) = seen_video([video], None)
    assert seen[0, :, 0, 0, 0].tolist() == [-1.0, -0.5, 1.0]


def test_conditions_are_scaled_latents_the_mask_first() -> None:
    vae = Looker()
    video = torch.rand((1, 3, 21, 16, 32), generator=torch.Generator().manual_seed(1))
    mask = mask_of_all_levels()
    found = encode_conditions(vae, chunks_of(video), chunks_of(mask), 21, three_levels=True)
    seen_masks, seen_pictures = vae.given
    assert seen_pictures.shape == seen_masks.shape == (1, 3, 21, 16, 32)
    assert found.mask_latents.shape == found.video_latents.shape == (1, 6, 16, 2, 4)
    torch.testing.assert_close(found.mask_latents[0, 0, 0], seen_masks[0, 0, 0, ::8, ::8] * 0.7)
    joined = found.joined()
    assert joined.shape == (1, 6, 32, 2, 4)
    assert torch.equal(joined[:, :, :16], found.mask_latents)
    assert torch.equal(joined[:, :, 16:], found.video_latents)


@pytest.mark.parametrize("frames", [1, CHUNK, 21])
def test_parts_are_the_clip(frames: int) -> None:
    clip = torch.arange(frames * 4.0).reshape(1, 1, frames, 2, 2)
    parts = list(chunks_of(clip))
    assert all(part.shape[2] <= CHUNK for part in parts)
    assert torch.equal(torch.cat(parts, dim=2), clip)


def test_noise_on_the_picture_spares_what_is_black() -> None:
    video = torch.rand((1, 3, 21, 8, 8), generator=torch.Generator().manual_seed(1))
    video[:, :, :, :4] = 0
    noisy = torch.cat(list(seen_video(chunks_of(video), torch.Generator().manual_seed(9))), dim=2)
    grain = image_noise(21, 8, 8, torch.Generator().manual_seed(9))
    assert bool((noisy[:, :, :, :4] == -1).all())
    torch.testing.assert_close(
        noisy[:, :, :, 4:], (video * 2 - 1 + grain * IMAGE_NOISE)[:, :, :, 4:]
    )


def test_noise_of_parts_is_that_of_the_whole() -> None:
    """Whole clips and parts of them agree, so that a clip need not lie in memory for it."""
    generator = torch.Generator().manual_seed(5)
    parts = [image_noise(frames, 16, 24, generator) for frames in (8, 8, 5)]
    whole = image_noise(21, 16, 24, torch.Generator().manual_seed(5))
    assert torch.equal(torch.cat(parts, dim=2), whole)


def test_first_noise_is_drawn_in_its_own_type() -> None:
    def drawn(dtype: torch.dtype) -> Tensor:
        return initial_latents(6, 64, 96, torch.Generator().manual_seed(42), dtype, "cpu")

    full, half = drawn(torch.float32), drawn(torch.bfloat16)
    assert full.shape == half.shape == (1, 6, 16, 8, 12)
    assert half.dtype == torch.bfloat16
    assert torch.equal(full, drawn(torch.float32))
    assert float(full.std()) == pytest.approx(1, abs=6 * np.sqrt(0.5 / full.numel()))
