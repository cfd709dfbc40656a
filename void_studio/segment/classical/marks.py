"""The frames on which an artist has said where an object is."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping

import numpy as np

from void_studio.segment.protocol import Mask


class Marks(Mapping[int, Mask]):
    """Plate index to mask, held compressed: a hundred marked 4K frames take a few megabytes."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[bytes, tuple[int, ...]]] = {}

    def copy(self) -> Marks:
        """The marks as they are now, whatever is marked later."""
        copied = Marks()
        copied._held = dict(self._held)
        return copied

    def set(self, index: int, mask: Mask) -> None:
        self._held[index] = zlib.compress(np.packbits(mask).tobytes(), 1), mask.shape

    def discard(self, index: int) -> None:
        self._held.pop(index, None)

    def __getitem__(self, index: int) -> Mask:
        data, shape = self._held[index]
        bits = np.frombuffer(zlib.decompress(data), np.uint8)
        return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(bool)

    def __iter__(self) -> Iterator[int]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)
