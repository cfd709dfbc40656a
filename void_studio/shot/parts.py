"""What steps of the history are made of: data that says what was before an edit and after it.

All but the differences of masks set what they hold, so that applying one twice is applying it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from void_studio.quadmask.bits import NOTHING
from void_studio.quadmask.history import TileDiff
from void_studio.shot.document import MaskShape, ShotObject
from void_studio.shot.history import Change, Misfit

if TYPE_CHECKING:
    from void_studio.shot.core import Blobs, ShotCore


@dataclass(frozen=True)
class Painted:
    """Differences of mask fields: (plate index, difference), a frame maybe several times.

    They are exclusive ors, so that those of one session are applied in any order; those of an
    earlier one only to exactly the pixels that they were made of.
    """

    diffs: tuple[tuple[int, TileDiff], ...]

    @property
    def bytes(self) -> int:
        return sum(diff.bytes for _, diff in self.diffs)

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        done: list[tuple[int, TileDiff]] = []
        rect = NOTHING
        for index, diff in self.diffs if forward else self.diffs[::-1]:
            rect = rect.union(diff.rect)
            if check and not _fits(core, index, diff, forward):
                for other, applied in done:
                    applied.apply(core.masks.field(other))
                raise Misfit
            diff.apply(core.masks.field(index))
            core.masks.mark_dirty(index)
            done.append((index, diff))
        return Change("", frozenset(index for index, _ in self.diffs), rect)

    def copy(self) -> Painted:
        return self


@dataclass
class Frames:
    """Whole masks exchanged, packed as ``MaskStore.blob`` has them."""

    before: Blobs = field(default_factory=dict)
    after: Blobs = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return _size(self.before) + _size(self.after)

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        here, there = (self.before, self.after) if forward else (self.after, self.before)
        if check and any(
            index >= core.masks.count or not core.masks.same_paint(index, blob)
            for index, blob in here.items()
        ):
            raise Misfit
        for index, blob in there.items():
            core.masks.exchange(index, blob)
        # What is tracked may be something else than when they were packed.
        core.masks.outdate(there)
        return Change("", frozenset(there))

    def copy(self) -> Frames:
        return Frames(dict(self.before), dict(self.after))


@dataclass
class Tracked:
    """Packed masks of an object and how sure the tracker was; None where there was nothing."""

    object_id: str
    before: Blobs = field(default_factory=dict)
    after: Blobs = field(default_factory=dict)
    sure_before: dict[int, float | None] = field(default_factory=dict)
    sure_after: dict[int, float | None] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return _size(self.before) + _size(self.after)

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        blobs, sure = self.before, self.sure_before
        if forward:
            blobs, sure = self.after, self.sure_after
        item = core.document.object(self.object_id)
        if item is not None:
            core.exchange_tracks(self.object_id, blobs)
            core.set_confidence(self.object_id, sure)
        return Change("", frozenset(blobs), None, frozenset({self.object_id}), document=True)

    def copy(self) -> Tracked:
        return Tracked(
            self.object_id,
            dict(self.before),
            dict(self.after),
            dict(self.sure_before),
            dict(self.sure_after),
        )


@dataclass(frozen=True)
class ObjectFields:
    """Fields of an object; nothing happens if it is gone."""

    object_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    bytes = 0

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        fields = dict(self.after if forward else self.before)
        frames = frozenset[int]()
        if not {"role", "visible"}.isdisjoint(fields):
            frames = core.object_frames(self.object_id)
        core.exchange_object(self.object_id, fields)
        return Change("", frames, None, frozenset({self.object_id}), document=True)

    def copy(self) -> ObjectFields:
        return self


@dataclass(frozen=True)
class Presence:
    """An object with its tracks, added or removed.

    Attributes:
        position: Its place in the list of objects.
        added: Whether the edit added it.
    """

    position: int
    item: ShotObject
    tracks: Blobs
    added: bool

    @property
    def bytes(self) -> int:
        return _size(self.tracks)

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        object_id = self.item.id
        frames = core.object_frames(object_id) | frozenset(self.tracks)
        if core.document.object(object_id) is not None:
            core.take_object(object_id)
        if forward == self.added:
            core.insert_object(self.position, self.item, self.tracks)
        return Change("", frames, None, frozenset({object_id}), document=True)

    def copy(self) -> Presence:
        return self


@dataclass(frozen=True)
class DocumentFields:
    """Whole fields of the document."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    bytes = 0

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        fields = dict(self.after if forward else self.before)
        core.update(lambda document: document.model_copy(update=fields))
        return Change("", document=True)

    def copy(self) -> DocumentFields:
        return self


@dataclass(frozen=True)
class Shaped:
    """A mask shape as it was and became; None where there was none.

    Attributes:
        position: Its place in the order of the shapes.
    """

    shape_id: str
    position: int
    before: MaskShape | None
    after: MaskShape | None

    @property
    def bytes(self) -> int:
        shapes = (self.before, self.after)
        return sum(len(key) * 200 for shape in shapes if shape for key in shape.keys.values())

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        frames, where = core.set_shape(
            self.shape_id, self.position, self.after if forward else self.before
        )
        return Change("", frames, document=True, where=where)

    def copy(self) -> Shaped:
        return self


@dataclass(frozen=True)
class Locked:
    """Frames locked or unlocked.

    Attributes:
        held: Their masks while they were locked: the tracked bits that the lock kept.
        locks: Whether the edit locked them.
    """

    held: Blobs
    locks: bool

    @property
    def bytes(self) -> int:
        return _size(self.held)

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        core.set_locked(self.held, forward == self.locks)
        return Change("", frozenset(self.held), document=True)

    def copy(self) -> Locked:
        return self


def _fits(core: ShotCore, index: int, diff: TileDiff, forward: bool) -> bool:
    return index < core.masks.count and diff.fits(core.masks.field(index), forward)


def _size(blobs: Blobs) -> int:
    return sum(len(blob or b"") for blob in blobs.values())
