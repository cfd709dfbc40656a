"""What is kept is made once for the same frames and facts, and again where a file is damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from void_studio.remove.void.kept import content_key, kept_tensor

KEY = "0" * 64


class Maker:
    """Gives noise and counts how often."""

    def __init__(self, noise: Tensor | None = None) -> None:
        self.noise = torch.randn(1, 3, 16, 4, 5) if noise is None else noise
        self.times = 0

    def __call__(self) -> Tensor:
        self.times += 1
        return self.noise


def kept(folder: Path) -> list[str]:
    return sorted(path.name[:1] for path in folder.iterdir())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_it_is_made_once(tmp_path: Path, dtype: torch.dtype) -> None:
    make = Maker(torch.randn(2, 3, dtype=dtype).T)
    folder = tmp_path / "not" / "there"
    for _ in range(3):
        noise = kept_tensor(folder, KEY, make)
        assert noise.dtype == dtype
        assert torch.equal(noise, make.noise)
    assert make.times == 1
    assert len(list(folder.iterdir())) == 1


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def named_otherwise(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"noise"', b'"other"'))


@pytest.mark.parametrize("damage", [cut, flipped, emptied, named_otherwise])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    make = Maker()
    kept_tensor(tmp_path, KEY, make)
    [path] = tmp_path.iterdir()
    damage(path)
    for _ in range(2):
        assert torch.equal(kept_tensor(tmp_path, KEY, make), make.noise)
    assert make.times == 2


def test_what_was_used_longest_ago_is_dropped(tmp_path: Path) -> None:
    size = 16 * 1024
    noise = torch.randn(size // 4)
    for age, name in enumerate("abc"):
        kept_tensor(tmp_path, name, Maker(noise), 4 * size)
        [path] = tmp_path.glob(f"{name}*")
        os.utime(path, (1000 + age, 1000 + age))
    assert kept(tmp_path) == ["a", "b", "c"]
    unused = Maker()
    kept_tensor(tmp_path, "a", unused, 4 * size)
    assert unused.times == 0
    kept_tensor(tmp_path, "d", Maker(noise), 4 * size)
    assert kept(tmp_path) == ["a", "c", "d"]


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    make = Maker()
    assert torch.equal(kept_tensor(blocked, KEY, make), make.noise)
    assert torch.equal(kept_tensor(blocked / "below", KEY, make), make.noise)


def test_what_the_maker_raises_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> Tensor:
        raise ValueError("no noise")

    with pytest.raises(ValueError, match="no noise"):
        kept_tensor(tmp_path, KEY, fail)
    assert not list(tmp_path.iterdir())


def test_the_key_is_of_the_frames_and_of_every_fact() -> None:
    frames = [np.full((4, 6, 3), value, np.uint8) for value in (1, 2)]
    key = content_key(frames, "unit", 42)
    assert key == content_key(iter(frames), "unit", 42)
    assert len(key) == 64
    turned = [np.ascontiguousarray(frame.transpose(1, 0, 2)) for frame in frames]
    others = [
        content_key(frames, "unit", 43),
        content_key(frames, "as-released", 42),
        content_key(frames[::-1], "unit", 42),
        content_key(frames[:1], "unit", 42),
        content_key(turned, "unit", 42),
    ]
    assert len({key, *others}) == 6


def test_the_key_of_a_view_is_that_of_its_pixels() -> None:
    whole = np.random.default_rng(0).integers(0, 255, (8, 12, 3), np.uint8)
    part = whole[::2, 3:9]
    assert content_key([part], 1) == content_key([part.copy()], 1)
