"""What a run of VOID has worked out so far, kept so that a killed one goes on there.

A folder holds one file for each result, whole or absent. Each carries a key that stands for all
that decides the result, and one of another key is not there; nor is one whose checksum says that a
disk changed it. See docs/decisions/0013.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import JsonValue
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from void_studio.files import explain, write_atomic

Numbers = NDArray[Any]

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Saved:
    """One result.

    Attributes:
        tensors: On the CPU.
        facts: What was said of them.
    """

    tensors: dict[str, Tensor]
    facts: dict[str, Any]


class Checkpoints:
    """Named results in a folder, valid for one key."""

    def __init__(self, folder: Path, key: Mapping[str, JsonValue]) -> None:
        """``key`` holds all that decides the results."""
        text = json.dumps(key, sort_keys=True, ensure_ascii=False)
        self._digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        self._folder = folder

    def save(
        self, name: str, tensors: Mapping[str, Tensor], facts: Mapping[str, JsonValue] | None = None
    ) -> None:
        """Puts a result in the place of the one before.

        Args:
            tensors: Contiguous, on any device.

        Raises:
            VoidError: it cannot be written.
        """
        held = {key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()}
        said = {"key": self._digest, "facts": json.dumps(facts or {})}
        said["checksum"] = _checksum(held, said["facts"])
        write_atomic(self._path(name), save(held, said))

    def load(self, name: str) -> Saved | None:
        """A result; None where there is none under this key, or a disk that lied damaged it."""
        path = self._path(name)
        if not path.is_file():
            return None
        try:
            with safe_open(path, "pt") as stream:
                said = stream.metadata() or {}
                if said.get("key") != self._digest:
                    return None
                tensors = {key: stream.get_tensor(key) for key in stream.keys()}  # noqa: SIM118
            if said["checksum"] != _checksum(tensors, said["facts"]):
                return None
            return Saved(tensors, json.loads(said["facts"]))
        except (OSError, SafetensorError, ValueError, KeyError):
            return None

    def path(self, file: str) -> Path:
        """Where somebody else may keep a file, whose being there ``save`` then tells."""
        return self._folder / file

    def drop(self, name: str) -> None:
        """Forgets a result that is needed no more."""
        with contextlib.suppress(OSError):
            self._path(name).unlink()

    def new_array(self, name: str, shape: tuple[int, ...], dtype: type) -> Numbers:
        """An array on the disk to be filled, which ``array`` finds after ``finish_array``.

        Raises:
            VoidError: there is no room for it.
        """
        self.drop(name)
        path = self._array_path(name)
        try:
            needed = int(np.prod(shape)) * np.dtype(dtype).itemsize
            if shutil.disk_usage(self._folder).free < needed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            array = np.memmap(path, dtype, "w+", shape=shape)
            _allocate(path)
            return array
        except OSError as error:
            raise explain(error, f"Could not write {path}") from error

    def finish_array(self, name: str, array: Numbers) -> None:
        """Says that an array of ``new_array`` is complete."""
        assert isinstance(array, np.memmap)
        array.flush()
        path = self._array_path(name)
        try:
            with open(path, "rb+") as stream:
                os.fsync(stream.fileno())
        except OSError as error:
            raise explain(error, f"Could not write {path}") from error
        facts = {"shape": list(array.shape), "dtype": array.dtype.str, "sums": _sums(array)}
        self.save(name, {}, facts)

    def array(self, name: str) -> Numbers | None:
        """A complete array, mapped and read-only; None where there is none under this key."""
        note = self.load(name)
        if note is None:
            return None
        shape, path = tuple(note.facts["shape"]), self._array_path(name)
        try:
            array = np.memmap(path, np.dtype(note.facts["dtype"]), "r", shape=shape)
        except (OSError, ValueError):
            return None
        return array if _sums(array) == note.facts["sums"] else None

    def drop_array(self, name: str) -> None:
        """Forgets an array that is needed no more."""
        self.drop(name)
        with contextlib.suppress(OSError):
            self._array_path(name).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.safetensors"

    def _array_path(self, name: str) -> Path:
        return self._folder / f"{name}.bin"


def _allocate(path: Path) -> None:
    """Takes the room of a file that only has a size so far.

    A disk that fills up would otherwise end the process at some write to the mapped memory.

    Raises:
        OSError: there is not enough.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    with open(path, "rb+") as stream:
        try:
            os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
        except OSError as error:
            # Some network shares and file systems cannot be asked.
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
                raise


def _checksum(tensors: Mapping[str, Tensor], facts: str) -> str:
    digest = hashlib.sha256(facts.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)} ".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _sums(array: Numbers) -> str:
    """Digest of the sums of 64-bit words in every block: as quick as memory, and enough to tell
    what a disk damaged."""
    data = np.asarray(array).reshape(-1).view(np.uint8)
    digest = hashlib.sha256()
    for begin in range(0, data.size, _BLOCK_BYTES):
        block = data[begin : begin + _BLOCK_BYTES]
        words = block.size // 8 * 8
        digest.update(block[:words].view(np.uint64).sum(dtype=np.uint64).tobytes())
        digest.update(block[words:].data)
    return digest.hexdigest()
