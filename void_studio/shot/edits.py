"""Edits that take a while: a stroke under the pen, a batch over frames, a track that arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import NOTHING, Rect
from void_studio.quadmask.history import TileDiff, TileRecorder
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.core import Blobs, ShotCore
from void_studio.shot.history import Change, Step

Field = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class Stroke:
    """One edit of one frame's mask, from pen down to pen up. While it lasts nothing can be undone.

    Attributes:
        index: The plate index.
        field: The frame's bit field, (H, W) uint8: paint into it, after ``touch`` of where.
    """

    def __init__(self, core: ShotCore, index: int, name: str) -> None:
        self.index = index
        self.field: Field = core.stroke_began(index)
        self._core = core
        self._name = name
        self._recorder: TileRecorder | None = TileRecorder(self.field)

    def touch(self, rect: Rect) -> None:
        """Remembers what is in ``rect`` now. Call it before every edit inside."""
        if self._recorder is not None:
            self._recorder.touch(rect)

    def finish(self) -> Change | None:
        """Ends the edit as one undo step; None if nothing changed or it has ended before."""
        diff = self._end()
        if diff is None:
            return None
        step, change = mask_step(self._core, self._name, [(self.index, diff)])
        self._core.history.push(step, change)
        return change

    def cancel(self) -> None:
        """Ends the edit and restores every pixel."""
        diff = self._end()
        if diff is not None:
            step, _ = mask_step(self._core, self._name, [(self.index, diff)])
            self._core.history.announce(step.undo())

    def _end(self) -> TileDiff | None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        diff = recorder.finish()
        if diff is not None:
            self._core.masks.mark_dirty(self.index)
        self._core.stroke_ended()
        return diff


class FrameEdits:
    """One undo step that edits the masks of many frames, one at a time."""

    def __init__(self, core: ShotCore, name: str) -> None:
        self._core = core
        self._name = name
        self._diffs: list[tuple[int, TileDiff]] = []

    def apply(self, index: int, edit: Callable[[Field], object]) -> None:
        """Runs ``edit`` on the bit field of a plate index, (H, W) uint8, which it changes in place.

        If it raises, the frame is as it was. A locked frame is left alone.
        """
        if self._core.is_locked(index):
            return
        field = self._core.masks.field(index)
        recorder = TileRecorder(field)
        recorder.touch(Rect(0, 0, field.shape[1], field.shape[0]))
        try:
            edit(field)
        except BaseException:
            diff = recorder.finish()
            if diff is not None:
                diff.apply(field)
            raise
        diff = recorder.finish()
        if diff is not None:
            self._diffs.append((index, diff))
            self._core.masks.mark_dirty(index)
            self._core.history.announce(Change(self._name, frozenset({index}), diff.rect))

    def finish(self) -> Change | None:
        """Ends the edit as one undo step; None if nothing changed."""
        diffs, self._diffs = self._diffs, []
        if not diffs:
            return None
        step, change = mask_step(self._core, self._name, diffs)
        self._core.history.push(step, change)
        return change

    def cancel(self) -> None:
        """Ends the edit and restores every frame."""
        diffs, self._diffs = self._diffs, []
        if diffs:
            step, _ = mask_step(self._core, self._name, diffs)
            self._core.history.announce(step.undo())


class TrackEdit:
    """One undo step that takes in a track, frame by frame as it is made.

    It is in the history from its first frame on: undoing it while it runs closes it.

    Attributes:
        object_id: The object.
        closed: Whether it takes no more frames: finished, undone, or the object is gone.
    """

    def __init__(self, core: ShotCore, object_id: str, name: str) -> None:
        self.object_id = object_id
        self.closed = False
        self._core = core
        self._name = name
        self._held: Blobs = {}
        self._confidence: dict[int, float | None] = {}
        self._step = Step(name, self._toggle, self._toggle)
        self._pushed = False
        self._left: set[int] = set()

    def put(self, index: int, mask: Mask, confidence: float) -> None:
        """Takes one frame in, unless it is locked or was left to a later edit.

        Args:
            mask: (H, W) bool, the object on the plate.
            confidence: How sure the tracker is, 0 to 1.
        """
        if mask.shape[::-1] != self._core.tracks.size or mask.dtype != np.bool_:
            raise ValueError(f"a {mask.dtype} {mask.shape} mask for {self._core.tracks.size}")
        self.put_packed(index, pack_mask(mask), confidence)

    def put_packed(self, index: int, blob: bytes, confidence: float) -> None:
        """As ``put``, of a mask of the plate's size that ``pack_mask`` packed."""
        if self._open() and index not in self._left and not self._core.is_locked(index):
            self._remember([index])
            self._core.tracks.set_blob(self.object_id, index, blob)
            self._took({index: float(np.clip(confidence, 0.0, 1.0))})

    def remove(self, indices: Sequence[int]) -> None:
        """Removes the object's masks on frames that are not locked."""
        indices = [index for index in indices if not self._core.is_locked(index)]
        if indices and self._open():
            self._remember(indices)
            self._core.exchange_tracks(self.object_id, dict.fromkeys(indices))
            self._took(dict.fromkeys(indices))

    def leave(self, index: int) -> None:
        """Takes in no more of a frame: a later edit set its mask."""
        self._left.add(index)

    def finish(self) -> None:
        """Ends the edit; what was put stays as one undo step."""
        self.closed = True

    def _open(self) -> bool:
        if self._core.document.object(self.object_id) is None:
            self.closed = True
        return not self.closed

    def _remember(self, indices: Sequence[int]) -> None:
        item = self._core.document.object(self.object_id)
        for index in indices:
            if index not in self._held:
                blob = self._core.tracks.blob(self.object_id, index)
                self._held[index] = blob
                self._confidence[index] = item.confidence.get(index) if item else None
                self._step.bytes += len(blob or b"")

    def _took(self, confidence: Mapping[int, float | None]) -> None:
        self._set_confidence(confidence)
        self._core.masks.outdate(confidence)
        change = self._change(confidence)
        if self._pushed:
            self._core.history.grown()
            self._core.history.announce(change)
        else:
            self._pushed = True
            self._core.history.push(self._step, change)

    def _toggle(self) -> Change:
        self.closed = True
        self._held = self._core.exchange_tracks(self.object_id, self._held)
        self._step.bytes = sum(len(blob or b"") for blob in self._held.values())
        item = self._core.document.object(self.object_id)
        if item is not None:
            before = {index: item.confidence.get(index) for index in self._confidence}
            self._set_confidence(self._confidence)
            self._confidence = before
        return self._change(self._held)

    def _set_confidence(self, values: Mapping[int, float | None]) -> None:
        item = self._core.document.object(self.object_id)
        if item is not None:
            merged = {**item.confidence, **values}
            known = {index: value for index, value in sorted(merged.items()) if value is not None}
            self._core.exchange_object(self.object_id, {"confidence": known})

    def _change(self, indices: Iterable[int]) -> Change:
        return Change(
            self._name, frozenset(indices), None, frozenset({self.object_id}), document=True
        )


def mask_step(
    core: ShotCore, name: str, diffs: Sequence[tuple[int, TileDiff]]
) -> tuple[Step, Change]:
    """The undo step of mask edits that have been done, and what they changed.

    A frame may have several differences: they are exclusive ors, so their order does not matter.
    """
    rect = NOTHING
    for _, diff in diffs:
        rect = rect.union(diff.rect)
    change = Change(name, frozenset(index for index, _ in diffs), rect)

    def toggle() -> Change:
        for index, diff in diffs:
            diff.apply(core.masks.field(index))
            core.masks.mark_dirty(index)
        return change

    return Step(name, toggle, toggle, sum(diff.bytes for _, diff in diffs)), change
