"""How the windows of a long clip are weighted where they overlap.

Temporal multidiffusion as in VOID's released pipeline (commit 66e9c0e): every step runs all windows
and averages what they overlap in. Lengths are in latents.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from void_studio.remove.void.lengths import latents_of


def window_latents(frames: int) -> int:
    """Latents of a window of ``frames`` frames, one less where their number would be odd.

    The network joins latents in pairs, so the released pipeline drops 4 frames of such a window.
    """
    latents = latents_of(frames)
    return latents - latents % 2


def blend_weights(
    windows: Sequence[tuple[int, int]],
    overlap: int,
    dtype: torch.dtype,
    device: torch.device | str = "cpu",
) -> list[Tensor]:
    """How much each window counts, latent by latent; divide by their sum.

    A window rises over its first ``overlap`` latents unless it is the first, and falls over its
    last ones unless it is the last. Where both meet in a short window, the fall wins.

    Args:
        windows: First and behind-last latent of each, as ``lengths.windows_of`` gives them.
        overlap: Latents that neighbours share.
        dtype: Of the latents; the ramp is rounded to it.

    Returns:
        One (end - begin,) tensor for each window, above 0 and at most 1.

    Raises:
        ValueError: a window that is no longer than what it shares.
    """
    ramp = torch.linspace(0, 1, overlap + 2, device=device)[1:-1].to(dtype)
    weights = []
    for begin, end in windows:
        if len(windows) > 1 and end - begin <= overlap:
            raise ValueError(f"a window of {end - begin} latents cannot overlap by {overlap}")
        weight = torch.ones(end - begin, dtype=dtype, device=device)
        if begin > windows[0][0]:
            weight[:overlap] = ramp
        if overlap and end < windows[-1][1]:
            weight[-overlap:] = ramp.flip(0)
        weights.append(weight)
    return weights
