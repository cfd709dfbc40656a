"""What the transformer and the VAE consist of and work through, by formula from their configs.

Parameters are exact. Arithmetic counts a multiplication and an addition as two; the VAE's numbers
were counted once over its real config (128, 256, 256, 512 channels, three layers a block).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HELD_BLOCKS = 2
"""Blocks that are on the device at a time when they are streamed."""

LIVE_ROWS = 16
"""Hidden states (tokens x width) alive at a block's peak, in the feed-forward: four widths in, four
out, and the text and the video apart, normed, modulated and joined."""

VAE_PARAMETERS = 215_583_907

VAE_NUMBERS_PER_PIXEL = 15_600
"""Numbers alive at the VAE's peak for each pixel of a frame: two latents of decoding with their
caches. Encoding 13 frames takes 10,200."""

VAE_ENCODE_FLOPS = 2.345e12 / (384 * 672)
"""For each pixel of each frame."""

VAE_DECODE_FLOPS = 4.784e12 / (384 * 672)

Config = Mapping[str, Any]
Windows = Sequence[tuple[int, int]]


def parameters_of(config: Config) -> int:
    """Parameters of the transformer that ``config`` describes.

    Args:
        config: Its ``config.json``, with the in-channels that it will really have: VOID's with 48
            has 5,571,462,784.
    """
    return int(config["num_layers"]) * block_parameters(config) + rest_parameters(config)


def block_parameters(config: Config) -> int:
    """Parameters of one block: two modulated norms, attention and feed-forward."""
    width, time = _width(config), int(config["time_embed_dim"])
    modulated_norm = (time + 1) * 6 * width + 2 * width
    attention_biases = (4 if config.get("attention_bias", True) else 1) * width
    head_norms = 4 * int(config["attention_head_dim"])
    feed_forward_biases = 5 * width
    weights = linear_parameters(config)
    return 2 * modulated_norm + weights + attention_biases + head_norms + feed_forward_biases


def linear_parameters(config: Config) -> int:
    """Weights of one block's attention and feed-forward, which is what is quantised."""
    return 12 * _width(config) ** 2


def rest_parameters(config: Config) -> int:
    """Parameters outside the blocks: embeddings, last norms and the way out."""
    width, time = _width(config), int(config["time_embed_dim"])
    patch = int(config["patch_size"]) ** 2 * int(config.get("patch_size_t") or 1)
    embedding = (int(config["in_channels"]) * patch + 1) * width
    text = (int(config["text_embed_dim"]) + 1) * width
    timestep = (width + 1) * time + (time + 1) * time
    offset = int(config.get("ofs_embed_dim") or 0)
    norms = 2 * width + (time + 1) * 2 * width + 2 * width
    out = (width + 1) * int(config["out_channels"]) * patch
    return embedding + text + timestep + 2 * offset * (offset + 1) + norms + out


def tokens_of(config: Config, size: tuple[int, int], latents: int) -> int:
    """Tokens of one window with the text's: 11,314 for 22 latents at 672x384.

    Args:
        size: (width, height) in pixels.
    """
    patch, patch_t = int(config["patch_size"]), int(config.get("patch_size_t") or 1)
    places = (size[0] // 8 // patch) * (size[1] // 8 // patch)
    return -(-latents // patch_t) * places + int(config["max_text_seq_length"])


def step_flops(config: Config, size: tuple[int, int], windows: Windows) -> float:
    """Arithmetic of one step without guidance.

    Linear layers grow with the tokens, attention with their square in every window.

    Args:
        windows: (first, behind-last) latent of each.
    """
    layers, width = int(config["num_layers"]), _width(config)
    linear = 2.0 * linear_parameters(config)
    counts = [tokens_of(config, size, end - begin) for begin, end in windows]
    return sum(layers * (linear * count + 4.0 * width * count**2) for count in counts)


def vae_flops(size: tuple[int, int], frames: int) -> float:
    """Arithmetic of encoding the video and the mask, and of decoding the result."""
    return frames * size[0] * size[1] * (2 * VAE_ENCODE_FLOPS + VAE_DECODE_FLOPS)


def vae_active_bytes(size: tuple[int, int], element_bytes: int) -> int:
    """What the VAE works on at its peak, its weights apart."""
    return VAE_NUMBERS_PER_PIXEL * element_bytes * size[0] * size[1]


def transformer_active_bytes(
    config: Config, size: tuple[int, int], padded: int, windows: Windows, element_bytes: int
) -> int:
    """What the transformer works on at its peak for one clip, its weights apart.

    The clip's latents and conditions (48 channels, and the canvases of windows in float32) are
    small beside one block's hidden states.
    """
    longest = max(end - begin for begin, end in windows)
    rows = tokens_of(config, size, longest) * _width(config) * LIVE_ROWS * element_bytes
    latents = (padded + 3) // 4 * (size[0] // 8) * (size[1] // 8) * 16 * (4 * 4 + 3 * element_bytes)
    return rows + latents


def kept_bytes(config: Config, size: tuple[int, int], windows: Windows, element_bytes: int) -> int:
    """What a draft keeps for every window: what the middle blocks added to the hidden states."""
    tokens = sum(tokens_of(config, size, end - begin) for begin, end in windows)
    return tokens * _width(config) * element_bytes


def _width(config: Config) -> int:
    return int(config["num_attention_heads"]) * int(config["attention_head_dim"])
