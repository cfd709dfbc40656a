"""VOID's transformer: built from its config without weights, then filled from one file, strictly.

The network is diffusers' ``CogVideoXTransformer3DModel``; key names and shapes are the same as in
the released VOID files, which hold every parameter, so the base transformer is not needed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers import CogVideoXTransformer3DModel
from safetensors import SafetensorError, safe_open
from torch import nn

from void_studio.errors import VoidError
from void_studio.files import explain, read_json

IN_CHANNELS = 48
"""What VOID's transformer takes: 16 noise, 16 mask and 16 video latents."""

FLOATS = {"BF16", "F16", "F32"}
"""What safetensors calls the types that weights may be stored in."""

_MAKER: Any = CogVideoXTransformer3DModel
NAMES_SHOWN = 5
REMEDY = "Download it again, or choose the file that belongs here"


def transformer_config(path: Path) -> dict[str, Any]:
    """What ``CogVideoXTransformer3DModel`` is made with, from the base's transformer/config.json.

    VOID's 48 input channels take the place of the base's 33, and keys that diffusers does not know
    (``add_noise_in_inpaint_model`` among them) are left out.

    Raises:
        VoidError: it cannot be read, or describes another network.
    """
    config = known_settings(read_json(path), CogVideoXTransformer3DModel.__init__, path)
    if config.get("patch_size_t") is None or not config.get("use_rotary_positional_embeddings"):
        raise VoidError(
            f"{path} does not describe a transformer that VOID can run on",
            "It needs patch_size_t and rotary embeddings, as CogVideoX 1.5 has them",
            REMEDY,
        )
    return {**config, "in_channels": IN_CHANNELS}


def known_settings(config: Any, maker: Callable[..., Any], path: Path) -> dict[str, Any]:
    """Those keys of a diffusers ``config`` that ``maker`` has parameters for.

    Raises:
        VoidError: ``config`` is no JSON object; ``path`` is where it came from.
    """
    if not isinstance(config, dict):
        raise VoidError(f"{path} is not the config of a model", "", REMEDY)
    known = inspect.signature(maker).parameters
    return {key: value for key, value in config.items() if key in known and key != "self"}


def empty_transformer(config: Mapping[str, Any]) -> nn.Module:
    """A ``CogVideoXTransformer3DModel`` on the meta device: shapes, and no memory.

    Args:
        config: As ``transformer_config`` gives it.

    Raises:
        VoidError: no network can be made with these settings.
    """
    try:
        with torch.device("meta"):
            made: nn.Module = _MAKER(**config)
    except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
        raise VoidError(
            "No VOID transformer can be made from its config", str(error), REMEDY
        ) from error
    freeze(made)
    return made


def freeze(module: nn.Module) -> None:
    """Makes ``module`` one for inference: no dropout, no gradients."""
    module.eval()
    module.requires_grad_(False)


def load_strict(
    module: nn.Module, file: Path, dtype: torch.dtype, device: torch.device | str
) -> None:
    """Gives ``module``, on meta or elsewhere, the weights of a safetensors file.

    Tensor by tensor and straight to ``device`` as ``dtype``, so that nothing lies in memory twice.

    Raises:
        VoidError: the file cannot be read, or its tensors are not exactly those of ``module``:
            missing, unexpected, of another shape, or no floating-point numbers.
    """
    with opened_strictly(module.state_dict(), file, device) as stored:
        tensors = {name: stored.get_tensor(name).to(dtype) for name in stored.keys()}  # noqa: SIM118
    module.load_state_dict(tensors, strict=True, assign=True)
    freeze(module)


@contextmanager
def opened_strictly(
    wanted: Mapping[str, torch.Tensor], file: Path, device: torch.device | str
) -> Iterator[Any]:
    """A safetensors file opened for ``device``, once its tensors are known to be the ``wanted``.

    Raises:
        VoidError: as ``load_strict``.
    """
    try:
        with safe_open(file, framework="pt", device=str(device)) as stored:
            _compare(wanted, stored, file)
            yield stored
    except OSError as error:
        raise explain(error, f"Could not read the weights {file}") from error
    except SafetensorError as error:
        why = f"It is damaged, cut off, or no safetensors file ({error})"
        raise VoidError(f"Could not read the weights {file}", why, REMEDY) from error


def _compare(wanted: Mapping[str, torch.Tensor], stored: Any, file: Path) -> None:
    names = set(stored.keys())
    _refuse(file, "lacks", wanted.keys() - names)
    _refuse(file, "has unexpected", names - wanted.keys())
    shapes, types = [], []
    for name, tensor in wanted.items():
        there = stored.get_slice(name)
        if there.get_shape() != list(tensor.shape):
            shapes.append(f"{name} is {there.get_shape()}, not {list(tensor.shape)}")
        if there.get_dtype() not in FLOATS:
            types.append(f"{name} is {there.get_dtype()}")
    _refuse(file, "has misshapen", shapes)
    _refuse(file, "has wrongly typed", types)


def _refuse(file: Path, how: str, found: Iterable[str]) -> None:
    names = sorted(found)
    if not names:
        return
    count = "1 tensor" if len(names) == 1 else f"{len(names)} tensors"
    more = " and others" if len(names) > NAMES_SHOWN else ""
    raise VoidError(
        f"{file} is not what this model needs",
        f"It {how} {count}: {', '.join(names[:NAMES_SHOWN])}{more}",
        REMEDY,
    )
