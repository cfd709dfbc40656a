"""Says whether weights are what they should be, and if not, exactly how they are not.

The checks here read configurations and headers only, so they are quick whatever the size of the
files, and are made before every use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from void_studio.errors import VoidError
from void_studio.files import read_json
from void_studio.remove.weights.catalogue import BASE, RAFT, RAFT_BYTES, Part
from void_studio.remove.weights.expected import (
    VOID_CHANNELS,
    Shape,
    text_encoder_tensors,
    transformer_tensors,
    vae_tensors,
)
from void_studio.remove.weights.header import BadFile, Tensor, read_header

_FLOATS = ("BF16", "F16", "F32")
_PATCH = "patch_embed.proj.weight"

_MOST_TOKENS = 4096
_MOST_TIMESTEPS = 100_000


def problems_of(part: Part, folder: Path, base: Path | None) -> list[str]:
    """What is wrong with ``part`` in ``folder``: a sentence each, naming the file; empty if whole.

    Args:
        part: What should be there.
        folder: The folder of its repository.
        base: The folder of the base repository, whose configuration says what VOID's files hold;
            None where it is not here. Without it only the shape of the file itself is checked.
    """
    if part is RAFT:
        return _checked(folder / part.files[0], _check_raft)
    if part is BASE:
        return [
            *_checked(folder / "transformer" / "config.json", _check_transformer_config),
            *_checked(folder / "scheduler" / "scheduler_config.json", _check_scheduler),
            *_checked(folder / "vae" / "diffusion_pytorch_model.safetensors", _check_vae),
            *_checked(folder / "text_encoder", _check_text_encoder),
            *_checked(folder / "tokenizer" / "spiece.model", _check_tokenizer),
        ]
    config = None if base is None else base / "transformer" / "config.json"
    known = config if config is not None and config.is_file() else None
    return _checked(folder / part.files[0], lambda path: _check_void(path, known))


def _checked(path: Path, check: Callable[[Path], list[str]]) -> list[str]:
    try:
        return [f"{path.name}: {problem}" for problem in check(path)]
    except BadFile as error:
        return [f"{path.name}: {error}"]
    except OSError as error:
        return [f"{path.name}: it cannot be read ({error.strerror or error})"]


def _check_void(path: Path, config: Path | None) -> list[str]:
    tensors = read_header(path)
    _refuse_other_models(tensors)
    if config is None:
        return []
    return differences(tensors, transformer_tensors(_config(config)), ("BF16",))


def _refuse_other_models(tensors: Mapping[str, Tensor]) -> None:
    """Raises BadFile where a file under VOID's name holds another model of this family."""
    renamed = "; was it renamed?"
    if "decoder.conv_in.conv.weight" in tensors:
        raise BadFile(f"it holds the VAE of CogVideoX, not a transformer of VOID{renamed}")
    if any(name.startswith("encoder.block.") for name in tensors):
        raise BadFile(f"it holds a T5 text encoder, not a transformer of VOID{renamed}")
    patch = tensors.get(_PATCH)
    if patch is None or len(patch.shape) != 2:
        return
    columns, expected = patch.shape[1], VOID_CHANNELS * 8
    if columns == 264:
        raise BadFile(
            f"it holds the base model (33 channels), not VOID ({VOID_CHANNELS}): {_PATCH} has "
            f"{columns} columns instead of {expected}{renamed}"
        )


def _check_vae(path: Path) -> list[str]:
    config = _config(path.with_name("config.json"))
    _require_positive(config, "scaling_factor", 1.15258426)
    return differences(read_header(path), vae_tensors(config), _FLOATS)


def _check_transformer_config(path: Path) -> list[str]:
    config = _config(path)
    transformer_tensors(config)
    _require_count(config, "max_text_seq_length", 226, _MOST_TOKENS)
    _require_positive(config, "norm_eps", 1e-5)
    _require_one_of(config, "activation_fn", ("gelu-approximate", "gelu"), "gelu-approximate")
    return []


def _check_scheduler(path: Path) -> list[str]:
    """What diffusers would fill in by itself is another training's, so it must be said."""
    config = _config(path)
    _require_count(config, "num_train_timesteps", None, _MOST_TIMESTEPS)
    _require_one_of(config, "prediction_type", ("v_prediction", "epsilon", "sample"))
    _require_one_of(config, "beta_schedule", ("scaled_linear", "linear", "squaredcos_cap_v2"))
    _require_one_of(config, "timestep_spacing", ("trailing", "leading", "linspace"))
    for name in ("beta_start", "beta_end"):
        _require_positive(config, name)
    return []


