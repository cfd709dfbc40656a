"""A 4K field as artists have them, for tests of size and benchmarks of speed."""

from __future__ import annotations

import numpy as np

from void_studio.quadmask.bits import Bytes
from void_studio.quadmask.store import MaskStore

SIZE = (3840, 2160)


def tracked_field() -> Bytes:
    """A ragged object and an affected region."""
    rows, columns = np.ogrid[: SIZE[1], : SIZE[0]]
    ragged = 500 + 60 * np.sin(columns / 3.0) * np.cos(rows / 5.0)
    field = ((columns - 1900) ** 2 + (rows - 1000) ** 2 < ragged**2).astype(np.uint8)
    field[800:1600, 500:2500] |= 2
    return field


def full_store(field: Bytes, frames: int) -> MaskStore:
    """The same field on every frame."""
    store = MaskStore(SIZE, frames)
    store.set_field(0, field)
    for index in range(1, frames):
        store.set_blob(index, store.blob(0))
    return store
