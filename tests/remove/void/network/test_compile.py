"""Compiled blocks: once for all of them, for every shape, and without when the compiler fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.remove.void.networks import config, write_checkpoint
from tests.remove.void.tiny import BASE_REPOSITORY, TEXT_LENGTH, TEXT_WIDTH, VOID_REPOSITORY
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.network import compile as compiling
from void_studio.remove.void.network.compile import Compiled, compiles_on
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.transformer import transformer_config


@pytest.fixture(autouse=True)
def forget_what_was_compiled() -> None:
    torch.compiler.reset()


class Counted:
    """A compiler that compiles nothing and counts how often it is asked to."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, graph: torch.fx.GraphModule, _: list[Any]) -> Callable[..., object]:
        self.count += 1
        return graph.forward


def failing(graph: torch.fx.GraphModule, _: list[Any]) -> Callable[..., object]:
    raise RuntimeError("no compiler here")


def opened(models: Path) -> Placed:
    made = transformer_config(models / BASE_REPOSITORY / "transformer" / "config.json")
    weights = models / VOID_REPOSITORY / "void_pass1.safetensors"
    return open_transformer(made, weights, "resident", "cpu", torch.float32)


def given(frames: int = 2) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(1)
    shapes = ((1, frames, 16, 4, 6), (1, frames, 32, 4, 6), (1, TEXT_LENGTH, TEXT_WIDTH))
    drawn = (torch.randn(shape, generator=generator) for shape in shapes)
    return (*drawn, torch.tensor([500]))


@pytest.mark.parametrize("mode", ["resident", "offload", "streamed"])
def test_blocks_share_two_compilations_for_each_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    checkpoint = write_checkpoint(tmp_path / "void.safetensors", config(layers=3))
    placed = open_transformer(config(layers=3), checkpoint, mode, "cpu", torch.float32)
    placed.to_device()
    predict = Predictor(placed.module)
    expected = [predict(*given()), predict(*given(4))]
    monkeypatch.setattr(compiling, "BACKEND", compiler := Counted())
    compiled = Compiled(predict, placed.computing_blocks())
    found = [compiled(*given()), compiled(*given(4))]
    placed.to_host()
    placed.to_device()
    found.append(compiled(*given()))
    assert compiler.count == 4
    assert torch.allclose(found[0], expected[0], atol=1e-6)
    assert torch.allclose(found[1], expected[1], atol=1e-6)
    assert torch.equal(found[0], found[2])
    assert compiled.warning == ""
    placed.close()


def test_many_lengths_are_compiled(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "BACKEND", compiler := Counted())
    placed = opened(tiny_models)
    compiled = Compiled(Predictor(placed.module), placed.computing_blocks())
    lengths = range(2, 12, 2)  # one more than torch would compile by itself
    with ThreadPoolExecutor(1) as another_thread:
        for frames in lengths:
            another_thread.submit(compiled, *given(frames)).result()
    assert compiler.count == 2 * len(lengths)
    placed.close()


def test_without_a_working_compiler_it_goes_on_and_says_why(
    tiny_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = opened(tiny_models)
    predict = Predictor(placed.module)
    expected = predict(*given())
    monkeypatch.setattr(compiling, "BACKEND", failing)
    compiled = Compiled(predict, placed.computing_blocks())
    assert torch.equal(compiled(*given()), expected)
    assert "no compiler here" in compiled.warning
    assert torch.equal(compiled(*given()), expected)
    placed.close()


def test_other_failures_are_not_taken_for_the_compilers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "BACKEND", Counted())

    def broken(*_: Tensor) -> Tensor:
        raise RuntimeError("out of memory")

    compiled = Compiled(broken, [torch.nn.Linear(1, 1)])
    with pytest.raises(RuntimeError, match="out of memory"):
        compiled(torch.zeros(1))
    assert compiled.warning == ""


def test_undone_it_is_what_it_was(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "BACKEND", compiler := Counted())
    placed = opened(tiny_models)
    compiled = Compiled(Predictor(placed.module), placed.computing_blocks())
    compiled.undo()
    compiled(*given())
    assert compiler.count == 0
    placed.close()


def test_it_is_not_done_away_from_cuda() -> None:
    assert not compiles_on(torch.device("cpu"))
