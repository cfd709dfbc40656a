"""Times what must stay fast in masks of 4K, and prints one JSON row per budget.

    python -m tests.benchmarks.bench_quadmask

``ms`` is the best of several runs, in milliseconds; ``ok`` says whether it is below ``budget_ms``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from tests.quadmask.large import SIZE, full_store, tracked_field
from void_studio.quadmask.bits import LEVELS, Plane, apply_table, paint_table
from void_studio.quadmask.history import TileRecorder
from void_studio.quadmask.paint import stamp_line, stroke_rect

FRAMES = 200
RUNS = 15


def best_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times) * 1000


def rows() -> list[dict[str, object]]:
    """What was timed, with its budget."""
    tracked = tracked_field()
    store = full_store(tracked, FRAMES)
    painted = tracked.copy()
    remove = paint_table(Plane.REMOVE, True)
    out = np.empty_like(tracked)
    cold = iter(range(FRAMES))

    def dab() -> None:
        recorder = TileRecorder(painted)
        recorder.touch(stroke_rect((1900.3, 900.2), (1910.0, 905.0), 64, SIZE))
        stamp_line(painted, remove, (1900.3, 900.2), (1910.0, 905.0), 64)

    def edit_cold_frame() -> None:
        index = next(cold)
        store.field(index)[0, 0] = 1
        store.mark_dirty(index)

    def row(name: str, budget_ms: float, call: Callable[[], object]) -> dict[str, object]:
        ms = best_ms(call)
        return {"name": name, "ms": round(ms, 3), "budget_ms": budget_ms, "ok": ms < budget_ms}

    made = [
        row("a dab of radius 64", 1, dab),
        row("a whole frame through a table", 8, lambda: apply_table(tracked, LEVELS, out=out)),
        row("a first edit of a cold frame", 10, edit_cold_frame),
    ]
    store.summaries()
    return [*made, row("summaries of 200 frames", 2, store.summaries)]


def main() -> int:
    """Prints the rows; 1 when one is over its budget."""
    made = rows()
    for row in made:
        print(json.dumps(row))
    return int(not all(row["ok"] for row in made))


if __name__ == "__main__":
    sys.exit(main())