def _check_text_encoder(folder: Path) -> list[str]:
    config = _config(folder / "config.json")
    expected = text_encoder_tensors(config)
    read = _config(folder.parent / "transformer" / "config.json").get("text_embed_dim", 4096)
    if config.get("d_model") != read:
        raise BadFile(f"it is {config.get('d_model')} wide, and the transformer reads {read}")
    tensors: dict[str, Tensor] = {}
    for shard in text_encoder_files(folder):
        try:
            tensors.update(read_header(shard))
        except BadFile as error:
            raise BadFile(f"{shard.name}: {error}") from error
    # The same tensor as shared.weight, which some files hold twice.
    tensors.pop("encoder.embed_tokens.weight", None)
    return differences(tensors, expected, _FLOATS)


def text_encoder_files(folder: Path) -> list[Path]:
    """The safetensors files of a text encoder: the one, or the shards that its index names.

    Raises:
        BadFile: there are none, or some are missing, or the index is damaged.
    """
    whole = folder / "model.safetensors"
    index = folder / "model.safetensors.index.json"
    if whole.is_file():
        return [whole]
    if not index.is_file():
        raise BadFile("it holds neither model.safetensors nor model.safetensors.index.json")
    places = _config(index).get("weight_map")
    if not isinstance(places, dict) or not places:
        raise BadFile(f"{index.name} is damaged")
    names = sorted({str(name) for name in places.values()})
    if any(PurePosixPath(name).name != name or "\\" in name for name in names):
        raise BadFile(f"{index.name} names files outside its folder")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise BadFile(f"{', '.join(missing)} is missing")
    return [folder / name for name in names]


def _check_tokenizer(path: Path) -> list[str]:
    """A sentencepiece model is a protobuf whose first field is a list of pieces: tag 0x0a."""
    with open(path, "rb") as stream:
        start = stream.read(1024)
    if start.startswith(b"version https://git-lfs"):
        raise BadFile("this is a Git LFS pointer, not the tokenizer")
    if not start.startswith(b"\n"):
        raise BadFile("it is not a sentencepiece model")
    return []


def _check_raft(path: Path) -> list[str]:
    size = path.stat().st_size
    return [] if size == RAFT_BYTES else [f"it has {size:,} bytes instead of {RAFT_BYTES:,}"]


def _config(path: Path) -> dict[str, Any]:
    try:
        config = read_json(path)
    except VoidError as error:
        raise BadFile(f"{path.name} cannot be read: {error.why}") from error
    if not isinstance(config, dict):
        raise BadFile(f"{path.name} is not a configuration")
    return config


def _require_count(config: Mapping[str, Any], key: str, default: int | None, most: int) -> None:
    value = config.get(key, default)
    if type(value) is not int or not 0 < value <= most:
        raise BadFile(f"it says {key} is {value!r}")


def _require_positive(config: Mapping[str, Any], key: str, default: float | None = None) -> None:
    value = config.get(key, default)
    if type(value) not in (int, float) or not 0 < value < math.inf:
        raise BadFile(f"it says {key} is {value!r}")


def _require_one_of(
    config: Mapping[str, Any], key: str, known: Sequence[str], default: str | None = None
) -> None:
    value = config.get(key, default)
    if value not in known:
        raise BadFile(f"it says {key} is {value!r}, not {' or '.join(known)}")


def differences(
    tensors: Mapping[str, Tensor], expected: Mapping[str, Shape], dtypes: Collection[str]
) -> list[str]:
    """How the tensors of a file differ from those a model has; one sentence each, empty if not."""
    missing = [name for name in expected if name not in tensors]
    unexpected = [name for name in tensors if name not in expected]
    shared = [name for name in expected if name in tensors]
    reshaped = [name for name in shared if tensors[name].shape != expected[name]]
    retyped = [name for name in shared if tensors[name].dtype not in dtypes]
    found = []
    if missing:
        found.append(f"{_counted(missing)} missing, first {missing[0]}")
    if unexpected:
        found.append(f"{_counted(unexpected)} not expected, first {unexpected[0]}")
    if reshaped:
        first = reshaped[0]
        found.append(
            f"{_counted(reshaped)} of another shape, first {first}: "
            f"{_sides(tensors[first].shape)} instead of {_sides(expected[first])}"
        )
    if retyped:
        first = retyped[0]
        found.append(
            f"{_counted(retyped)} of another dtype, first {first}: "
            f"{tensors[first].dtype} instead of {' or '.join(dtypes)}"
        )
    return found


def _counted(names: list[str]) -> str:
    return "1 tensor is" if len(names) == 1 else f"{len(names):,} tensors are"


def _sides(shape: Shape) -> str:
    return " x ".join(map(str, shape)) or "a single number"
