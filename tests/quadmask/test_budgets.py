"""What must stay fast and small at 4K, with room for a busy machine: the best of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from void_studio.quadmask.bits import LEVELS, Bytes, Plane, apply_table, paint_table
from void_studio.quadmask.history import TileRecorder
from void_studio.quadmask.paint import stamp_line, stroke_rect
from void_studio.quadmask.store import HOT_FRAMES, MaskStore

SIZE = (3840, 2160)
FRAMES = 200
STROKES = 500
REMOVE = paint_table(Plane.REMOVE, True)


def best_ms(call: Callable[[], object], runs: int = 15) -> float:
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times) * 1000


@pytest.fixture(scope="module")
def tracked() -> Bytes:
    """A 4K field with a ragged object and an affected region."""
    rows, columns = np.ogrid[: SIZE[1], : SIZE[0]]
    ragged = 500 + 60 * np.sin(columns / 3.0) * np.cos(rows / 5.0)
    field = ((columns - 1900) ** 2 + (rows - 1000) ** 2 < ragged**2).astype(np.uint8)
    field[800:1600, 500:2500] |= 2
    return field


def test_a_dab_takes_less_than_a_millisecond(tracked: Bytes) -> None:
    field = tracked.copy()

    def dab() -> None:
        recorder = TileRecorder(field)
        recorder.touch(stroke_rect((1900.3, 900.2), (1910.0, 905.0), 64, SIZE))
        stamp_line(field, REMOVE, (1900.3, 900.2), (1910.0, 905.0), 64)

    assert best_ms(dab) < 1


def test_a_whole_frame_is_looked_up_in_a_few_milliseconds(tracked: Bytes) -> None:
    out = np.empty_like(tracked)
    assert best_ms(lambda: apply_table(tracked, LEVELS, out=out)) < 8


def test_cold_frames_and_hot_summaries_are_quick(tracked: Bytes) -> None:
    store = MaskStore(SIZE, FRAMES)
    store.set_field(0, tracked)
    for index in range(1, FRAMES):
        store.set_blob(index, store.blob(0))
    cold = iter(range(FRAMES))

    def next_edited_frame() -> None:
        index = next(cold)
        store.field(index)[0, 0] = 1
        store.mark_dirty(index)

    assert best_ms(next_edited_frame) < 10
    store.summaries()
    assert best_ms(store.summaries) < 2


def test_two_hundred_frames_and_five_hundred_strokes_fit_64_mb(tracked: Bytes) -> None:
    store = MaskStore(SIZE, FRAMES)
    store.set_field(0, tracked)
    for index in range(1, FRAMES):
        store.set_blob(index, store.blob(0))
    rng = np.random.default_rng(0)
    history = 0
    for stroke in range(STROKES):
        index = stroke % 20
        field = store.field(index)
        recorder = TileRecorder(field)
        x, y = rng.random(2) * SIZE
        for _ in range(25):
            end = x + rng.normal() * 30, y + rng.normal() * 30
            recorder.touch(stroke_rect((x, y), end, 64, SIZE))
            stamp_line(field, REMOVE, (x, y), end, 64)
            x, y = end
        store.mark_dirty(index)
        difference = recorder.finish()
        history += difference.bytes if difference else 0
    assert store.memory_bytes - HOT_FRAMES * SIZE[0] * SIZE[1] < 16e6
    assert store.memory_bytes + history < 64e6
