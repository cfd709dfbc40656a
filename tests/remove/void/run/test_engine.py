"""What is loaded stays for the next removal, and leaves when something else is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.remove.void.runs import Told, Wall, removed, same
from void_studio.errors import VoidError
from void_studio.remove import warm
from void_studio.remove.void.network import text
from void_studio.remove.void.network.vae import Vae
from void_studio.remove.void.run import engine as engines
from void_studio.remove.void.run.engine import Engine, Place
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights.find import find_void

CPU = Place(torch.device("cpu"), torch.float32)


@pytest.fixture
def loads(tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is loaded, in order: "vae", or the checkpoint and the mode."""
    monkeypatch.setenv("VOID_STUDIO_MODELS", str(tiny_models))
    warm.let_go()
    found: list[str] = []
    open_transformer, load_vae = engines.open_transformer, engines.load_vae

    def opened(config: Any, checkpoint: Path, mode: Any, *rest: Any) -> Any:
        found.append(f"{checkpoint.stem} {mode}")
        return open_transformer(config, checkpoint, mode, *rest)

    def loaded(*given: Any) -> Any:
        found.append("vae")
        return load_vae(*given)

    monkeypatch.setattr(engines, "open_transformer", opened)
    monkeypatch.setattr(engines, "load_vae", loaded)
    yield found
    warm.let_go()


def test_a_second_removal_loads_nothing(
    tmp_path: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoders: list[Any] = []
    load_encoder = text.load_encoder

    def loaded(*given: Any) -> Any:
        encoders.append(given)
        return load_encoder(*given)

    monkeypatch.setattr(text, "load_encoder", loaded)
    removed(Wall(3).request(prompt="A bare wall."), tmp_path / "a")
    assert loads == ["vae", "void_pass1 resident"]
    assert warm.is_warm()
    told = Told()
    removed(Wall(5).request(prompt="A bare wall.", seed=3), tmp_path / "b", told)
    assert loads == ["vae", "void_pass1 resident"]
    assert len(encoders) == 1


def test_a_clip_is_encoded_once_for_all_its_removals(
    tmp_path: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    encode = Vae.encode

    def counted(self: Vae, video: Any, frames: int) -> Any:
        encoded.append(frames)
        return encode(self, video, frames)

    monkeypatch.setattr(Vae, "encode", counted)
    removed(Wall(3).request(), tmp_path / "a")
    assert len(encoded) == 2, "the mask and the picture"
    first = removed(Wall(3).request(prompt="A wall.", steps=2), tmp_path / "b")
    assert len(encoded) == 2
    # Other pictures, and another seed of the noise on them, are encoded anew.
    removed(Wall(4).request(), tmp_path / "c")
    removed(Wall(3).request(seed=1), tmp_path / "d")
    assert len(encoded) == 6
    monkeypatch.setenv("VOID_STUDIO_HOME", str(tmp_path / "home"))
    assert same(removed(Wall(3).request(prompt="A wall.", steps=2), tmp_path / "e"), first)
    assert len(encoded) == 8


def test_the_other_pass_takes_the_place_of_the_first(tmp_path: Path, loads: list[str]) -> None:
    removed(Wall(3).request(), tmp_path / "a")
    removed(Wall(3).request("void-pass2"), tmp_path / "b")
    assert loads == ["vae", "void_pass1 resident", "vae", "void_pass2 resident"]


def test_another_mode_takes_the_place_of_the_first(tmp_path: Path, loads: list[str]) -> None:
    removed(Wall(3).request(), tmp_path / "a")
    told = Told()
    removed(Wall(3).request(memory="int8"), tmp_path / "b", told)
    assert loads == ["vae", "void_pass1 resident", "void_pass1 int8"]
    assert told.facts["approximate"] is True


def test_letting_go_leaves_nothing(loads: list[str]) -> None:
    engine = Engine(CPU)
    weights = find_void(Pass.ONE)
    assert engine.held_bytes() == (0, 0)
    network = engine.transformer(weights, "resident")
    assert engine.held_bytes()[1] > 1000
    warm.let_go()
    assert engine.held_bytes() == (0, 0)
    assert all(tensor.is_meta for tensor in network.module.state_dict().values())
    assert not warm.is_warm()


def test_a_mode_that_a_machine_does_not_have_is_named(tmp_path: Path, loads: list[str]) -> None:
    with pytest.raises(VoidError, match="no memory mode fp8") as error:
        removed(Wall(3).request(memory="fp8"), tmp_path / "a")
    assert "streamed" in error.value.remedy
    assert loads == []


def test_in_half_precision_as_on_a_gpu_it_is_the_same_every_time(
    tmp_path: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Place(torch.device("cpu"), torch.bfloat16)
    monkeypatch.setattr(engines, "_engine", Engine(half))
    for remover in ("void-pass1", "void-pass2"):
        told = Told()
        # Two windows; the second removal takes what the first has left in the cache.
        first = removed(Wall(23).request(remover), tmp_path / remover, told)
        assert told.facts["precision"] == "bfloat16"
        assert same(removed(Wall(23).request(remover), tmp_path / f"{remover} again"), first)
    assert loads == ["vae", "void_pass1 resident", "vae", "void_pass2 resident"]
