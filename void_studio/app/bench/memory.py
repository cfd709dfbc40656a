"""How much memory the application holds, and whether painting makes it more."""

from __future__ import annotations

from collections.abc import Iterator

import psutil

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.painting import strokes
from void_studio.app.bench.rows import Row, single
from void_studio.media.memory import return_freed_memory

LIMIT_MIB, GROWTH_MIB = 600.0, 16.0


def memory_rows(hand: Hand, first: int, last: int) -> Iterator[Row]:
    """Paints ``first`` strokes over all frames, then on to ``last``."""
    count = hand.window.session.count
    strokes(hand, first, count)
    yield single(f"memory, {count} frames, {first} strokes", "MiB", held(hand), LIMIT_MIB)
    # What was freed and may be used again is not gained.
    return_freed_memory()
    before = held(hand)
    strokes(hand, last - first, count)
    hand.rest()
    return_freed_memory()
    gained = held(hand) - before
    yield single(f"memory gained from {first} to {last} strokes", "MiB", gained, GROWTH_MIB)


def held(hand: Hand) -> float:
    """MiB that this process holds once everything is saved and decoded, on frame 0."""
    hand.window.session.set_index(0)
    hand.rest()
    return float(psutil.Process().memory_info().rss / 2**20)
