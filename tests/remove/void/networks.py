"""Transformers a little deeper than the tiny models', for what depends on the number of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from tests.remove.void import tiny
from void_studio.remove.void.network.rope import rotary

FRAMES, SIDE = 4, 8
"""Latents of the inputs, and their height and width."""


def config(layers: int = 5, heads: int = 2) -> dict[str, Any]:
    """The tiny transformer's settings with 48 in-channels."""
    known = {key: value for key, value in tiny.TRANSFORMER.items() if key[0] != "_"}
    del known["add_noise_in_inpaint_model"]
    return {**known, "num_layers": layers, "num_attention_heads": heads, "in_channels": 48}


def write_checkpoint(
    file: Path, settings: Mapping[str, Any], dtype: torch.dtype = torch.bfloat16
) -> Path:
    """Random weights of the network, as a VOID file has them."""
    from diffusers import CogVideoXTransformer3DModel

    model = CogVideoXTransformer3DModel(**settings)
    tiny._randomise(model, "networks")
    save_file({name: tensor.to(dtype) for name, tensor in model.state_dict().items()}, file)
    return file


def inputs(dtype: torch.dtype, batch: int = 1, seed: int = 0) -> dict[str, Any]:
    """What the network is called with."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator).to(dtype)

    return {
        "hidden_states": drawn(batch, FRAMES, 48, SIDE, SIDE),
        "encoder_hidden_states": drawn(batch, tiny.TEXT_LENGTH, tiny.TEXT_WIDTH),
        "timestep": torch.full((batch,), 500),
        "image_rotary_emb": rotary((FRAMES // 2, SIDE // 2, SIDE // 2), 64, torch.device("cpu")),
        "return_dict": False,
    }


@torch.no_grad()
def output(module: nn.Module, given: Mapping[str, Any]) -> torch.Tensor:
    """What the network makes of ``inputs``."""
    (found,) = module(**given)
    return found
