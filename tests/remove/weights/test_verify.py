"""Damaged, renamed and foreign files are told from the real ones, and how."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.remove.void.tiny import BASE_REPOSITORY, VOID_REPOSITORY
from void_studio.errors import VoidError
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.catalogue import BASE, PASS_1, PASS_2, RAFT, RAFT_BYTES
from void_studio.remove.weights.find import find_raft, find_void
from void_studio.remove.weights.state import part_state, state_of

PATCH = "patch_embed.proj.weight"


@pytest.fixture
def models(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny models that a test may damage."""
    copy = tmp_path / "models"
    shutil.copytree(tiny, copy)
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(copy))
    return copy


@pytest.fixture
def void(models: Path) -> Path:
    return models / VOID_REPOSITORY / "void_pass1.safetensors"


@pytest.fixture
def base(models: Path) -> Path:
    return models / BASE_REPOSITORY


def rewritten(path: Path, **changes: torch.Tensor | None) -> None:
    """Replaces tensors of a file; None takes one out. Dots are written as double underscores."""
    tensors = load_file(path)
    for key, value in changes.items():
        name = key.replace("__", ".")
        tensors.pop(name, None)
        if value is not None:
            tensors[name] = value
    save_file(tensors, path, {"format": "pt"})


def reconfigured(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_is_whole_is_here(models: Path) -> None:
    for part in (BASE, PASS_1, PASS_2):
        state = part_state(part)
        assert (state.state, state.problems) == ("here", ())
        assert state.folder == models / part.repository
        assert state.bytes > 0


def problem_of_pass1() -> str:
    with pytest.raises(VoidError) as caught:
        find_void(Pass.ONE)
    assert "void-studio weights get void-pass1" in caught.value.remedy
    return caught.value.why


def test_missing_tensors_are_counted_and_the_first_is_named(void: Path) -> None:
    rewritten(void, norm_final__weight=None, proj_out__bias=None)
    assert "2 tensors are missing, first norm_final.weight" in problem_of_pass1()


def test_a_tensor_that_does_not_belong_is_named(void: Path) -> None:
    rewritten(void, lora_A=torch.zeros(1, dtype=torch.bfloat16))
    assert "1 tensor is not expected, first lora_A" in problem_of_pass1()


def test_another_shape_is_told_with_the_right_one(void: Path) -> None:
    rewritten(void, proj_out__bias=torch.zeros(3, dtype=torch.bfloat16))
    assert "proj_out.bias: 3 instead of 128" in problem_of_pass1()


def test_another_dtype_is_told_with_the_right_one(void: Path) -> None:
    rewritten(void, proj_out__bias=torch.zeros(128, dtype=torch.float16))
    assert "proj_out.bias: F16 instead of BF16" in problem_of_pass1()


def test_the_base_model_under_the_name_of_void_is_recognised(void: Path) -> None:
    rewritten(void, patch_embed__proj__weight=torch.zeros(128, 264, dtype=torch.bfloat16))
    why = problem_of_pass1()
    assert "the base model (33 channels), not VOID (48)" in why
    assert f"{PATCH} has 264 columns instead of 384" in why


def test_a_vae_under_the_name_of_void_is_recognised(void: Path, base: Path) -> None:
    shutil.copy(base / "vae" / "diffusion_pytorch_model.safetensors", void)
    assert "it holds the VAE of CogVideoX" in problem_of_pass1()


def test_a_text_encoder_under_the_name_of_void_is_recognised(void: Path, base: Path) -> None:
    shutil.copy(base / "text_encoder" / "model-00001-of-00002.safetensors", void)
    assert "it holds a T5 text encoder" in problem_of_pass1()


def test_a_truncated_file_is_told_with_its_bytes(void: Path) -> None:
    size = void.stat().st_size
    void.write_bytes(void.read_bytes()[: size // 2])
    assert f"truncated: {size // 2:,} of {size:,} bytes" in problem_of_pass1()


def test_a_pointer_of_git_lfs_is_recognised(void: Path) -> None:
    void.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 11143026048\n")
    assert "this is a Git LFS pointer, not the weights" in problem_of_pass1()


def test_a_base_of_another_size_does_not_go_with_the_checkpoint(base: Path) -> None:
    reconfigured(base / "transformer" / "config.json", num_layers=3)
    assert "24 tensors are missing, first transformer_blocks.2." in problem_of_pass1()


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("transformer/config.json", "{}", "patch_size_t is None"),
        ("transformer/config.json", "[]", "not a configuration"),
        ("scheduler/scheduler_config.json", "{", "cannot be read"),
        ("vae/config.json", "{}", "block_out_channels"),
        ("vae/diffusion_pytorch_model.safetensors", "<html>", "web page"),
        ("text_encoder/model.safetensors.index.json", "{}", "damaged"),
        (
            "text_encoder/model.safetensors.index.json",
            '{"weight_map": {"a": "../../secret.safetensors"}}',
            "outside its folder",
        ),
        ("text_encoder/model-00002-of-00002.safetensors", "", "empty"),
        ("tokenizer/spiece.model", "version https://git-lfs.github.com/spec/v1", "LFS pointer"),
        ("tokenizer/spiece.model", "<html>", "not a sentencepiece model"),
    ],
)
def test_a_damaged_base_is_told_by_its_file(
    base: Path, file: str, content: str, problem: str
) -> None:
    (base / file).write_text(content)
    state = part_state(BASE)
    assert state.state == "damaged"
    assert problem in "; ".join(state.problems)
    with pytest.raises(VoidError, match="void-studio weights get"):
        find_void(Pass.ONE)


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("transformer/config.json", "max_text_seq_length", 10**9),
        ("transformer/config.json", "max_text_seq_length", -1),
        ("transformer/config.json", "norm_eps", "x"),
        ("transformer/config.json", "activation_fn", "swiglu"),
        ("vae/config.json", "scaling_factor", 0),
        ("vae/config.json", "scaling_factor", True),
        ("scheduler/scheduler_config.json", "num_train_timesteps", 10**12),
        ("scheduler/scheduler_config.json", "prediction_type", None),
        ("scheduler/scheduler_config.json", "beta_schedule", []),
        ("scheduler/scheduler_config.json", "beta_end", math.nan),
        ("scheduler/scheduler_config.json", "timestep_spacing", "none"),
    ],
)
def test_a_value_that_nothing_can_be_made_with_is_named(
    base: Path, file: str, name: str, value: object
) -> None:
    reconfigured(base / file, **{name: value})
    assert f"it says {name} is {value!r}" in "; ".join(part_state(BASE).problems)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("vae/config.json", "vae/config.json: it is missing"),
        ("text_encoder/model-00001-of-00002.safetensors", "model-00001-of-00002"),
    ],
)
def test_a_missing_file_of_the_base_is_named(base: Path, file: str, problem: str) -> None:
    (base / file).unlink()
    assert problem in "; ".join(part_state(BASE).problems)


