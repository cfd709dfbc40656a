"""The small models of a folder of records, made by the same code that makes the released ones."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import nn

from void_studio.files import read_json
from void_studio.remove.void.golden.folder import Folder
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.transformer import (
    empty_transformer,
    load_strict,
    transformer_config,
)
from void_studio.remove.void.network.vae import Vae, load_vae
from void_studio.remove.void.sampling.schedule import Schedule

_WEIGHTS = "diffusion_pytorch_model.safetensors"


@lru_cache(maxsize=1)
def transformer_of(folder: Folder) -> nn.Module:
    """The transformer, float32 on the CPU."""
    place = folder.models / "transformer"
    module = empty_transformer(transformer_config(place / "config.json"))
    load_strict(module, place / _WEIGHTS, torch.float32, "cpu")
    return module


@lru_cache(maxsize=1)
def predictor_of(folder: Folder) -> Predictor:
    """The transformer as the loop sees it."""
    return Predictor(transformer_of(folder))


@lru_cache(maxsize=1)
def vae_of(folder: Folder) -> Vae:
    """The autoencoder, float32 on the CPU."""
    return load_vae(folder.models / "vae", torch.float32, "cpu")


def scheduler_config(folder: Folder) -> dict[str, Any]:
    """The contents of the scheduler's file."""
    config: dict[str, Any] = read_json(folder.models / "scheduler" / "scheduler_config.json")
    return config


def schedule_of(folder: Folder, kind: str, steps: int) -> Schedule:
    """A schedule by the name of its diffusers class; KeyError where it has another."""
    makers = {"DDIMScheduler": Schedule.ddim, "CogVideoXDDIMScheduler": Schedule.cogvideox}
    return makers[kind](scheduler_config(folder), steps)
