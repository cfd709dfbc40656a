"""One call of VOID's transformer as the sampler sees it."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import nn

from void_studio.remove.void.network.attention import fastest_attention
from void_studio.remove.void.network.rope import Rope, rotary


class Predictor:
    """What the network makes of noisy latents: ``predict`` of the denoising loop."""

    def __init__(self, transformer: nn.Module) -> None:
        """``transformer`` has the forward and the ``config`` of ``CogVideoXTransformer3DModel``."""
        self.transformer = transformer
        self._config: Any = transformer.config
        self._ropes: dict[tuple[int, int, int, torch.device], Rope] = {}

    @torch.no_grad()
    def __call__(
        self,
        latents: torch.Tensor,
        conditions: torch.Tensor,
        text: torch.Tensor,
        timestep: torch.Tensor,
    ) -> torch.Tensor:
        """The model's output for each of a batch, in the dtype and on the device of ``latents``.

        A single latent frame is joined by an empty one, as the released code does.

        Args:
            latents: (B, F, 16, h, w), F even or 1.
            conditions: (B, F, 32, h, w), mask latents before video latents.
            text: (B, L, D).
            timestep: (B,), integers.

        Returns:
            (B, F, 16, h, w).

        Raises:
            RuntimeError: an odd number of latent frames above 1, as the released code raises.
        """
        frames = latents.shape[1]
        joined = self._paired(torch.cat([latents, conditions], dim=2))
        with fastest_attention(latents.device):
            (found,) = self.transformer(
                hidden_states=joined,
                encoder_hidden_states=text,
                timestep=timestep,
                image_rotary_emb=self.rope(joined),
                return_dict=False,
            )
        return cast(torch.Tensor, found[:, :frames])

    def rope(self, hidden: torch.Tensor) -> Rope:
        """The rotary positions for latents (B, F, C, h, w), made once for each shape."""
        frames, _, height, width = hidden.shape[1:]
        key = (frames, height, width, hidden.device)
        if key not in self._ropes:
            patch, along = self._config.patch_size, self._config.patch_size_t
            grid = (frames // along, height // patch, width // patch)
            self._ropes[key] = rotary(grid, self._config.attention_head_dim, hidden.device)
        return self._ropes[key]

    def _paired(self, hidden: torch.Tensor) -> torch.Tensor:
        frames, along = hidden.shape[1], self._config.patch_size_t
        if frames == 1:
            return torch.cat([hidden, *[torch.zeros_like(hidden)] * (along - 1)], dim=1)
        if frames % along:
            raise RuntimeError(f"{frames} latent frames cannot be joined in groups of {along}")
        return hidden
