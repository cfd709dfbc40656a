"""What latents look like, coarsely and at once: each latent becomes one pixel by a linear map.

The map is fitted to the clip itself, whose latents and pictures are both known once it is encoded,
so it suits any VAE and holds no constants. A decoded picture would cost as much as several steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from void_studio.remove.conform import Plan
from void_studio.remove.protocol import Preview
from void_studio.remove.void.sampling.passes import DOWNSCALE
from void_studio.remove.void.sees import Floats

MOST_FITTED = 16
"""Latent frames that the map is fitted to, spread over the clip."""


def latent_starts(plan: Plan) -> tuple[int, ...]:
    """The plate index at which each latent of the clip itself begins; those of padding are left.

    The first latent is one frame, every other one four.
    """
    first, last = plan.frames
    return tuple(at for at in (first, *range(first + 1, last + 1, 4)) if at <= last)


def small(picture: Floats) -> Floats:
    """A picture float32 (H, W, 3) with the means of 8 x 8 pixels, (H/8, W/8, 3)."""
    height, width = picture.shape[0] // DOWNSCALE, picture.shape[1] // DOWNSCALE
    blocks = picture.reshape(height, DOWNSCALE, width, DOWNSCALE, 3)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


@dataclass(frozen=True)
class LatentColours:
    """From latents to colours: RGB 0 to 255 is ``latent @ matrix + bias``.

    Attributes:
        matrix: float32 (16, 3).
        bias: float32 (3).
    """

    matrix: Tensor
    bias: Tensor

    @classmethod
    def fitted(cls, latents: Tensor, pictures: Floats) -> Self:
        """The map that is nearest, in the least squares, for a clip.

        Args:
            latents: (1, F, 16, h, w) of the clip, any device and dtype; more may follow.
            pictures: float32 (F, h, w, 3), 0 to 1, what each latent stands for.
        """
        chosen = np.unique(np.linspace(0, len(pictures) - 1, MOST_FITTED).astype(int))
        kept = latents[0, chosen.tolist()].permute(0, 2, 3, 1).reshape(-1, latents.shape[2])
        known = np.pad(kept.double().numpy(force=True), ((0, 0), (0, 1)), constant_values=1.0)
        wanted = pictures[chosen].reshape(-1, 3).astype(np.float64) * 255
        # The normal equations are 17 by 17, and may be singular: a clip can be all black.
        solved = np.linalg.lstsq(known.T @ known, known.T @ wanted, rcond=None)[0]
        found = torch.from_numpy(solved.astype(np.float32))
        return cls(found[:-1], found[-1])

    def pictures(self, latents: Tensor) -> Tensor:
        """RGB uint8 (F, h, w, 3) of latents (1, F, 16, h, w), on their device; nothing waits."""
        matrix = self.matrix.to(latents.device, non_blocking=True)
        bias = self.bias.to(latents.device, non_blocking=True)
        colours = latents[0].float().permute(0, 2, 3, 1) @ matrix + bias
        return colours.round().clamp(0, 255).to(torch.uint8)


def preview_of(plan: Plan, pictures: NDArray[np.uint8]) -> Preview:
    """The preview of a clip from pictures uint8 (F, h, w, 3) of its latents."""
    starts = latent_starts(plan)
    return Preview(pictures[: len(starts)], starts, plan.crop)