def test_a_checkpoint_is_not_blamed_for_a_base_that_lacks_its_configuration(base: Path) -> None:
    (base / "transformer" / "config.json").unlink()
    assert part_state(BASE).state == "damaged"
    assert part_state(PASS_1).state == "here"


def test_a_text_encoder_in_one_file_is_as_good(base: Path) -> None:
    folder = base / "text_encoder"
    tensors: dict[str, torch.Tensor] = {}
    for shard in folder.glob("*.safetensors"):
        tensors.update(load_file(shard))
        shard.unlink()
    (folder / "model.safetensors.index.json").unlink()
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    assert part_state(BASE).state == "here"
    rewritten(folder / "model.safetensors", shared__weight=None)
    assert "1 tensor is missing, first shared.weight" in part_state(BASE).problems[0]


def test_a_text_encoder_of_another_width_does_not_go_with_the_transformer(base: Path) -> None:
    reconfigured(base / "transformer" / "config.json", text_embed_dim=64)
    assert "it is 32 wide, and the transformer reads 64" in part_state(BASE).problems[0]


def test_raft_is_found_where_torchvision_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_raft() is None
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    path = folder / RAFT.files[0]
    path.write_bytes(b"short")
    assert find_raft() is None
    assert "5 bytes instead of 21,106,607" in part_state(RAFT).problems[0]
    with open(path, "wb") as stream:
        stream.truncate(RAFT_BYTES)
    assert find_raft() == path


def test_what_a_remover_uses_is_listed_by_its_name(models: Path) -> None:
    known = {state.part.name: state.state for state in state_of("void-pass2")}
    assert known == {"base": "here", "void-pass2": "here", "raft": "missing"}
    assert state_of("clean-plate") == []
