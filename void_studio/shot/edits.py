"""Edits that take a while: a stroke under the pen, a batch over frames, a track that arrives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import NOTHING, Rect
from void_studio.quadmask.history import TileDiff, TileRecorder
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.core import Blobs, ShotCore
from void_studio.shot.history import Change, Step
from void_studio.shot.parts import Painted, Tracked

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
        with self._core.history.editing:
            diff = self._end()
            if diff is not None:
                step = Step(self._name, [Painted(((self.index, diff),))])
                self._core.history.push(step)
        if diff is None:
            return None
        change = Change(self._name, frozenset({self.index}), diff.rect)
        self._core.history.announce(change)
        return change

    def cancel(self) -> None:
        """Ends the edit and restores every pixel."""
        with self._core.history.editing:
            diff = self._end()
            if diff is not None:
                diff.apply(self.field)
                self._core.masks.mark_dirty(self.index)
        if diff is not None:
            change = Change(self._name, frozenset({self.index}), diff.rect)
            self._core.history.announce(change)

    def _end(self) -> TileDiff | None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        diff = recorder.finish()
        if diff is not None:
            self._core.masks.mark_dirty(self.index)
        self._core.stroke_ended(self.index)
        return diff


class FrameEdits:
    """One undo step that edits the masks of many frames, one at a time."""

    def __init__(self, core: ShotCore, name: str) -> None:
        self._core = core
        self._name = name
        self._diffs: list[tuple[int, TileDiff]] = []
        self._touched: set[int] = set()

    def apply(self, index: int, edit: Callable[[Field], object]) -> None:
        """Runs ``edit`` on the bit field of a plate index, (H, W) uint8, which it changes in place.

        If it raises, the frame is as it was. A locked frame is left alone.
        """
        if self._core.is_locked(index):
            return
        self._core.in_hand.add(index)
        self._touched.add(index)
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
        part = Painted(tuple(self._diffs))
        with self._core.history.editing:
            if part.diffs:
                self._core.history.push(Step(self._name, [part]))
            self._end()
        return self._announce(part)

    def cancel(self) -> None:
        """Ends the edit and restores every frame."""
        part = Painted(tuple(self._diffs))
        with self._core.history.editing:
            part.apply(self._core, forward=False, check=False)
            self._end()
        self._announce(part)

    def _announce(self, part: Painted) -> Change | None:
        if not part.diffs:
            return None
        rect = NOTHING
        for _, diff in part.diffs:
            rect = rect.union(diff.rect)
        change = Change(self._name, frozenset(index for index, _ in part.diffs), rect)
        self._core.history.announce(change)
        return change

    def _end(self) -> None:
        self._diffs.clear()
        self._core.in_hand -= self._touched
        self._touched.clear()


class TrackEdit:
    """One undo step that takes in a track, frame by frame as it is made.

    It is in the history from its first frame on: undoing it while it runs closes it.

    Attributes:
        object_id: The object.
        closed: Whether it takes no more frames: finished, undone, or the object is gone.
    """

    def __init__(self, core: ShotCore, object_id: str, name: str) -> None:
        self.object_id = object_id
        self._core = core
        self._name = name
        self._part = Tracked(object_id)
        self._step = Step(name, [self._part], running=True)
        self._pushed = False
        self._ended = False
        self._left: set[int] = set()

    @property
    def closed(self) -> bool:
        gone = self._core.document.object(self.object_id) is None
        return self._ended or gone or self._step.outer.moved

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
        if not (self.closed or index in self._left or self._core.is_locked(index)):
            self._take({index: blob}, float(np.clip(confidence, 0.0, 1.0)))

    def remove(self, indices: Sequence[int]) -> None:
        """Removes the object's masks on frames that are not locked."""
        indices = [index for index in indices if not self._core.is_locked(index)]
        if indices and not self.closed:
            self._take(dict.fromkeys(indices), None)

    def leave(self, index: int) -> None:
        """Takes in no more of a frame: a later edit set its mask."""
        self._left.add(index)

    def finish(self) -> None:
        """Ends the edit; what was put stays as one undo step."""
        self._ended = True
        self._step.outer.running = False

    def _take(self, blobs: Blobs, confidence: float | None) -> None:
        core, part = self._core, self._part
        item = core.document.object(self.object_id)
        assert item is not None
        sure: dict[int, float | None] = dict.fromkeys(blobs, confidence)
        with core.history.editing:
            for index, blob in core.exchange_tracks(self.object_id, blobs).items():
                if index not in part.before:
                    part.before[index] = blob
                    part.sure_before[index] = item.confidence.get(index)
            part.after.update(blobs)
            part.sure_after.update(sure)
            core.set_confidence(self.object_id, sure)
            if self._pushed:
                core.history.grown(self._step)
            else:
                self._pushed = True
                core.history.push(self._step)
        objects = frozenset({self.object_id})
        core.history.announce(Change(self._name, frozenset(blobs), None, objects, document=True))
