"""VOID's video autoencoder, in chunks, so that no clip ever lies in memory whole.

The network and its weights are diffusers' ``AutoencoderKLCogVideoX``. How a clip is cut into chunks
changes the numbers (group norms average over a chunk), so both directions cut as the released code
does; stock ``decode`` cuts otherwise and gives 32 frames for 8 latents, not 29.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from diffusers import AutoencoderKLCogVideoX
from torch import nn

from void_studio.errors import VoidError
from void_studio.files import read_json
from void_studio.remove.void.network.attention import fastest_attention
from void_studio.remove.void.network.transformer import freeze, known_settings, load_strict
from void_studio.remove.void.network.vae_decoder import Chunk, correct

_MAKER: Any = AutoencoderKLCogVideoX

ENCODED_AT_ONCE = 8
"""Frames of every chunk but the first, which also takes what 8 leaves over."""

DECODED_AT_ONCE = 2
"""Latents of every chunk but the first, which is a single one."""


def load_vae(folder: Path, dtype: torch.dtype, device: torch.device | str) -> Vae:
    """The autoencoder of a Hub folder ``vae`` with its config and one safetensors file.

    Raises:
        VoidError: either cannot be read or does not fit the other.
    """
    path = folder / "config.json"
    vae = empty_vae(known_settings(read_json(path), _MAKER.__init__, path))
    load_strict(vae, folder / "diffusion_pytorch_model.safetensors", dtype, device)
    return Vae(vae)


def empty_vae(config: Mapping[str, Any]) -> nn.Module:
    """An ``AutoencoderKLCogVideoX`` on the meta device.

    Raises:
        VoidError: none can be made with these settings.
    """
    try:
        with torch.device("meta"):
            made: nn.Module = _MAKER(**config)
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        raise VoidError("No VAE can be made from its config", str(error)) from error
    freeze(made)
    return made


class Vae:
    """Frames to latents and back.

    Attributes:
        scaling: What latents are multiplied with before the transformer sees them.
    """

    def __init__(self, vae: nn.Module) -> None:
        """``vae`` is an ``AutoencoderKLCogVideoX``; parts of its decoder are replaced."""
        whole: Any = vae
        self._vae = whole
        self._chunk = Chunk()
        self.scaling: float = whole.config.scaling_factor
        correct(whole.decoder, self._chunk)
        if self.device.type == "cuda":
            channels_last(whole)

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        return cast(torch.dtype, next(self._vae.parameters()).dtype)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return cast(torch.device, next(self._vae.parameters()).device)

    def to(self, device: torch.device | str) -> None:
        """Moves it, e.g. off the GPU while the transformer needs the room."""
        self._vae.to(device)

    def encode(self, video: Iterable[torch.Tensor], frames: int) -> torch.Tensor:
        """The mode of a clip's latents, unscaled.

        Args:
            video: (1, 3, t, H, W) parts of any lengths, in any dtype and on any device; pictures
                are -1 to 1, masks 0 to 1. H and W are multiples of 8.
            frames: How many they are together.

        Returns:
            (1, 16, F, H/8, W/8) in the model's dtype; F is (frames - 1) // 4 + 1 for 4n + 1 frames.

        Raises:
            ValueError: the parts are more or fewer frames than that.
        """
        return self.moments(video, frames).chunk(2, dim=1)[0]

    def moments(self, video: Iterable[torch.Tensor], frames: int) -> torch.Tensor:
        """Mean and logarithm of the variance, (1, 32, F, H/8, W/8), of what ``encode`` takes."""
        cache = None
        parts = []
        for chunk in rechunked(video, encode_lengths(frames)):
            part, cache = self._encoded(chunk, cache)
            parts.append(part)
        return torch.cat(parts, dim=2)

    def decode(self, latents: torch.Tensor) -> Iterator[torch.Tensor]:
        """Pictures of unscaled ``latents`` (1, 16, F, h, w), as they are made.

        Yields:
            (1, 3, t, 8h, 8w), about -1 to 1, in the model's dtype: first one frame, then 8 and at
            last 4 if F is even; 4F - 3 in all.
        """
        cache = None
        start = 0
        for length in decode_lengths(latents.shape[2]):
            made, cache = self._decoded(latents[:, :, start : start + length], start == 0, cache)
            yield made
            start += length

    @torch.no_grad()
    def _encoded(self, frames: torch.Tensor, cache: Any) -> tuple[torch.Tensor, Any]:
        vae = self._vae
        with fastest_attention(self.device):
            moments, cache = vae.encoder(self._received(frames), conv_cache=cache)
            if vae.quant_conv is not None:
                moments = vae.quant_conv(moments)
        return moments, cache

    @torch.no_grad()
    def _decoded(self, latents: torch.Tensor, first: bool, cache: Any) -> tuple[torch.Tensor, Any]:
        vae = self._vae
        self._chunk.first = first
        received = self._received(latents)
        if vae.post_quant_conv is not None:
            received = vae.post_quant_conv(received)
        return cast(tuple[torch.Tensor, Any], vae.decoder(received, conv_cache=cache))

    def _received(self, values: torch.Tensor) -> torch.Tensor:
        if self.device.type != "cuda":
            return values.to(self.device, self.dtype, memory_format=torch.contiguous_format)
        if values.device.type == "cpu":
            # Only what is pinned is copied while the GPU still computes the chunk before.
            pinned = values.to(self.dtype).contiguous().pin_memory()
            values = pinned.to(self.device, non_blocking=True)
        return values.to(self.device, self.dtype, memory_format=torch.channels_last_3d)


def channels_last(module: nn.Module) -> None:
    """Lays the weights of ``module``'s convolutions out as tensor cores read them."""
    for part in module.modules():
        if isinstance(part, nn.Conv3d):
            part.weight.data = part.weight.to(memory_format=torch.channels_last_3d)
        elif isinstance(part, nn.Conv2d):
            part.weight.data = part.weight.to(memory_format=torch.channels_last)


def encode_lengths(frames: int) -> list[int]:
    """Frames of each chunk to encode: 8 with the rest of the division by 8, then 8 each."""
    first = min(frames, ENCODED_AT_ONCE + frames % ENCODED_AT_ONCE)
    return [first, *[ENCODED_AT_ONCE] * ((frames - first) // ENCODED_AT_ONCE)]


def decode_lengths(latents: int) -> list[int]:
    """Latents of each chunk to decode: one, then two each, and one that is left over."""
    pairs, single = divmod(latents - 1, DECODED_AT_ONCE)
    return [1, *[DECODED_AT_ONCE] * pairs, *[1] * single]


def rechunked(parts: Iterable[torch.Tensor], lengths: Iterable[int]) -> Iterator[torch.Tensor]:
    """``parts``, tensors (B, C, t, H, W), cut anew into ``lengths`` along t.

    Raises:
        ValueError: they are not as long together as ``lengths`` are.
    """
    source = iter(parts)
    kept: list[torch.Tensor] = []
    for length in lengths:
        while sum(part.shape[2] for part in kept) < length:
            part = next(source, None)
            if part is None:
                raise ValueError("the clip has fewer frames than were announced")
            kept.append(part)
        joined = torch.cat(kept, dim=2) if len(kept) > 1 else kept[0]
        yield joined[:, :, :length]
        kept = [joined[:, :, length:]]
    if sum(part.shape[2] for part in kept) or any(part.shape[2] for part in source):
        raise ValueError("the clip has more frames than were announced")
