"""Models to measure: the released shapes with random weights, the same tiny, or what is installed.

Speed does not depend on the values of weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from void_studio.files import read_json
from void_studio.remove.void.memory.host_weights import RandomSource, assign
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.network.transformer import IN_CHANNELS, transformer_config
from void_studio.remove.void.network.vae import Vae, empty_vae, load_vae
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.find import find_void

TRANSFORMER: dict[str, Any] = {
    "attention_head_dim": 64,
    "in_channels": IN_CHANNELS,
    "max_text_seq_length": 226,
    "num_attention_heads": 48,
    "num_layers": 42,
    "out_channels": 16,
    "patch_size": 2,
    "patch_size_t": 2,
    "text_embed_dim": 4096,
    "time_embed_dim": 512,
    "use_rotary_positional_embeddings": True,
}
"""CogVideoX-Fun-V1.5-5b-InP with VOID's channels (void-reference, section 10)."""

VAE: dict[str, Any] = {
    "block_out_channels": [128, 256, 256, 512],
    "down_block_types": ["CogVideoXDownBlock3D"] * 4,
    "latent_channels": 16,
    "layers_per_block": 3,
    "norm_num_groups": 32,
    "scaling_factor": 0.7,
    "up_block_types": ["CogVideoXUpBlock3D"] * 4,
}

SCHEDULER: dict[str, Any] = {
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "set_alpha_to_one": True,
    "timestep_spacing": "trailing",
}
"""CogVideoX 1.5's."""

SCHEDULER_FILE = "scheduler_config.json"

TINY_TRANSFORMER = {
    "max_text_seq_length": 16,
    "num_attention_heads": 2,
    "num_layers": 2,
    "text_embed_dim": 32,
    "time_embed_dim": 32,
}
TINY_VAE = {"block_out_channels": [8, 8, 16, 16], "layers_per_block": 1, "norm_num_groups": 4}


@dataclass(frozen=True)
class Models:
    """What is measured.

    Attributes:
        transformer: What ``transformer_config`` returns.
        vae: A config for random weights, or a folder.
        scheduler: The contents of ``scheduler_config.json``.
        checkpoint: A VOID file, or None for random weights.
    """

    transformer: Mapping[str, Any]
    vae: Mapping[str, Any] | Path
    scheduler: Mapping[str, Any]
    checkpoint: Path | None

    def open_transformer(self, mode: Mode, device: torch.device, dtype: torch.dtype) -> Placed:
        """The transformer in a memory mode."""
        return open_transformer(self.transformer, self.checkpoint, mode, device, dtype)

    def open_vae(self, device: torch.device, dtype: torch.dtype) -> Vae:
        """The VAE on ``device``."""
        if isinstance(self.vae, Path):
            return load_vae(self.vae, dtype, device)
        made = empty_vae(self.vae)
        source = RandomSource(made, dtype, device)
        assign(made, {name: source.read(name) for name in made.state_dict()})
        return Vae(made)


def random_models(tiny: bool, layers: int | None) -> Models:
    """The released shapes, or tiny ones, with ``layers`` blocks if that is given."""
    transformer = {**TRANSFORMER, **(TINY_TRANSFORMER if tiny else {})}
    if layers is not None:
        transformer["num_layers"] = layers
    return Models(transformer, {**VAE, **(TINY_VAE if tiny else {})}, SCHEDULER, None)


def installed_models() -> Models:
    """Pass 1 as it is found on this machine.

    Raises:
        VoidError: something of it is missing.
    """
    found = find_void(Pass.ONE)
    config = transformer_config(found.transformer_config)
    return Models(config, found.vae, read_json(found.scheduler / SCHEDULER_FILE), found.checkpoint)
