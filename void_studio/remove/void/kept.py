"""Tensors that were made before, noise and encoded clips: kept by what they were made from, the
least used dropped."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.files import write_atomic

VERSION = 1
"""Of what is kept; raised when the same frames shall give other tensors."""

MOST_BYTES = 2 * 2**30
"""What is kept in one folder."""

_SUFFIX = ".warped.safetensors"
_NAME = "noise"


def content_key(frames: Iterable[NDArray[np.uint8]], *facts: object) -> str:
    """The name of what is made of ``frames`` as ``facts`` say (method, sizes, seed): sha256.

    Every fact is told by its ``repr``.
    """
    digest = hashlib.sha256(repr((VERSION, *facts)).encode())
    for frame in frames:
        digest.update(repr(frame.shape).encode())
        digest.update(np.ascontiguousarray(frame).data)
    return digest.hexdigest()


def kept_tensor(
    folder: Path, key: str, make: Callable[[], Tensor], most_bytes: int = MOST_BYTES
) -> Tensor:
    """The tensor kept in ``folder`` under ``key``, else what ``make`` gives, which is then kept.

    A damaged file is as good as none, and a folder that cannot be written only costs the time to
    make it again.
    """
    path = folder / f"{key}{_SUFFIX}"
    kept = _read(path, most_bytes)
    if kept is not None:
        return kept
    made = make().contiguous().cpu()
    with contextlib.suppress(OSError, VoidError):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(path, save({_NAME: made}, {"sha256": digest_of(made)}))
        _drop_oldest(folder, path, most_bytes)
    return made


def _read(path: Path, most_bytes: int) -> Tensor | None:
    """The whole tensor of a file, which counts as used now; None if there is none."""
    try:
        if path.stat().st_size > most_bytes:
            return None
        with safe_open(path, "pt") as stored:
            tensor: Tensor = stored.get_tensor(_NAME)
            wanted = (stored.metadata() or {}).get("sha256")
        if digest_of(tensor) != wanted:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return tensor
    except (OSError, SafetensorError):
        return None


def digest_of(tensor: Tensor) -> str:
    """The sha256 of a contiguous tensor's bytes; it is on the CPU."""
    # numpy has no bfloat16.
    return hashlib.sha256(tensor.view(torch.uint8).numpy().data).hexdigest()


def _drop_oldest(folder: Path, newest: Path, most_bytes: int) -> None:
    """Removes what was used longest ago until the rest fits; ``newest`` stays."""
    others = []
    left = most_bytes - newest.stat().st_size
    for path in folder.glob(f"*{_SUFFIX}"):
        if path != newest:
            with contextlib.suppress(OSError):
                found = path.stat()
                others.append((found.st_mtime_ns, found.st_size, path))
    for _, size, path in sorted(others, reverse=True):
        left -= size
        if left < 0:
            path.unlink(missing_ok=True)
