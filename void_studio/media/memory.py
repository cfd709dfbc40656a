"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

# Of malloc.h.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def keep_memory_flat() -> None:
    """Tells glibc to give every large block back when it is freed; call it once, at the start.

    Pictures come and go on several threads: left to itself glibc keeps 200 MB of them in pieces.
    Does nothing where the C library has no such call.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # macOS, musl, Windows
        return
    mallopt(_M_MMAP_THRESHOLD, 1 << 20)
    mallopt(_M_ARENA_MAX, 2)


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
