"""The names and shapes worked out from a configuration are those the libraries build."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import AutoencoderKLCogVideoX, CogVideoXTransformer3DModel
from transformers import T5Config, T5EncoderModel

from tests.remove.void.tiny import TEXT_ENCODER, TRANSFORMER, VAE
from void_studio.remove.weights.expected import (
    text_encoder_tensors,
    transformer_tensors,
    vae_tensors,
)
from void_studio.remove.weights.header import BadFile

REAL_TRANSFORMER = {
    **TRANSFORMER,
    "num_attention_heads": 48,
    "num_layers": 42,
    "text_embed_dim": 4096,
    "time_embed_dim": 512,
}
REAL_VAE = {**VAE, "block_out_channels": [128, 256, 256, 512], "layers_per_block": 3}
REAL_TEXT = {
    **TEXT_ENCODER,
    "d_ff": 10240,
    "d_kv": 64,
    "d_model": 4096,
    "num_heads": 64,
    "num_layers": 24,
    "vocab_size": 32128,
}


def shapes_of(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize(("config", "count"), [(TRANSFORMER, 64), (REAL_TRANSFORMER, 1024)])
def test_the_transformer_has_what_diffusers_builds(config: dict[str, Any], count: int) -> None:
    known = {k: v for k, v in config.items() if k[0] != "_" and not k.startswith("add_noise")}
    with torch.device("meta"):
        built = CogVideoXTransformer3DModel(**{**known, "in_channels": 48})
    expected = transformer_tensors(config)
    assert expected == shapes_of(built)
    assert len(expected) == count


def test_the_real_transformer_has_its_known_number_of_parameters() -> None:
    shapes = transformer_tensors(REAL_TRANSFORMER).values()
    assert sum(int(torch.Size(shape).numel()) for shape in shapes) == 5_571_462_784


@pytest.mark.parametrize("config", [VAE, REAL_VAE])
def test_the_vae_has_what_diffusers_builds(config: dict[str, Any]) -> None:
    with torch.device("meta"):
        built = AutoencoderKLCogVideoX(**config)
    assert vae_tensors(config) == shapes_of(built)


@pytest.mark.parametrize(
    "config",
    [
        TEXT_ENCODER,
        REAL_TEXT,
        {**TEXT_ENCODER, "feed_forward_proj": "relu", "dense_act_fn": "relu"},
    ],
)
def test_the_text_encoder_has_what_transformers_builds(config: dict[str, Any]) -> None:
    with torch.device("meta"):
        built = T5EncoderModel(T5Config(**config))
    shapes = shapes_of(built)
    shapes.pop("encoder.embed_tokens.weight", None)
    assert text_encoder_tensors(config) == shapes


@pytest.mark.parametrize("value", [None, "42", 0, -1, 10**4, True, 2.0])
def test_a_size_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(BadFile, match="num_layers"):
        transformer_tensors({**TRANSFORMER, "num_layers": value})
