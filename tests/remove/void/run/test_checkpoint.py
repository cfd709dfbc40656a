"""Checkpoints are whole or absent, and of one key."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from void_studio import files
from void_studio.errors import VoidError
from void_studio.remove.void.run.checkpoint import Checkpoints

KEY = {"steps": 30, "weights": "a"}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.uint8])
def test_what_was_saved_is_there_to_the_bit(tmp_path: Path, dtype: torch.dtype) -> None:
    tensor = torch.randn((2, 3, 4)).to(dtype).permute(2, 0, 1)
    Checkpoints(tmp_path, KEY).save("latents", {"latents": tensor}, {"steps": 7})
    found = Checkpoints(tmp_path, dict(reversed(KEY.items()))).load("latents")
    assert found is not None
    assert torch.equal(found.tensors["latents"], tensor)
    assert found.tensors["latents"].dtype == dtype
    assert found.facts == {"steps": 7}


def test_a_later_one_takes_its_place(tmp_path: Path) -> None:
    store = Checkpoints(tmp_path, KEY)
    for step in range(3):
        store.save("latents", {"latents": torch.full((2,), step)}, {"steps": step})
    found = store.load("latents")
    assert found is not None
    assert (found.facts["steps"], found.tensors["latents"].tolist()) == (2, [2, 2])
    assert len(list(tmp_path.iterdir())) == 1


def test_one_of_another_key_is_not_there(tmp_path: Path) -> None:
    Checkpoints(tmp_path, KEY).save("latents", {}, {"steps": 7})
    other = Checkpoints(tmp_path, {**KEY, "steps": 31})
    assert other.load("latents") is None
    store = Checkpoints(tmp_path, KEY)
    store.finish_array("pictures", store.new_array("pictures", (2, 2), np.uint16))
    assert other.array("pictures") is None


@pytest.mark.parametrize("length", [0, 4, 60, -3])
def test_a_damaged_one_is_not_there(tmp_path: Path, length: int) -> None:
    store = Checkpoints(tmp_path, KEY)
    store.save("latents", {"latents": torch.ones(9)}, {"steps": 7})
    path = tmp_path / "latents.safetensors"
    path.write_bytes(path.read_bytes()[:length])
    assert store.load("latents") is None


def test_a_write_that_fails_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Checkpoints(tmp_path, KEY)
    store.save("latents", {"latents": torch.ones(3)}, {"steps": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(VoidError, match="No space left"):
        store.save("latents", {"latents": torch.zeros(3)}, {"steps": 2})
    found = store.load("latents")
    assert found is not None
    assert found.facts == {"steps": 1}


def test_an_array_is_there_when_it_is_finished_and_not_before(tmp_path: Path) -> None:
    store = Checkpoints(tmp_path, KEY)
    made = store.new_array("pictures", (3, 4), np.float32)
    made[:] = 0.25
    assert store.array("pictures") is None
    store.finish_array("pictures", made)
    found = store.array("pictures")
    assert found is not None
    assert (found == 0.25).all()
    assert not found.flags.writeable
    # Begun anew it is not there again, whatever lies on the disk.
    store.new_array("pictures", (3, 4), np.float32)
    assert store.array("pictures") is None
    store.drop_array("pictures")
    assert list(tmp_path.iterdir()) == []


def test_an_array_that_was_cut_off_is_not_there(tmp_path: Path) -> None:
    store = Checkpoints(tmp_path, KEY)
    store.finish_array("pictures", store.new_array("pictures", (300, 40), np.float32))
    path = tmp_path / "pictures.bin"
    path.write_bytes(path.read_bytes()[:500])
    assert store.array("pictures") is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_that_a_disk_changed_is_not_there(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        store = Checkpoints(Path(folder), KEY)
        store.save("latents", {"latents": torch.arange(9.0), "none": torch.ones(0)}, {"steps": 7})
        _change_a_byte(Path(folder) / "latents.safetensors", data)
        found = store.load("latents")
        # What is not seen to be damaged is not: spaces of the header may be others.
        assert found is None or (found.tensors["latents"].tolist(), found.facts) == (
            list(range(9)),
            {"steps": 7},
        )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_array_that_a_disk_changed_is_not_there(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        store = Checkpoints(Path(folder), KEY)
        made = store.new_array("pictures", (3, 5, 7), np.uint8)
        made[:] = 3
        store.finish_array("pictures", made)
        _change_a_byte(Path(folder) / "pictures.bin", data)
        found = store.array("pictures")
        assert found is None or (found.shape == made.shape and bool((found == 3).all()))


def _change_a_byte(path: Path, data: st.DataObject) -> None:
    held = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(held) - 1))
    held[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(held)


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="nothing allocates here")
def test_an_array_has_its_room_before_it_is_filled(tmp_path: Path) -> None:
    Checkpoints(tmp_path, KEY).new_array("pictures", (1000, 1000), np.float32)
    assert (tmp_path / "pictures.bin").stat().st_blocks * 512 >= 4_000_000


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="nothing allocates here")
def test_a_disk_that_cannot_be_asked_for_room_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", refused)
    store = Checkpoints(tmp_path, KEY)
    store.finish_array("pictures", store.new_array("pictures", (3, 4), np.float32))
    assert store.array("pictures") is not None


def test_an_array_that_finds_no_room_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with pytest.raises(VoidError, match="No space left"):
        Checkpoints(tmp_path, KEY).new_array("pictures", (300, 40), np.float32)
