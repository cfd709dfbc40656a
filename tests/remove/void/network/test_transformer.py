"""The transformer is what its config says, and takes exactly the weights it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.remove.void.tiny import BASE_REPOSITORY, VOID_REPOSITORY
from void_studio.errors import VoidError
from void_studio.remove.void.network.transformer import (
    empty_transformer,
    load_strict,
    transformer_config,
)

PATCH = "patch_embed.proj.weight"


@pytest.fixture
def config(tiny_models: Path) -> dict[str, Any]:
    return transformer_config(tiny_models / BASE_REPOSITORY / "transformer" / "config.json")


@pytest.fixture
def weights(tiny_models: Path) -> Path:
    return tiny_models / VOID_REPOSITORY / "void_pass1.safetensors"


def test_it_has_48_channels_and_says_nothing(
    tiny_models: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    made = empty_transformer(
        transformer_config(tiny_models / BASE_REPOSITORY / "transformer" / "config.json")
    )
    assert made.state_dict()[PATCH].shape == (128, 384)
    assert {tensor.device.type for tensor in made.state_dict().values()} == {"meta"}
    assert not made.training
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_at_full_size_it_is_the_released_one() -> None:
    made = empty_transformer(
        {
            "num_attention_heads": 48,
            "num_layers": 42,
            "in_channels": 48,
            "patch_size_t": 2,
            "use_rotary_positional_embeddings": True,
        }
    )
    tensors = made.state_dict()
    assert len(tensors) == 1024
    assert sum(tensor.numel() for tensor in tensors.values()) == 5_571_462_784


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_it_takes_every_weight_of_the_file(
    config: dict[str, Any], weights: Path, dtype: torch.dtype
) -> None:
    made = empty_transformer(config)
    load_strict(made, weights, dtype, "cpu")
    stored = load_file(weights)
    assert all(torch.equal(made.state_dict()[name], stored[name].to(dtype)) for name in stored)
    assert {parameter.dtype for parameter in made.parameters()} == {dtype}
    assert not any(parameter.requires_grad for parameter in made.parameters())


def changed(weights: Path, folder: Path, change: Any) -> Path:
    tensors = load_file(weights)
    change(tensors)
    save_file(tensors, folder / "changed.safetensors")
    return folder / "changed.safetensors"


CHANGES = {
    "lacks": lambda tensors: tensors.pop(PATCH),
    "has unexpected": lambda tensors: tensors.update(strange=torch.zeros(1)),
    "has misshapen": lambda tensors: tensors.update({PATCH: torch.zeros(128, 264)}),
    "has wrongly typed": lambda tensors: tensors.update({PATCH: torch.zeros(128, 384).int()}),
}


@pytest.mark.parametrize("how", CHANGES)
def test_any_other_set_of_tensors_is_refused_by_name(
    config: dict[str, Any], weights: Path, tmp_path: Path, how: str
) -> None:
    file = changed(weights, tmp_path, CHANGES[how])
    with pytest.raises(VoidError) as caught:
        load_strict(empty_transformer(config), file, torch.float32, "cpu")
    assert str(file) in caught.value.what
    assert f"{how} 1 tensor: " in caught.value.why
    assert ("strange" if how == "has unexpected" else PATCH) in caught.value.why


def test_many_wrong_tensors_are_counted_and_some_named(
    config: dict[str, Any], weights: Path, tmp_path: Path
) -> None:
    file = changed(
        weights, tmp_path, lambda tensors: [tensors.pop(n) for n in list(tensors) if "attn" in n]
    )
    with pytest.raises(VoidError, match=r"lacks 24 tensors: .*attn1.* and others"):
        load_strict(empty_transformer(config), file, torch.float32, "cpu")


@pytest.mark.parametrize("kept", [0, 4, 2000, -1])
def test_a_truncated_file_is_refused(
    config: dict[str, Any], weights: Path, tmp_path: Path, kept: int
) -> None:
    file = tmp_path / "cut.safetensors"
    file.write_bytes(weights.read_bytes()[:kept])
    with pytest.raises(VoidError, match="damaged, cut off"):
        load_strict(empty_transformer(config), file, torch.float32, "cpu")


def test_a_pointer_to_a_file_and_a_missing_one_are_refused(
    config: dict[str, Any], tmp_path: Path
) -> None:
    pointer = tmp_path / "pointer.safetensors"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(VoidError, match="no safetensors file"):
        load_strict(empty_transformer(config), pointer, torch.float32, "cpu")
    with pytest.raises(VoidError, match="Could not read the weights"):
        load_strict(empty_transformer(config), tmp_path / "missing", torch.float32, "cpu")


@pytest.mark.parametrize(
    "change",
    [{"patch_size_t": None}, {"use_rotary_positional_embeddings": False}, None],
)
def test_the_config_of_another_network_is_refused(
    tiny_models: Path, tmp_path: Path, change: dict[str, Any] | None
) -> None:
    there = json.loads((tiny_models / BASE_REPOSITORY / "transformer" / "config.json").read_text())
    path = tmp_path / "config.json"
    path.write_text(json.dumps([] if change is None else {**there, **change}))
    with pytest.raises(VoidError, match=r"config\.json"):
        transformer_config(path)


@pytest.mark.parametrize("change", [{"num_layers": "two"}, {"num_attention_heads": -1}])
def test_settings_that_make_no_network_are_refused(
    config: dict[str, Any], change: dict[str, Any]
) -> None:
    with pytest.raises(VoidError, match="No VOID transformer"):
        empty_transformer({**config, **change})
