"""What a pass begins with: the mask and the picture as the VAE's latents, and noise.

Formulas and constants are those of VOID's released pipeline, commit 66e9c0e.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from void_studio.remove.void.sees import Pass, quantised

LATENT_CHANNELS = 16
DOWNSCALE = 8
"""Pixels along one side of a latent."""

IMAGE_NOISE = 0.0563
"""Strength of the noise on the picture, where a network was trained with it
(``add_noise_in_inpaint_model``)."""

CHUNK = 8
"""Frames that are converted at once, so that a long clip is not held twice."""


class Encoder(Protocol):
    """The part of a VAE that is needed: posterior modes, unscaled (1,16,F,h,w)."""

    scaling: float

    def encode(self, video: Iterable[Tensor], frames: int) -> Tensor: ...


@dataclass(frozen=True)
class Conditions:
    """What the network sees beside the noise; both (1,F,16,h,w), scaled, in the VAE's dtype."""

    mask_latents: Tensor
    video_latents: Tensor

    def joined(self) -> Tensor:
        """(1,F,32,h,w), in the order the network was trained with: the mask first."""
        return torch.cat([self.mask_latents, self.video_latents], dim=2)


def encode_conditions(
    vae: Encoder,
    video: Iterable[Tensor],
    mask: Iterable[Tensor],
    frames: int,
    three_levels: bool,
    noise: torch.Generator | None = None,
) -> Conditions:
    """The latents of a mask and of the whole picture, the marked region included.

    Args:
        vae: Encodes parts of any lengths; takes care of its own device and dtype.
        video: float32 (1,3,t,H,W) parts, 0 to 1.
        mask: float32 (1,1,t,H,W) parts as loaded: 1 remove, 192/255 both, 128/255 affected, 0 keep.
        frames: How many either are together.
        three_levels: Whether *affected* keeps a level of its own (Pass 1) or is removed (Pass 2 as
            released).
        noise: Draws the noise on the picture, for networks that were trained with it.
    """
    return Conditions(
        _latents(vae, seen_mask(mask, three_levels), frames),
        _latents(vae, seen_video(video, noise), frames),
    )


def seen_mask(chunks: Iterable[Tensor], three_levels: bool) -> Iterator[Tensor]:
    """Masks as loaded, (1,1,t,H,W), as the VAE gets them: (1,3,t,H,W), **0 remove to 1 keep**.

    Unlike the picture a mask is not spread to -1 .. 1: the networks were trained so.
    """
    which = Pass.ONE if three_levels else Pass.TWO
    for chunk in chunks:
        levels = np.float32(1) - quantised(chunk.numpy(force=True), which)
        yield torch.from_numpy(levels).expand(-1, 3, -1, -1, -1)


def seen_video(chunks: Iterable[Tensor], noise: torch.Generator | None) -> Iterator[Tensor]:
    """Pictures of 0 to 1 as the VAE gets them, -1 to 1, with noise on all that is not black."""
    for chunk in chunks:
        spread = chunk * 2 - 1
        if noise is not None:
            _, _, frames, height, width = chunk.shape
            grain = image_noise(frames, height, width, noise).to(chunk.device)
            spread = spread + torch.where(spread == -1, 0, grain * IMAGE_NOISE)
        yield spread


def image_noise(frames: int, height: int, width: int, generator: torch.Generator) -> Tensor:
    """Standard normal float32 (1,3,T,H,W), on the generator's device.

    It is drawn frame by frame into a clip that lies in memory so, as released: the same seed gives
    other values to a clip that lies channel by channel. On the CPU the parts of a clip, drawn one
    after the other, are those of the whole.
    """
    laid = torch.empty((1, frames, 3, height, width), device=generator.device)
    return laid.permute(0, 2, 1, 3, 4).normal_(generator=generator)


def initial_latents(
    latents: int,
    height: int,
    width: int,
    generator: torch.Generator,
    dtype: torch.dtype,
    device: torch.device | str,
) -> Tensor:
    """Noise to begin with, (1,F,16,H/8,W/8).

    It is drawn in ``dtype``, as released, which is not promised to be a float32 draw rounded.

    Args:
        latents: F.
        height, width: Of the picture, in pixels.
        generator: Draws on its own device; on the CPU a seed gives the same noise everywhere.
    """
    shape = (1, latents, LATENT_CHANNELS, height // DOWNSCALE, width // DOWNSCALE)
    drawn = torch.randn(shape, generator=generator, dtype=dtype, device=generator.device)
    return drawn.to(device)


def chunks_of(clip: Tensor) -> Iterator[Tensor]:
    """(B,C,T,H,W) in parts of at most ``CHUNK`` frames."""
    for begin in range(0, clip.shape[2], CHUNK):
        yield clip[:, :, begin : begin + CHUNK]


def _latents(vae: Encoder, chunks: Iterable[Tensor], frames: int) -> Tensor:
    return (vae.encode(chunks, frames) * vae.scaling).permute(0, 2, 1, 3, 4).contiguous()
