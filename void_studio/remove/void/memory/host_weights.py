"""Weights outside the device: where they come from, and how they lie in main memory.

A *run* is the tensors of one block in one piece of memory, so that a block comes to the GPU in one
copy at the full speed of the link.
"""

from __future__ import annotations

import mmap
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from void_studio.remove.void.network.transformer import opened_strictly

ALIGNED = 128
"""Numbers between the beginnings of tensors of a run are a multiple of this, so that every one of
them begins where vector instructions want it."""

RANDOM_SPREAD = 0.02


class Source(Protocol):
    """Something that knows the tensors of a model by name."""

    def read(self, name: str) -> torch.Tensor:
        """The tensor, of any float type and on any device; not to be changed."""


class FileSource:
    """The tensors of a safetensors file, mapped into memory and read when they are touched."""

    def __init__(self, module: nn.Module, file: Path) -> None:
        """Raises VoidError if the tensors of ``file`` are not exactly those of ``module``."""
        with opened_strictly(module.state_dict(), file, "cpu") as stored:
            names: list[str] = list(stored.keys())
            self._tensors: dict[str, torch.Tensor] = {n: stored.get_tensor(n) for n in names}

    def read(self, name: str) -> torch.Tensor:
        return self._tensors[name]


class RandomSource:
    """Small normal numbers in the shapes of a model, drawn on a device, for measuring speed."""

    def __init__(self, module: nn.Module, dtype: torch.dtype, device: torch.device) -> None:
        self._shapes = {name: tensor.shape for name, tensor in module.state_dict().items()}
        self._dtype, self._device = dtype, device
        self._generator = torch.Generator(device).manual_seed(0)

    def read(self, name: str) -> torch.Tensor:
        drawn = torch.empty(self._shapes[name], dtype=self._dtype, device=self._device)
        return drawn.normal_(0, RANDOM_SPREAD, generator=self._generator)


class Run:
    """How the tensors of one block lie behind one another."""

    def __init__(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """``tensors`` may be on meta: only names and shapes count."""
        self.shapes = {name: tensor.shape for name, tensor in tensors.items()}
        self.length = sum(map(_room, self.shapes.values()))

    def empty(self, dtype: torch.dtype, device: torch.device | str) -> torch.Tensor:
        """Memory for one run: (length,) of ``dtype``."""
        return torch.empty(self.length, dtype=dtype, device=device)

    def views(self, memory: torch.Tensor) -> dict[str, torch.Tensor]:
        """The tensors of a run in ``memory`` (length,), which they share."""
        found, begin = {}, 0
        for name, shape in self.shapes.items():
            found[name] = memory[begin : begin + shape.numel()].view(shape)
            begin += _room(shape)
        return found


class HostRun:
    """One run in main memory, pinned where there is a CUDA device to copy it to.

    The memory is registered with CUDA rather than allocated by it: torch's own pinned allocations
    are rounded up to powers of two, which would take almost twice the memory of a block.
    """

    def __init__(
        self, run: Run, names: Iterable[str], source: Source, dtype: torch.dtype, pin: bool
    ):
        """Reads the tensors ``names`` of ``source``, in the order of ``run``."""
        self.run = run
        self.memory = _own_pages(run.length, dtype)
        self._unpin: weakref.finalize[[torch.Tensor], HostRun] | None = None
        for name, view in zip(names, run.views(self.memory).values(), strict=True):
            view.copy_(source.read(name))
        if pin and _register(self.memory):
            self._unpin = weakref.finalize(self, _unregister, self.memory)
            self._unpin.atexit = False  # CUDA may be gone by then

    def close(self) -> None:
        """Gives the memory back. Nothing may be copying from it any more."""
        if self._unpin is not None:
            self._unpin()
            self._unpin = None
        self.memory = torch.empty(0)


def assign(module: nn.Module, tensors: Mapping[str, torch.Tensor]) -> None:
    """Makes ``tensors`` the parameters of ``module`` that have their names, without a copy."""
    for name, tensor in tensors.items():
        owner, _, leaf = name.rpartition(".")
        setattr(module.get_submodule(owner), leaf, nn.Parameter(tensor, requires_grad=False))


def _own_pages(length: int, dtype: torch.dtype) -> torch.Tensor:
    """Memory (length,) of ``dtype`` that shares no page with other memory: a page is pinned once.

    Raises:
        MemoryError: there is none left.
    """
    try:
        pages = mmap.mmap(-1, length * dtype.itemsize)
    except OSError as error:
        raise MemoryError(str(error)) from error
    return torch.frombuffer(pages, dtype=dtype, count=length)


def _register(memory: torch.Tensor) -> bool:
    """Pins ``memory``; what cannot be pinned is copied all the same, only slower."""
    runtime: Any = torch.cuda.cudart()  # type: ignore[no-untyped-call]
    if int(runtime.cudaHostRegister(memory.data_ptr(), memory.nbytes, 0)) == 0:
        return True
    with suppress(RuntimeError):  # a refusal is raised by the launch after it, whatever that is
        torch.zeros(1, device="cuda")
    return False


def _unregister(memory: torch.Tensor) -> None:
    runtime: Any = torch.cuda.cudart()  # type: ignore[no-untyped-call]
    runtime.cudaHostUnregister(memory.data_ptr())


def _room(shape: torch.Size) -> int:
    return -(-shape.numel() // ALIGNED) * ALIGNED
