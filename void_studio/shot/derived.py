"""Masks whose tracked bits follow from the tracks, worked out when somebody looks.

Tracked bits are not a fact of their own: objects (role, visibility) and their tracks say them. An
edit of those, and its undo, only marks frames as outdated, so it takes no time however long the
shot is; each frame is brought up to date when it is next read, or by the autosaver in between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import reduce
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import NOTHING, TRACKED_AFFECTED, TRACKED_REMOVE, Rect
from void_studio.quadmask.store import (
    HAS_AFFECTED,
    HAS_PAINTED,
    HAS_REMOVE,
    FrameSummary,
    MaskStore,
)

Bits = NDArray[np.uint8]
Where = Callable[[int], Rect]
"""The part of a frame, by its plate index, that an edit may have changed; on any thread."""

_LOCKS = 64
_MOST_PLACES = 8
"""Edits of a frame in a row from which on looking at all of it is the least work."""
_PAINTED = np.uint8(255 - TRACKED_REMOVE - TRACKED_AFFECTED)


class Tracked(Protocol):
    """Who knows what is tracked."""

    def union(self, index: int, removes: bool, rect: Rect) -> Bits | None:
        """Where something is removed, or affected, in a part of the plate; None for nowhere.

        0 and 1, uint8 (rect.height, rect.width); the array is the caller's own.
        """

    def any(self, index: int, removes: bool) -> bool:
        """Whether the union has a pixel."""

    def is_locked(self, index: int) -> bool:
        """Whether the frame stays as it is, whatever the tracks say."""


class _Outdated(NamedTuple):
    """A frame that is not what the tracks say.

    Attributes:
        call: The count of ``outdate`` calls when it was last named.
        places: Which parts of it; None for all of it.
    """

    call: int
    places: tuple[Where, ...] | None


class DerivedMasks(MaskStore):
    """A MaskStore that is always up to date with the tracks for whoever reads it.

    Locked frames stay as they were when they were locked. Only ``outdated`` frames cost anything.
    As with every MaskStore one thread edits, any may read.
    """

    def __init__(self, size: tuple[int, int], count: int, tracked: Tracked) -> None:
        super().__init__(size, count)
        self._tracked = tracked
        self._outdated: dict[int, _Outdated] = {}
        self._calls = 0
        # Locked frames whose tracked bits are still to become those of a blob.
        self._kept: dict[int, bytes | None] = {}
        self._counting = threading.Lock()
        self._under_pen: int | None = None
        # By frame, so that who looks at one frame does not wait for another to be derived.
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._deriving = threading.local()

    @property
    def outdated(self) -> list[int]:
        """Frames whose tracked bits have not been brought up to date yet, in order."""
        with self._counting:
            return sorted(index for index in self._outdated if self._follows(index))

    def outdate(self, indices: Iterable[int], where: Where | None = None) -> None:
        """Says that what is tracked on frames changed, on all of each or only ``where``."""
        with self._counting:
            self._calls += 1
            for index in indices:
                known = self._outdated.get(index)
                places = () if known is None else known.places
                if where is None or places is None or len(places) >= _MOST_PLACES:
                    places = None
                else:
                    places = (*places, where)
                self._outdated[index] = _Outdated(self._calls, places)

    def leave_to_pen(self, index: int | None) -> None:
        """Keeps a frame as it is while it is painted; None ends that.

        A stroke keeps the difference it makes, which must be its own only.
        """
        if index is None:
            self._under_pen = None
            return
        with self._locks[index % _LOCKS]:
            self._under_pen = index

    def derive(self, index: int) -> None:
        """Makes the tracked bits of a frame what the tracks say; painted bits stay."""
        # Deriving one frame may pack another, which stays outdated.
        if index not in self._outdated or getattr(self._deriving, "now", False):
            return
        with self._locks[index % _LOCKS]:
            if index in self._outdated and index != self._under_pen and self._follows(index):
                self._deriving.now = True
                try:
                    self._derive(index)
                finally:
                    self._deriving.now = False

    def _derive(self, index: int) -> None:
        call, places = self._outdated[index]
        rect = Rect(0, 0, *self.size)
        if places is not None and index not in self._kept:
            rect = reduce(Rect.union, (where(index) for where in places), NOTHING)
        if not rect.empty:
            self._derive_in(index, rect)
        with self._counting:
            # A track that changed meanwhile has outdated the frame again.
            if self._outdated[index].call == call:
                del self._outdated[index]
                self._kept.pop(index, None)

    def _derive_in(self, index: int, rect: Rect) -> None:
        """Makes the tracked bits of a part of a frame what the tracks say."""
        remove, affected = self._tracked_on(index, rect)
        if remove is None and affected is None and super().blob(index) is None:
            return
        region = super().field(index)[rect.slices]
        derived = region & _PAINTED
        if remove is not None:
            derived |= remove
        if affected is not None:
            derived |= np.left_shift(affected, 1, out=affected)
        if not np.array_equal(derived, region):
            # In place: views hold the array of the frame they show.
            np.copyto(region, derived)
            self.mark_dirty(index)

    def _tracked_on(self, index: int, rect: Rect) -> tuple[Bits | None, Bits | None]:
        """Where something is removed, and affected, on a frame: as ``Tracked.union``."""
        if index not in self._kept:
            union = self._tracked.union
            return union(index, True, rect), union(index, False, rect)
        kept = self._unpacked(self._kept[index])
        return kept & np.uint8(TRACKED_REMOVE), kept >> np.uint8(1) & np.uint8(1)

    def keep_tracked(self, index: int, blob: bytes | None) -> None:
        """Makes the tracked bits of a frame to be locked those of an earlier ``blob`` of it.

        As with everything tracked, that is done when somebody looks; paint stays.
        """
        with self._locks[index % _LOCKS]:
            self._kept[index] = blob
            if super().blob(index) != blob:
                self.outdate([index])
                return
            del self._kept[index]
            with self._counting:
                self._outdated.pop(index, None)

    def follow(self, indices: Iterable[int]) -> None:
        """Says that frames are locked no more: what is tracked on them is what the tracks say."""
        for index in indices:
            with self._locks[index % _LOCKS]:
                self._kept.pop(index, None)
        self.outdate(indices)

    def _follows(self, index: int) -> bool:
        return index in self._kept or not self._tracked.is_locked(index)

    def field(self, index: int) -> Bits:
        self.derive(index)
        return super().field(index)

    def blob(self, index: int) -> bytes | None:
        self.derive(index)
        return super().blob(index)

    def same_paint(self, index: int, blob: bytes | None) -> bool:
        """Whether a frame is painted as an earlier ``blob`` of it was."""
        with self._locks[index % _LOCKS]:
            # Equal blobs need no unpacking, which takes 10 ms at 4K.
            if super().blob(index) == blob:
                return True
            changed = self._unpacked(blob)
            np.bitwise_xor(super().field(index), changed, out=changed)
            np.bitwise_and(changed, _PAINTED, out=changed)
            return not cv2.hasNonZero(changed)

    def replace(self, index: int, old: bytes | None, new: bytes | None) -> bool:
        """As ``MaskStore.replace``; False also while the frame is being brought up to date."""
        lock = self._locks[index % _LOCKS]
        if not lock.acquire(blocking=False):
            return False
        try:
            return super().replace(index, old, new)
        finally:
            lock.release()

    def exchange(self, index: int, blob: bytes | None) -> bytes | None:
        """As ``set_blob``, and returns what the frame was, without bringing it up to date."""
        with self._locks[index % _LOCKS]:
            before = super().blob(index)
            super().set_blob(index, blob)
        return before

    def png(self, index: int) -> bytes | None:
        self.derive(index)
        return super().png(index)

    def summary(self, index: int) -> FrameSummary:
        known = self._from_tracks(index)
        if known is None:
            self.derive(index)
            known = super().summary(index)
        return known

    def summaries(self) -> NDArray[np.uint8]:
        """As ``MaskStore.summaries``, at once: it derives nothing.

        An outdated frame with paint says what it said before, until somebody looks at it or the
        autosaver comes to it.
        """
        flags = np.zeros(self.count, np.uint8)
        for index in range(self.count):
            known = self._from_tracks(index) or super().summary(index)
            flags[index] = (
                known.remove * HAS_REMOVE
                + known.affected * HAS_AFFECTED
                + known.painted * HAS_PAINTED
            )
        return flags

    def edited(self) -> list[int]:
        return [index for index in range(self.count) if any(self.summary(index))]

    def _from_tracks(self, index: int) -> FrameSummary | None:
        """The summary of an outdated frame without paint: what is tracked is all there is."""
        if index not in self._outdated or self._tracked.is_locked(index):
            return None
        if super().summary(index).painted:
            return None
        return FrameSummary(
            self._tracked.any(index, removes=True), self._tracked.any(index, removes=False), False
        )
