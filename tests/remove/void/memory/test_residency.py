"""The memory modes: the same numbers from weights in other places."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from tests.remove.void import networks, tiny
from void_studio.errors import VoidError
from void_studio.remove.void.memory import modes as memory
from void_studio.remove.void.memory.modes import MODES, Mode
from void_studio.remove.void.memory.out_of_memory import free_all, is_out_of_memory
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.network.transformer import transformer_config

EXACT: tuple[Mode, ...] = ("resident", "offload", "streamed")
CPU = torch.device("cpu")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return networks.write_checkpoint(tmp_path / "void.safetensors", networks.config())


def opened(checkpoint: Path | None, mode: Mode, dtype: torch.dtype = torch.bfloat16) -> Placed:
    return open_transformer(networks.config(), checkpoint, mode, CPU, dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_exact_modes_agree_with_plain_diffusers_to_the_bit(
    checkpoint: Path, dtype: torch.dtype
) -> None:
    from diffusers import CogVideoXTransformer3DModel

    plain = CogVideoXTransformer3DModel(**networks.config()).eval()
    plain.load_state_dict(load_file(checkpoint))
    given = networks.inputs(dtype, batch=2)
    expected = networks.output(plain.to(dtype), given)
    for mode in EXACT:
        placed = opened(checkpoint, mode, dtype)
        placed.to_device()
        for _ in range(2):  # the second call finds the places as the first one left them
            assert torch.equal(networks.output(placed.module, given), expected), mode
        placed.to_host()
        placed.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("element_bytes", [2, 4])
def test_weights_take_the_bytes_that_were_estimated(
    checkpoint: Path, mode: Mode, element_bytes: int
) -> None:
    dtype = {2: torch.bfloat16, 4: torch.float32}[element_bytes]
    placed = opened(checkpoint, mode, dtype)
    expected = memory.weight_bytes(networks.config(), mode, element_bytes)
    # Beyond it: scales, and what aligns the tensors of a run.
    assert 0 <= placed.weight_bytes() - expected < 0.02 * expected
    placed.close()
    assert placed.weight_bytes() == 0
    placed.close()


@pytest.mark.parametrize("mode", MODES)
def test_closing_lets_go_of_every_tensor(checkpoint: Path, mode: Mode) -> None:
    placed = opened(checkpoint, mode, torch.float32)
    networks.output(placed.module, networks.inputs(torch.float32))
    held = [
        weakref.ref(tensor.untyped_storage())
        for module in (placed.module, *placed.computing_blocks())
        for tensor in module.state_dict().values()
    ]
    assert held
    assert all(storage() is not None for storage in held)
    placed.close()
    assert not [storage for storage in held if storage() is not None]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="nothing tells what is mapped")
@pytest.mark.parametrize("mode", MODES)
def test_the_file_is_mapped_as_long_as_its_weights_are_used(checkpoint: Path, mode: Mode) -> None:
    def mapped() -> bool:
        return str(checkpoint) in Path("/proc/self/maps").read_text()

    placed = opened(checkpoint, mode)
    assert mapped() == (mode in ("resident", "streamed"))
    placed.close()
    assert not mapped()


@pytest.mark.parametrize("mode", MODES)
def test_without_a_file_weights_are_random_and_it_computes(mode: Mode) -> None:
    placed = opened(None, mode)
    found = networks.output(placed.module, networks.inputs(torch.bfloat16))
    assert found.isfinite().all()
    assert found.std() > 0
    placed.close()


@pytest.mark.parametrize("mode", MODES)
def test_a_file_that_is_not_this_model_s_is_refused_by_name(tmp_path: Path, mode: Mode) -> None:
    file = networks.write_checkpoint(tmp_path / "void.safetensors", networks.config())
    tensors = load_file(file)
    tensors["strange"] = tensors.pop("transformer_blocks.3.attn1.to_q.weight")
    save_file(tensors, file)
    with pytest.raises(VoidError, match=r"transformer_blocks\.3\.attn1\.to_q\.weight"):
        opened(file, mode)


def test_the_files_of_a_run_are_opened_as_they_are(tmp_path: Path) -> None:
    models = tiny.make_models(tmp_path)
    config = transformer_config(models / tiny.BASE_REPOSITORY / "transformer" / "config.json")
    file = models / tiny.VOID_REPOSITORY / "void_pass1.safetensors"
    outputs = []
    for mode in EXACT:
        placed = open_transformer(config, file, mode, CPU, torch.bfloat16)
        outputs.append(networks.output(placed.module, networks.inputs(torch.bfloat16)))
        placed.close()
    assert all(torch.equal(outputs[0], found) for found in outputs)


class FullMemory(nn.Module):
    def forward(self, **given: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


def test_after_running_out_of_memory_nothing_is_held_and_the_next_mode_works(
    checkpoint: Path,
) -> None:
    given = networks.inputs(torch.bfloat16)
    mode: Mode | None = "resident"
    tried, held = [], []
    while mode is not None:
        tried.append(mode)
        placed = opened(checkpoint, mode)
        placed.to_device()
        if mode != "streamed":
            placed.module.transformer_blocks[2] = FullMemory()
        held = [weakref.ref(t.untyped_storage()) for t in placed.module.state_dict().values()]
        try:
            found = networks.output(placed.module, given)
            break
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        placed.close()
        free_all()
        assert not [storage for storage in held if storage() is not None]
        mode = memory.next_mode(mode)
    assert tried == ["resident", "offload", "streamed"]
    assert found.isfinite().all()
    placed.close()


def refusal() -> RuntimeError:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**16)
    return caught.value


def test_running_out_of_memory_is_told_from_other_faults() -> None:
    wrapped = VoidError("It stopped")
    wrapped.__cause__ = MemoryError()
    for error in (
        refusal(),
        MemoryError(),
        wrapped,
        torch.OutOfMemoryError("x"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
    ):
        assert is_out_of_memory(error), error
    for other in (RuntimeError("shapes do not fit"), ValueError("out of memory"), VoidError("x")):
        assert not is_out_of_memory(other), other
