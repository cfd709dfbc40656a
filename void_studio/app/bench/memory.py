"""How much memory the application holds, and whether painting makes it more."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import psutil

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.painting import strokes
from void_studio.app.bench.rows import Row, single
from void_studio.media.memory import return_freed_memory

LIMIT_MIB, GROWTH_MIB = 600.0, 8.0
RESTED_S = 3.5
"""Decoders that have nothing to do let go of their memory after 3 seconds."""


def memory_rows(hand: Hand, first: int, last: int) -> Iterator[Row]:
    """Paints ``first`` strokes over all frames, then on to ``last``."""
    count = hand.window.session.count
    strokes(hand, first, count)
    hand.rest()
    yield single(f"memory, {count} frames, {first} strokes", "MiB", held(), LIMIT_MIB)
    # Buffers and the history's own room reach their size once; what is flat is what comes after.
    half = max(first, last // 2)
    strokes(hand, half - first, count)
    middle = (half + last) // 2
    held_at = [_in_use(hand)]
    for more in (middle - half, last - middle):
        strokes(hand, more, count)
        held_at.append(_in_use(hand))
    # What leaks is gained in both halves; a decoder that wakes is seen in one.
    gained = 2 * min(held_at[1] - held_at[0], held_at[2] - held_at[1])
    yield single(f"memory gained from {half} to {last} strokes", "MiB", gained, GROWTH_MIB)
    yield single(f"memory, {count} frames, {last} strokes", "MiB", held(), LIMIT_MIB)


def held() -> float:
    """MiB that this process holds."""
    return float(psutil.Process().memory_info().rss / 2**20)


def _in_use(hand: Hand) -> float:
    """MiB held on frame 0 once all is saved and decoded, without what is free to be used again."""
    hand.window.session.set_index(0)
    hand.rest()
    hand.pause(RESTED_S)
    gc.collect()
    return_freed_memory()
    return held()
