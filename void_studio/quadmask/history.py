"""What one edit changed on one field.

A recorder copies the 64 x 64 tiles an edit is about to touch; at the end only the rectangles that
differ are kept, as the exclusive or of before and after. Applying that twice restores every byte,
so one object serves undo and redo. A checksum of what was painted there before tells whether it
fits a field that was read from somewhere.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Self

import cv2
import numpy as np

from void_studio.quadmask.bits import NOTHING, TRACKED, Bytes, Mask, Rect
from void_studio.quadmask.packing import pack, unpack_into

TILE = 64
_PAINTED = np.uint8(255 - TRACKED)
_OBJECTS = 300  # bytes of the Python objects around one difference, about
_RECT = 200  # bytes of one Rect with its numbers, about


class TileDiff:
    """The difference between a field before and after one edit.

    Attributes:
        shape: (H, W) of the field.
        rects: Where it changed, apart from each other.
        blob: The exclusive or of every rectangle, row by row, packed.
        checksum: CRC-32 of the painted bits of the rectangles before the edit.
        rect: The smallest rectangle around what changed.
        bytes: Memory held, in bytes.
    """

    def __init__(
        self, shape: tuple[int, int], rects: Sequence[Rect], blob: bytes, checksum: int
    ) -> None:
        self.shape = shape
        self.rects = rects
        self.blob = blob
        self.checksum = checksum
        self.rect = NOTHING
        for rect in rects:
            self.rect = self.rect.union(rect)
        self.bytes = len(blob) + len(rects) * _RECT + _OBJECTS

    @classmethod
    def of(cls, shape: tuple[int, int], changes: Sequence[tuple[Rect, Bytes, Bytes]]) -> Self:
        """From what changed: (where, before, exclusive or), the latter two uint8 of its size."""
        checksum = 0
        for _, before, _ in changes:
            checksum = zlib.crc32((before & _PAINTED).data, checksum)
        blob = pack(np.concatenate([change.ravel() for _, _, change in changes]))
        return cls(shape, [rect for rect, _, _ in changes], blob, checksum)

    def fits(self, field: Bytes, forward: bool) -> bool:
        """Whether ``field`` is painted where this changes it as it was before the edit.

        Args:
            forward: False asks whether it is as it was after the edit.
        """
        if field.shape != self.shape:
            return False
        checksum = 0
        for rect, change in self._changes():
            region = field[rect.slices] & _PAINTED
            if not forward:
                region ^= change & _PAINTED
            checksum = zlib.crc32(region.data, checksum)
        return checksum == self.checksum

    def apply(self, field: Bytes) -> None:
        """Toggles ``field`` in place between before and after.

        Raises:
            ValueError: the field has another shape than the one recorded.
        """
        if field.shape != self.shape:
            raise ValueError(f"difference of a {self.shape} field applied to {field.shape}")
        for rect, change in self._changes():
            field[rect.slices] ^= change

    def _changes(self) -> Iterator[tuple[Rect, Bytes]]:
        changes = np.empty(sum(rect.width * rect.height for rect in self.rects), np.uint8)
        unpack_into(self.blob, changes)
        done = 0
        for rect in self.rects:
            count = rect.width * rect.height
            yield rect, changes[done : done + count].reshape(rect.height, rect.width)
            done += count


class TileRecorder:
    """Watches one field through one edit, e.g. from pen down to pen up."""

    def __init__(self, field: Bytes) -> None:
        self._field = field
        self._size = field.shape[1], field.shape[0]
        rows, columns = -(-field.shape[0] // TILE), -(-field.shape[1] // TILE)
        self._held = np.zeros((rows, columns), np.bool_)
        self._before: list[tuple[Rect, Bytes]] = []

    def touch(self, rect: Rect) -> None:
        """Keeps what is in ``rect`` now; call before every edit inside it."""
        rect = rect.clip(self._size)
        if rect.empty:
            return
        top, left = rect.y // TILE, rect.x // TILE
        bottom = (rect.y + rect.height - 1) // TILE + 1
        right = (rect.x + rect.width - 1) // TILE + 1
        held = self._held[top:bottom, left:right]
        for row, first, last in _gaps(held):
            x, y = (left + first) * TILE, (top + row) * TILE
            block = Rect(x, y, (last - first) * TILE, TILE).clip(self._size)
            self._before.append((block, self._field[block.slices].copy()))
        held[...] = True

    def finish(self) -> TileDiff | None:
        """The difference to now, or None if nothing changed."""
        changes: list[tuple[Rect, Bytes, Bytes]] = []
        for block, before in self._before:
            change = before ^ self._field[block.slices]
            box = Rect(*cv2.boundingRect(change))
            if not box.empty:
                place = Rect(block.x + box.x, block.y + box.y, box.width, box.height)
                changes.append((place, before[box.slices], change[box.slices]))
        shape = self._field.shape[0], self._field.shape[1]
        return TileDiff.of(shape, changes) if changes else None


def _gaps(held: Mask) -> Iterator[tuple[int, int, int]]:
    """The (row, first, end) runs of tiles that are not held yet."""
    for row, tiles in enumerate(held.tolist()):
        first = None
        for column, is_held in enumerate([*tiles, True]):
            if is_held and first is not None:
                yield row, first, column
                first = None
            elif not is_held and first is None:
                first = column
