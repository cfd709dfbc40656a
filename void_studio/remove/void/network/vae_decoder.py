"""Parts of diffusers' CogVideoX decoder that are wrong in a stream, or do more work than they need.

They take the places of the stock parts in one decoder, with the same weights under the same names.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_cogvideox import CogVideoXSpatialNorm3D
from torch import nn
from torch.nn import functional


class Chunk:
    """Which chunk a decoder is at.

    Attributes:
        first: Whether it is the first one of a clip: a single latent, which gives a single frame.
    """

    def __init__(self) -> None:
        self.first = True


def correct(decoder: Any, chunk: Chunk) -> None:
    """Replaces the parts of a ``CogVideoXDecoder3D``.

    Args:
        chunk: Is set by the caller before every call of ``decoder``.
    """
    for block in decoder.up_blocks:
        if block.upsamplers is not None:
            block.upsamplers = nn.ModuleList(
                _TimeUpsampler(stock.conv, chunk) if stock.compress_time else stock
                for stock in block.upsamplers
            )
    for parent in list(decoder.modules()):
        for name, stock in parent.named_children():
            if isinstance(stock, CogVideoXSpatialNorm3D):
                setattr(parent, name, _SpatialNorm(stock))


class _TimeUpsampler(nn.Module):
    """Doubles rows and columns, and frames unless they are a clip's first chunk.

    Stock diffusers tells the first chunk by its having a single frame, and so takes a single one at
    the end for a first one.
    """

    def __init__(self, conv: nn.Conv2d, chunk: Chunk) -> None:
        super().__init__()
        self.conv = conv
        self._chunk = chunk

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        doubled = hidden if self._chunk.first else hidden.repeat_interleave(2, dim=2)
        batch, channels, time, height, width = doubled.shape
        frames = doubled.permute(0, 2, 1, 3, 4).reshape(batch * time, channels, height, width)
        made: torch.Tensor = self.conv(functional.interpolate(frames, scale_factor=2.0))
        return made.reshape(batch, time, *made.shape[1:]).permute(0, 2, 1, 3, 4)


class _SpatialNorm(nn.Module):
    """Group norm, then a factor and an offset for every place, made of the latents.

    Stock diffusers enlarges the latents and then applies its 1 x 1 x 1 convolutions; this applies
    them first, to up to 256 times fewer places with the same result. Chunks are such that every
    latent covers equally many frames.
    """

    def __init__(self, stock: CogVideoXSpatialNorm3D) -> None:
        super().__init__()
        self.norm_layer = stock.norm_layer
        self.conv_y = stock.conv_y
        self.conv_b = stock.conv_b

    def forward(
        self, hidden: torch.Tensor, latents: torch.Tensor, conv_cache: object = None
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Needs no cache, and has none for the next chunk."""
        size = hidden.shape[-3:]
        normed: torch.Tensor = self.norm_layer(hidden)
        normed.mul_(_enlarged(self.conv_y.conv(latents), size))
        normed.add_(_enlarged(self.conv_b.conv(latents), size))
        return normed, {}


def _enlarged(values: torch.Tensor, size: torch.Size) -> torch.Tensor:
    """``values`` at ``size``, laid out as CUDA's group norm leaves what they are multiplied with:
    channels first, whatever its convolutions leave."""
    return functional.interpolate(values.contiguous(), size=size)
