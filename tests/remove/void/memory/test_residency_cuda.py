"""The memory modes on a CUDA device; skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.remove.void import networks
from void_studio.remove.void.memory.modes import MODES, Mode
from void_studio.remove.void.memory.out_of_memory import free_all
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.sampling.block_cache import BlockCache

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

CONFIG = networks.config(layers=12, heads=8)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cuda")
    return networks.write_checkpoint(folder / "void.safetensors", CONFIG)


@pytest.fixture(autouse=True)
def nothing_stays_on_the_device() -> Iterator[None]:
    free_all()
    before = torch.cuda.memory_allocated()
    yield
    free_all()
    assert torch.cuda.memory_allocated() <= before + 2**20  # cuBLAS keeps its workspace
    torch.cuda.synchronize()


def opened(checkpoint: Path | None, mode: Mode) -> Placed:
    placed = open_transformer(CONFIG, checkpoint, mode, "cuda", torch.bfloat16)
    placed.to_device()
    return placed


def inputs(seed: int = 0) -> dict[str, Any]:
    given = networks.inputs(torch.bfloat16, batch=2, seed=seed)
    rope = tuple(part.cuda() for part in given.pop("image_rotary_emb"))
    moved = {name: at.cuda() for name, at in given.items() if isinstance(at, torch.Tensor)}
    return {**given, **moved, "image_rotary_emb": rope}


def test_the_exact_modes_agree_to_the_bit(checkpoint: Path) -> None:
    given = [inputs(seed) for seed in range(3)]
    found = {}
    for mode in ("resident", "offload", "streamed"):
        placed = opened(checkpoint, mode)
        # Many calls behind one another, so that copies and computing really overlap.
        found[mode] = [networks.output(placed.module, one) for one in given * 4]
        placed.close()
    for mode in ("offload", "streamed"):
        assert all(map(torch.equal, found["resident"], found[mode])), mode


def test_drafts_agree_to_the_bit_when_they_are_streamed(checkpoint: Path) -> None:
    given = inputs()
    found: list[list[torch.Tensor]] = []
    for mode in ("resident", "streamed"):
        placed = opened(checkpoint, mode)
        cache = BlockCache(8)
        with cache.attached(placed.module):
            found.append([])
            for step in range(8):
                cache.begin_step(step)
                found[-1].append(networks.output(placed.module, given))
        placed.close()
    assert all(map(torch.equal, *found))


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_computes_near_the_cpu_and_lets_go(checkpoint: Path, mode: Mode) -> None:
    placed = opened(checkpoint, mode)
    on_cpu = open_transformer(CONFIG, checkpoint, "resident", "cpu", torch.float32)
    expected = networks.output(on_cpu.module, networks.inputs(torch.float32, batch=2))
    found = networks.output(placed.module, inputs()).float().cpu()
    limit = {"int8": 0.06, "fp8": 0.12}.get(mode, 0.04)
    assert (found - expected).norm() < limit * expected.norm()
    placed.to_host()
    if mode == "offload":
        assert placed.weight_bytes() == 0
    placed.close()


@pytest.mark.parametrize("mode", MODES)
def test_random_weights_compute(mode: Mode) -> None:
    placed = opened(None, mode)
    assert networks.output(placed.module, inputs()).isfinite().all()
    placed.close()
