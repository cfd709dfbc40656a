"""Widening the patch embedding of the base transformer to VOID's input channels.

A column of ``patch_embed.proj.weight`` is channel * 8 + time * 4 + row * 2 + column of a patch
2 x 2 x 2, so 33 channels (16 noise, 1 mask, 16 video) are 264 columns and VOID's 48 are 384. The
released VOID files have all 384; older ones have the base's, and were read over a widened base.
Rules are those of VOID's released code (``from_pretrained`` and ``predict_v2v``), commit 66e9c0e.
All weights are (D, columns) and keep their dtype.
"""

from __future__ import annotations

import torch

PATCH = 8
"""Columns of one channel."""

LATENT = 16 * PATCH
"""Columns of the 16 channels of one latent."""

VOID_COLUMNS = 3 * LATENT


def widened(base: torch.Tensor) -> torch.Tensor:
    """``base`` for 48 channels: its one mask channel takes the place of all 16 mask latents."""
    if base.shape[1] == VOID_COLUMNS:
        return base
    mask = base[:, LATENT : LATENT + PATCH].repeat(1, LATENT // PATCH)
    return torch.cat([base[:, :LATENT], mask, base[:, -LATENT:]], dim=1)


def stacked(base: torch.Tensor, channels: int) -> torch.Tensor:
    """``base`` for ``channels`` input channels, the further ones without effect."""
    made = base.new_zeros(base.shape[0], channels * PATCH)
    made[:, : base.shape[1]] = base
    return made


def overlaid(base: torch.Tensor, stored: torch.Tensor) -> torch.Tensor:
    """``stored`` over a ``base`` of the width that is wanted.

    Of a narrower one only the noise and video columns are taken; those between stay the base's.
    """
    if stored.shape == base.shape:
        return stored
    middle = base[:, LATENT:-LATENT]
    return torch.cat([stored[:, :LATENT], middle, stored[:, -LATENT:]], dim=1)


def rounded_to_fp8(weights: torch.Tensor) -> torch.Tensor:
    """``weights`` as bfloat16 after the fp8 loading of the released code: e4m3 values."""
    return weights.to(torch.float8_e4m3fn).to(torch.bfloat16)
