"""What must stay small at 4K."""

from __future__ import annotations

import numpy as np

from tests.quadmask.large import SIZE, full_store, tracked_field
from void_studio.quadmask.bits import Plane, paint_table
from void_studio.quadmask.history import TileRecorder
from void_studio.quadmask.paint import stamp_line, stroke_rect
from void_studio.quadmask.store import HOT_FRAMES

FRAMES = 200
STROKES = 500
REMOVE = paint_table(Plane.REMOVE, True)


def test_two_hundred_frames_and_five_hundred_strokes_fit_64_mb() -> None:
    store = full_store(tracked_field(), FRAMES)
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
