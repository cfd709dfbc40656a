"""What one edit changed on one field.

A recorder copies the 64 x 64 tiles an edit is about to touch; at the end only the rectangles that
differ are kept, as the exclusive or of before and after. Applying that twice restores every byte,
so one object serves undo and redo.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from void_studio.quadmask.bits import NOTHING, Bytes, Mask, Rect
from void_studio.quadmask.packing import pack, unpack_into

TILE = 64
_OBJECTS = 300  # bytes of the Python objects around one difference, about
_RECT = 200  # bytes of one Rect with its numbers, about


class TileDiff:
    """The difference between a field before and after one edit.

    Attributes:
        rect: The smallest rectangle around what changed.
        bytes: Memory held, in bytes.
    """

    def __init__(self, shape: tuple[int, ...], changes: list[tuple[Rect, Bytes]]) -> None:
        self._shape = shape
        self._rects = [rect for rect, _ in changes]
        self._blob = pack(np.concatenate([change.ravel() for _, change in changes]))
        self.rect = NOTHING
        for rect in self._rects:
            self.rect = self.rect.union(rect)
        self.bytes = len(self._blob) + len(self._rects) * _RECT + _OBJECTS

    def apply(self, field: Bytes) -> None:
        """Toggles ``field`` in place between before and after.

        Raises:
            ValueError: the field has another shape than the one recorded.
        """
        if field.shape != self._shape:
            raise ValueError(f"difference of a {self._shape} field applied to {field.shape}")
        changes = np.empty(sum(rect.width * rect.height for rect in self._rects), np.uint8)
        unpack_into(self._blob, changes)
        done = 0
        for rect in self._rects:
            count = rect.width * rect.height
            region = field[rect.slices]
            region ^= changes[done : done + count].reshape(region.shape)
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
        changes: list[tuple[Rect, Bytes]] = []
        for block, before in self._before:
            change = before ^ self._field[block.slices]
            box = Rect(*cv2.boundingRect(change))
            if not box.empty:
                place = Rect(block.x + box.x, block.y + box.y, box.width, box.height)
                changes.append((place, change[box.slices]))
        return TileDiff(self._field.shape, changes) if changes else None


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
