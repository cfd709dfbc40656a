"""Telling that memory ran out, and getting back what is no longer used."""

from __future__ import annotations

import gc

import torch

_SAYINGS = (
    "out of memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "device_allocation_failed",
    "unable to find an engine",
    "not enough memory",
)
"""What CUDA, cuBLAS, cuDNN, Metal and the CPU's allocator write into a plain RuntimeError.

Torch says that it found no engine where no algorithm of cuDNN got the memory to work in.
"""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether ``error``, or what it was raised from, says that a GPU or main memory is full."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, RuntimeError):
        said = str(error).lower()
        if any(saying in said for saying in _SAYINGS):
            return True
    return error.__cause__ is not None and is_out_of_memory(error.__cause__)


def free_all() -> None:
    """Gives back to the machine what no tensor holds any more.

    Whoever caught an error must have let go of it first: its traceback holds the tensors of the
    functions that it passed through.
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
