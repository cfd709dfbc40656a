"""Which tensors a model has, by its configuration: names and shapes, without building it.

The names are those of diffusers' CogVideoXTransformer3DModel and AutoencoderKLCogVideoX and of
transformers' T5EncoderModel, whose files these are; a test holds both beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from void_studio.remove.weights.header import BadFile

Shape = tuple[int, ...]
Shapes = Iterator[tuple[str, Shape]]

VOID_CHANNELS = 48
"""Channels the transformer of VOID takes: noise, mask and video, 16 each. Its base takes 33."""

_MOST_WIDTH = 10**6
_MOST_LAYERS = 1000


def transformer_tensors(
    config: Mapping[str, Any], channels: int = VOID_CHANNELS
) -> dict[str, Shape]:
    """The tensors of a CogVideoX 1.5 transformer that takes ``channels`` channels.

    Raises:
        BadFile: the configuration lacks what it must say.
    """
    head = _number(config, "attention_head_dim", 64)
    width = head * _number(config, "num_attention_heads", 30)
    time = _number(config, "time_embed_dim", 512)
    side = _number(config, "patch_size", 2)
    patch = side * side * _number(config, "patch_size_t")
    found = {
        **_linear("patch_embed.proj", width, VOID_CHANNELS * patch),
        **_linear("patch_embed.text_proj", width, _number(config, "text_embed_dim", 4096)),
        **_linear("time_embedding.linear_1", time, width),
        **_linear("time_embedding.linear_2", time, time),
    }
    for index in range(_number(config, "num_layers", 30, _MOST_LAYERS)):
        found.update(_transformer_block(f"transformer_blocks.{index}", width, head, time))
    return {
        **found,
        **_norm("norm_final", width),
        **_linear("norm_out.linear", 2 * width, time),
        **_norm("norm_out.norm", width),
        **_linear("proj_out", _number(config, "out_channels", 16) * patch, width),
    }


def _transformer_block(name: str, width: int, head: int, time: int) -> Shapes:
    for norm in ("norm1", "norm2"):
        yield from _linear(f"{name}.{norm}.linear", 6 * width, time).items()
        yield from _norm(f"{name}.{norm}.norm", width).items()
    for norm in ("norm_q", "norm_k"):
        yield from _norm(f"{name}.attn1.{norm}", head).items()
    for layer in ("to_q", "to_k", "to_v", "to_out.0"):
        yield from _linear(f"{name}.attn1.{layer}", width, width).items()
    yield from _linear(f"{name}.ff.net.0.proj", 4 * width, width).items()
    yield from _linear(f"{name}.ff.net.2", width, 4 * width).items()


def vae_tensors(config: Mapping[str, Any]) -> dict[str, Shape]:
    """The tensors of the CogVideoX VAE.

    Raises:
        BadFile: the configuration lacks what it must say.
    """
    widths = config.get("block_out_channels")
    if not isinstance(widths, list) or not 0 < len(widths) < 16:
        raise BadFile("its config.json has no block_out_channels")
    widths = [_number({"width": width}, "width") for width in widths]
    layers = _number(config, "layers_per_block", 3, _MOST_LAYERS)
    latents = _number(config, "latent_channels", 16)
    return {
        **_encoder(widths, layers, latents, _number(config, "in_channels", 3)),
        **_decoder(widths[::-1], layers, latents, _number(config, "out_channels", 3)),
    }


def _encoder(widths: list[int], layers: int, latents: int, channels: int) -> dict[str, Shape]:
    found = _conv("encoder.conv_in.conv", widths[0], channels)
    before = widths[0]
    for index, width in enumerate(widths):
        block = f"encoder.down_blocks.{index}"
        for layer in range(layers):
            found.update(_resnet(f"{block}.resnets.{layer}", before, width, None))
            before = width
        if index < len(widths) - 1:
            found.update(_flat_conv(f"{block}.downsamplers.0.conv", width))
    for layer in range(2):
        found.update(_resnet(f"encoder.mid_block.resnets.{layer}", before, before, None))
    return {
        **found,
        **_norm("encoder.norm_out", before),
        **_conv("encoder.conv_out.conv", 2 * latents, before),
    }


def _decoder(widths: list[int], layers: int, latents: int, channels: int) -> dict[str, Shape]:
    before = widths[0]
    found = _conv("decoder.conv_in.conv", before, latents)
    for layer in range(2):
        found.update(_resnet(f"decoder.mid_block.resnets.{layer}", before, before, latents))
    for index, width in enumerate(widths):
        block = f"decoder.up_blocks.{index}"
        for layer in range(layers + 1):
            found.update(_resnet(f"{block}.resnets.{layer}", before, width, latents))
            before = width
        if index < len(widths) - 1:
            found.update(_flat_conv(f"{block}.upsamplers.0.conv", width))
    return {
        **found,
        **_spatial_norm("decoder.norm_out", before, latents),
        **_conv("decoder.conv_out.conv", channels, before),
    }


def _resnet(name: str, before: int, after: int, latents: int | None) -> dict[str, Shape]:
    """``latents``: channels of the latents that the norms of the decoder look at."""
    found: dict[str, Shape] = {}
    for norm, width in (("norm1", before), ("norm2", after)):
        if latents is None:
            found.update(_norm(f"{name}.{norm}", width))
        else:
            found.update(_spatial_norm(f"{name}.{norm}", width, latents))
    found.update(_conv(f"{name}.conv1.conv", after, before))
    found.update(_conv(f"{name}.conv2.conv", after, after))
    if before != after:
        found.update(_conv(f"{name}.conv_shortcut", after, before, 1))
    return found


def _spatial_norm(name: str, width: int, latents: int) -> dict[str, Shape]:
    return {
        **_norm(f"{name}.norm_layer", width),
        **_conv(f"{name}.conv_y.conv", width, latents, 1),
        **_conv(f"{name}.conv_b.conv", width, latents, 1),
    }


def text_encoder_tensors(config: Mapping[str, Any]) -> dict[str, Shape]:
    """The tensors of a T5 encoder.

    Raises:
        BadFile: the configuration lacks what it must say.
    """
    width, heads = _number(config, "d_model", 512), _number(config, "num_heads", 8)
    inner, hidden = heads * _number(config, "d_kv", 64), _number(config, "d_ff", 2048)
    gated = str(config.get("feed_forward_proj", "relu")).startswith("gated-")
    found: dict[str, Shape] = {"shared.weight": (_number(config, "vocab_size", 32128), width)}
    for index in range(_number(config, "num_layers", 6, _MOST_LAYERS)):
        block = f"encoder.block.{index}.layer"
        for layer in "qkv":
            found[f"{block}.0.SelfAttention.{layer}.weight"] = (inner, width)
        found[f"{block}.0.SelfAttention.o.weight"] = (width, inner)
        found[f"{block}.0.layer_norm.weight"] = (width,)
        for layer in ("wi_0", "wi_1") if gated else ("wi",):
            found[f"{block}.1.DenseReluDense.{layer}.weight"] = (hidden, width)
        found[f"{block}.1.DenseReluDense.wo.weight"] = (width, hidden)
        found[f"{block}.1.layer_norm.weight"] = (width,)
    buckets = _number(config, "relative_attention_num_buckets", 32)
    found["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"] = (buckets, heads)
    found["encoder.final_layer_norm.weight"] = (width,)
    return found


# -- pieces -------------------------------------------------------------------------------


def _linear(name: str, out: int, into: int) -> dict[str, Shape]:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


def _norm(name: str, width: int) -> dict[str, Shape]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _conv(name: str, out: int, into: int, size: int = 3) -> dict[str, Shape]:
    return {f"{name}.weight": (out, into, size, size, size), f"{name}.bias": (out,)}


def _flat_conv(name: str, width: int) -> dict[str, Shape]:
    """A convolution of single frames."""
    return {f"{name}.weight": (width, width, 3, 3), f"{name}.bias": (width,)}


def _number(
    config: Mapping[str, Any], key: str, default: int | None = None, most: int = _MOST_WIDTH
) -> int:
    """A size in a configuration; the default is that of the library which wrote it."""
    value = config.get(key, default)
    if type(value) is not int or not 0 < value <= most:
        raise BadFile(f"its config.json says {key} is {value!r}")
    return value
