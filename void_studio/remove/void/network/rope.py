"""Rotary positions of VOID's video tokens."""

from __future__ import annotations

from typing import cast

import torch
from diffusers.models.embeddings import get_3d_rotary_pos_embed

Rope = tuple[torch.Tensor, torch.Tensor]


def rotary(grid: tuple[int, int, int], head: int, device: torch.device | None = None) -> Rope:
    """Cosines and sines, each float32 (tokens, head), tokens in the order time, row, column.

    A quarter of ``head`` turns with time and three eighths with either side, at base 10,000
    (CogVideoX 1.5). Positions count from 0, whichever window the tokens are of.

    Args:
        grid: Tokens along time, height and width.
    """
    time, height, width = grid
    made = get_3d_rotary_pos_embed(
        embed_dim=head,
        crops_coords=None,
        grid_size=(height, width),
        temporal_size=time,
        grid_type="slice",
        max_size=(height, width),
        device=device,
    )
    return cast(Rope, made)
