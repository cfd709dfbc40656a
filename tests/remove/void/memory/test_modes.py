"""What a run takes, and which mode is taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.remove.void import tiny
from void_studio.remove.void.lengths import latents_of, windows_of
from void_studio.remove.void.memory import modes as memory
from void_studio.remove.void.memory.modes import GIB, MODES, MODES_ON, Machine, costs

REAL = {
    **tiny.TRANSFORMER,
    "num_attention_heads": 48,
    "num_layers": 42,
    "time_embed_dim": 512,
    "text_embed_dim": 4096,
    "max_text_seq_length": 226,
    "in_channels": 48,
}
SIZE = (672, 384)


def gpu(name: str = "an unknown chip", free: int = 139, ram: int = 100) -> Machine:
    return Machine("cuda", name, free * GIB, free * GIB, ram * GIB)


def estimate(mode: memory.Mode, machine: Machine, frames: int = 85, **given: Any):
    latents = latents_of(frames)
    windows = windows_of(latents, 22, 4)
    return memory.estimate(REAL, SIZE, frames, windows, False, 30, mode, machine, **given)


def fitting(machine: Machine) -> list[memory.Mode]:
    modes = MODES_ON[machine.device]
    return [mode for mode in modes if memory.fits(estimate(mode, machine), machine)]


@pytest.mark.parametrize(
    "changes",
    [
        {"in_channels": 48},
        {"in_channels": 33, "num_layers": 3, "attention_bias": False},
        {"ofs_embed_dim": 64, "num_attention_heads": 3, "time_embed_dim": 48},
        {"patch_size_t": None, "patch_bias": True},
    ],
)
def test_parameters_are_counted_as_the_model_has_them(changes: dict[str, Any]) -> None:
    import torch
    from diffusers import CogVideoXTransformer3DModel

    config = {**tiny.TRANSFORMER, **changes}
    known = {key: value for key, value in config.items() if key[:4] != "add_" and key[0] != "_"}
    with torch.device("meta"):
        model = CogVideoXTransformer3DModel(**known)
    assert costs.parameters_of(config) == sum(p.numel() for p in model.parameters())


def test_the_real_model_has_the_parameters_that_are_published() -> None:
    assert costs.parameters_of(REAL) == 5_571_462_784


def test_tokens_are_those_of_the_reference() -> None:
    assert costs.tokens_of(REAL, SIZE, 22) == 11_088 + 226


def test_a_step_on_an_h200_takes_what_was_worked_out_for_it() -> None:
    one, two = (
        memory.estimate(REAL, SIZE, 85, [(0, 22)], False, steps, "resident", gpu("NVIDIA H200"))
        for steps in (1, 2)
    )
    assert one.seconds is not None
    assert two.seconds is not None
    assert two.seconds - one.seconds == pytest.approx(0.23, rel=0.02)


def test_nothing_is_said_of_the_time_on_an_unknown_chip() -> None:
    assert estimate("resident", gpu()).seconds is None
    assert estimate("resident", Machine("cpu", "x86_64", GIB, GIB, GIB)).seconds is None


def test_every_mode_takes_less_of_the_gpu_than_the_one_before_it_failed() -> None:
    for mode in MODES:
        following = memory.next_mode(mode)
        if following is None:
            assert mode == "streamed"
        else:
            assert estimate(following, gpu()).gpu_bytes < estimate(mode, gpu()).gpu_bytes


@pytest.mark.parametrize("device", list(MODES_ON))
def test_falling_back_ends(device: str) -> None:
    for mode in MODES_ON[device]:
        following: memory.Mode | None = mode
        for _ in MODES:
            following = following and memory.next_mode(following, device)
        assert following is None


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (gpu(free=139), ["resident", "offload", "streamed", "fp8", "int8"]),
        (gpu(free=20), ["offload", "streamed", "fp8", "int8"]),
        (gpu(free=12), ["streamed"]),
        (gpu(free=20, ram=8), ["fp8", "int8"]),
        (gpu(free=4), []),
        (Machine("cpu", "x86_64", 64 * GIB, 64 * GIB, 64 * GIB), ["resident", "streamed", "int8"]),
        (Machine("cpu", "x86_64", 16 * GIB, 16 * GIB, 16 * GIB), ["streamed"]),
    ],
)
def test_what_fits_is_told_and_exact_comes_first(
    machine: Machine, expected: list[memory.Mode]
) -> None:
    assert fitting(machine) == expected


@given(frames=st.integers(3, 60), mode=st.sampled_from(MODES))
def test_more_frames_never_take_less(frames: int, mode: memory.Mode) -> None:
    shorter = estimate(mode, gpu("A100"), 8 * frames + 5)
    longer = estimate(mode, gpu("A100"), 8 * frames + 13)
    assert longer.gpu_bytes >= shorter.gpu_bytes
    assert longer.ram_bytes > shorter.ram_bytes
    assert (longer.seconds or 0) > (shorter.seconds or 0) > 0


def test_guidance_doubles_the_steps_and_a_draft_saves_some() -> None:
    args = (REAL, SIZE, 85, [(0, 22)])
    plain, guided = (
        memory.estimate(*args, on, 300, "resident", gpu("H200")).seconds or 0
        for on in (False, True)
    )
    assert guided / plain == pytest.approx(2, rel=0.06)
    whole, draft = (estimate("streamed", gpu("H200"), 397, computed=share) for share in (1, 0.7))
    assert (draft.seconds or 0) < (whole.seconds or 0)
    assert costs.kept_bytes(REAL, SIZE, [(0, 22), (18, 40)], 2) == 2 * 11_314 * 3072 * 2


def nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


posix = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for nvidia-smi")


@posix
def test_the_gpu_that_is_visible_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nvidia_smi(tmp_path, monkeypatch, 'echo "NVIDIA $3, 1024, 2048"')
    found = memory.machine()
    assert (found.device, found.name) == ("cuda", "NVIDIA --id=0")
    assert (found.free_bytes, found.total_bytes) == (GIB, 2 * GIB)
    assert found.ram_bytes > 0
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,1")
    assert memory.machine().name == "NVIDIA --id=3"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert memory.machine().device != "cuda"


@posix
@pytest.mark.parametrize("script", ["exit 9", "echo No devices were found", "exec sleep 60"])
def test_a_driver_that_does_not_answer_is_no_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    nvidia_smi(tmp_path, monkeypatch, script)
    monkeypatch.setattr(memory, "NVIDIA_SMI_S", 0.3)
    assert memory.machine().device != "cuda"


def test_it_is_told_without_loading_torch() -> None:
    program = (
        "import sys; from void_studio.remove.void.memory import modes; modes.machine();"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
