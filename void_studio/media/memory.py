"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Of malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

_LARGE = 6 << 20  # above a buffer of an ordinary view, below a decoded frame of 4K
_SMALL = 64 << 10
_KEPT = 32 << 20


def keep_memory_flat() -> None:
    """Tells glibc what to give back when it is freed; call it once, at the start.

    Left to itself glibc keeps 200 MB of pictures, which come and go on several threads, in pieces.
    Giving everything back is no better: a buffer of the view's size would then be mapped anew each
    time it is used, which takes ten times as long as what is done with it. Does nothing where the
    C library has no such call.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # macOS, musl, Windows
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE)
    mallopt(_M_TRIM_THRESHOLD, _KEPT)
    mallopt(_M_ARENA_MAX, 2)


def apart(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``picture`` in memory of its own, which is given back the moment it is dropped.

    A copy, unless it is so large that it has that already, or too small to matter.
    """
    if not _SMALL <= picture.nbytes < _LARGE:
        return picture
    copy = np.frombuffer(mmap.mmap(-1, picture.nbytes), np.uint8).reshape(picture.shape)
    np.copyto(copy, picture)
    return copy


def return_freed_memory() -> None:
    """Asks the C library to hand freed memory back; glibc would keep a decoder's 100 MB.

    Takes some milliseconds. Does nothing where the C library has no such call.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # macOS, musl, Windows
        return None
    return trim
