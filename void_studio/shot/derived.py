"""Masks whose tracked bits follow from the tracks, worked out when somebody looks.

Tracked bits are not a fact of their own: objects (role, visibility) and their tracks say them. An
edit of those, and its undo, only marks frames as outdated, so it takes no time however long the
shot is; each frame is brought up to date when it is next read, or by the autosaver in between.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import TRACKED_AFFECTED, TRACKED_REMOVE
from void_studio.quadmask.store import (
    HAS_AFFECTED,
    HAS_PAINTED,
    HAS_REMOVE,
    FrameSummary,
    MaskStore,
)

Bits = NDArray[np.uint8]

_PAINTED = np.uint8(255 - TRACKED_REMOVE - TRACKED_AFFECTED)


class Tracked(Protocol):
    """Who knows what is tracked."""

    def union(self, index: int, removes: bool) -> Bits | None:
        """Where something is removed, or affected, as 0 and 1, (H, W) uint8; None for nowhere."""

    def any(self, index: int, removes: bool) -> bool:
        """Whether the union has a pixel."""


class DerivedMasks(MaskStore):
    """A MaskStore that is always up to date with the tracks for whoever reads it.

    Only ``outdated`` frames cost anything. As with every MaskStore one thread edits, any may read.
    """

    def __init__(self, size: tuple[int, int], count: int, tracked: Tracked) -> None:
        super().__init__(size, count)
        self._tracked = tracked
        self._outdated: set[int] = set()
        self._under_pen: int | None = None
        self._deriving = threading.RLock()

    @property
    def outdated(self) -> list[int]:
        """Frames whose tracked bits have not been brought up to date yet, in order."""
        return sorted(self._outdated.copy())

    def outdate(self, indices: Iterable[int]) -> None:
        """Says that the tracks of frames changed."""
        self._outdated.update(indices)

    def leave_to_pen(self, index: int | None) -> None:
        """Keeps a frame as it is while it is painted; None ends that.

        A stroke keeps the difference it makes, which must be its own only.
        """
        with self._deriving:
            self._under_pen = index

    def derive(self, index: int) -> None:
        """Makes the tracked bits of a frame what the tracks say; painted bits stay."""
        if index not in self._outdated:
            return
        with self._deriving:
            if index not in self._outdated or index == self._under_pen:
                return
            # First, so that a track that changes meanwhile outdates the frame again.
            self._outdated.discard(index)
            remove = self._tracked.union(index, removes=True)
            affected = self._tracked.union(index, removes=False)
            if remove is None and affected is None and super().blob(index) is None:
                return
            field = super().field(index)
            derived = field & _PAINTED
            if remove is not None:
                derived |= remove
            if affected is not None:
                derived |= affected << 1
            if not np.array_equal(derived, field):
                # In place: views hold the array of the frame they show.
                np.copyto(field, derived)
                self.mark_dirty(index)

    def field(self, index: int) -> Bits:
        self.derive(index)
        return super().field(index)

    def blob(self, index: int) -> bytes | None:
        self.derive(index)
        return super().blob(index)

    def png(self, index: int) -> bytes | None:
        self.derive(index)
        return super().png(index)

    def summary(self, index: int) -> FrameSummary:
        flags = self._summed(index)
        return FrameSummary(
            bool(flags & HAS_REMOVE), bool(flags & HAS_AFFECTED), bool(flags & HAS_PAINTED)
        )

    def summaries(self) -> NDArray[np.uint8]:
        return np.array([self._summed(index) for index in range(self.count)], np.uint8)

    def edited(self) -> list[int]:
        return [index for index in range(self.count) if self._summed(index)]

    def _summed(self, index: int) -> int:
        """The summary's flags, without deriving a frame on which nothing is painted."""
        if index in self._outdated and not super().summary(index).painted:
            removes = self._tracked.any(index, removes=True)
            affects = self._tracked.any(index, removes=False)
            return removes * HAS_REMOVE + affects * HAS_AFFECTED
        self.derive(index)
        found = super().summary(index)
        return (
            found.remove * HAS_REMOVE + found.affected * HAS_AFFECTED + found.painted * HAS_PAINTED
        )
