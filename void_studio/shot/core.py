"""The state of a shot in memory, and the few exchanges that every edit and its undo are made of."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from void_studio.errors import VoidError
from void_studio.quadmask import shapes
from void_studio.quadmask.bits import Mask, Rect
from void_studio.quadmask.paint import polygon_cover, polygon_rect
from void_studio.quadmask.tracks import TrackStore
from void_studio.shot.derived import Bits, DerivedMasks, Where
from void_studio.shot.document import MaskShape, ShotDocument, ShotObject
from void_studio.shot.history import History

Blobs = dict[int, bytes | None]


class ShotCore:
    """Document, masks, tracks and history, edited from one thread.

    Attributes:
        document: The current document; replaced by every edit, never changed in place.
        in_hand: Frames whose mask is being edited, and is not what any step left.
    """

    def __init__(self, document: ShotDocument) -> None:
        plate = document.plate
        self.document = document
        self.masks = DerivedMasks(plate.size, plate.count, self)
        self.tracks = TrackStore(plate.size, plate.count)
        self.history = History(self)
        self.in_hand: set[int] = set()
        self._painting = False
        self._lock = threading.Lock()
        self._no_pixels = _empty_blob(plate.size)

    def number(self, index: int) -> int:
        """The frame number artists see for a plate index."""
        return self.document.first_number + index

    def update(self, edit: Callable[[ShotDocument], ShotDocument]) -> None:
        """Replaces the document by ``edit`` of it. Safe from any thread: takes arrive on theirs."""
        with self._lock:
            self.document = edit(self.document)

    def object_frames(self, object_id: str) -> frozenset[int]:
        """Plate indices on which an object has a track."""
        return frozenset(self.tracks.frames(object_id))

    def exchange_object(self, object_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Sets fields of an object and returns what they were; the quadmask follows."""
        item = self.document.object(object_id)
        if item is None:
            return fields
        before = {name: getattr(item, name) for name in fields}
        self.update(lambda document: document.with_object(item.model_copy(update=fields)))
        if not {"role", "visible"}.isdisjoint(fields):
            self.masks.outdate(self.object_frames(object_id))
        return before

    def exchange_tracks(self, object_id: str, blobs: Blobs) -> Blobs:
        """Sets packed masks of an object and returns what they were; the quadmask follows."""
        before = {index: self.tracks.blob(object_id, index) for index in blobs}
        for index, blob in blobs.items():
            self.tracks.set_blob(object_id, index, blob)
        self.masks.outdate(blobs)
        return before

    def insert_object(self, position: int, item: ShotObject, tracks: Blobs) -> None:
        """Puts an object with its tracks at a place of the list."""

        def inserted(document: ShotDocument) -> ShotDocument:
            objects = list(document.objects)
            objects.insert(position, item)
            return document.model_copy(update={"objects": tuple(objects)})

        self.update(inserted)
        self.exchange_tracks(item.id, tracks)

    def take_object(self, object_id: str) -> tuple[int, ShotObject, Blobs]:
        """Takes an object with its tracks out, for ``insert_object``."""
        position, item = next(
            (at, item) for at, item in enumerate(self.document.objects) if item.id == object_id
        )
        rest = tuple(other for other in self.document.objects if other.id != object_id)
        self.update(lambda document: document.model_copy(update={"objects": rest}))
        tracks = self.exchange_tracks(object_id, dict.fromkeys(self.object_frames(object_id)))
        return position, item, tracks

    def set_confidence(self, object_id: str, values: Mapping[int, float | None]) -> None:
        """Sets how sure the tracker was of an object on frames; None forgets it."""
        item = self.document.object(object_id)
        if item is not None:
            merged = {**item.confidence, **values}
            known = {index: value for index, value in sorted(merged.items()) if value is not None}
            self.exchange_object(object_id, {"confidence": known})

    def set_shape(
        self, shape_id: str, position: int, shape: MaskShape | None
    ) -> tuple[frozenset[int], Where]:
        """Puts a shape in its place or removes it.

        Returns:
            The frames whose mask follows, and where it does on each.
        """
        old = self.document.shape(shape_id)
        others = [other for other in self.document.shapes if other.id != shape_id]
        if shape is not None:
            others.insert(position, shape)
        self.update(lambda document: document.model_copy(update={"shapes": tuple(others)}))
        frames, where = changed_frames(old, shape), changed_within(old, shape, self.masks.size)
        self.masks.outdate(frames, where)
        return frames, where

    def set_locked(self, held: Blobs, locked: bool) -> None:
        """Locks frames with the tracked bits of their ``held`` masks, or lets them follow again."""
        frames = set(self.document.locked)
        if locked:
            for index, blob in held.items():
                self.masks.keep_tracked(index, blob)
        frames = frames | set(held) if locked else frames - set(held)
        self.update(lambda document: document.model_copy(update={"locked": tuple(sorted(frames))}))
        if not locked:
            self.masks.follow(held)

    def outdate_all(self, drawn: Iterable[int]) -> None:
        """Says that every frame may not be what the tracks and shapes say.

        ``drawn`` frames have a mask already: it may hold what an object or a shape put there that
        is gone by now.
        """
        self.masks.outdate(drawn)
        for item in self.document.objects:
            self.masks.outdate(self.object_frames(item.id))
        for shape in self.document.shapes:
            self.masks.outdate(frames_of(shape))

    def stroke_began(self, index: int) -> Bits:
        """Leaves a frame to the pen and returns its field, (H, W) uint8.

        Raises:
            VoidError: the frame is locked, or another stroke has not ended.
        """
        self.check_unlocked(index)
        if self._painting:
            raise VoidError("A stroke is still being painted", "", "Lift the pen first")
        field = self.masks.field(index)
        self.masks.leave_to_pen(index)
        self.in_hand.add(index)
        self._painting = self.history.paused = True
        return field

    def stroke_ended(self, index: int) -> None:
        self._painting = self.history.paused = False
        self.in_hand.discard(index)
        self.masks.leave_to_pen(None)

    def union(self, index: int, removes: bool, rect: Rect, below: str = "") -> Bits | None:
        """See ``derived.Tracked``: tracks of objects first, then shapes in their order.

        Args:
            below: The id of a shape that is left out with all above it.
        """
        union: Bits | None = None
        for object_id in self._counted(removes):
            mask = self.tracks.get(object_id, index)
            if mask is not None:
                bits = mask.view(np.uint8)[rect.slices]
                union = bits if union is None else np.bitwise_or(union, bits, out=union)
        for shape, points in self.shapes_on(index, removes):
            if shape.id == below:
                break
            if union is None and not shape.adds:
                continue
            if union is None:
                union = np.zeros((rect.height, rect.width), np.uint8)
            put_shape(union, rect, shape.adds, *polygon_cover(points, self.masks.size))
        return union

    def any(self, index: int, removes: bool) -> bool:
        """See ``derived.Tracked``. What shapes take away is not looked at."""
        for shape, points in self.shapes_on(index, removes):
            if shape.adds and not polygon_rect(points, self.masks.size).empty:
                return True
        blobs = (self.tracks.blob(object_id, index) for object_id in self._counted(removes))
        return any(blob is not None and blob != self._no_pixels for blob in blobs)

    def is_locked(self, index: int) -> bool:
        """See ``derived.Tracked``."""
        locked = self.document.locked
        at = bisect_left(locked, index)
        return at < len(locked) and locked[at] == index

    def check_unlocked(self, index: int) -> None:
        """Raises VoidError if the frame is locked."""
        if self.is_locked(index):
            raise VoidError(
                f"Frame {self.number(index)} is locked",
                "Its mask does not change until it is unlocked",
                "Unlock the frame in the Mask menu",
            )

    def shapes_on(self, index: int, removes: bool) -> Iterator[tuple[MaskShape, shapes.Polygon]]:
        """The shapes that count on a frame, with their polygons there."""
        for shape in self.document.shapes:
            points = _polygon(shape, index) if shape.says(removes) else None
            if points is not None:
                yield shape, points

    def _counted(self, removes: bool) -> list[str]:
        objects = self.document.objects
        return [item.id for item in objects if item.visible and item.role.removes == removes]


def put_shape(bits: Bits, rect: Rect, adds: bool, box: Rect, inside: Mask) -> None:
    """Sets the 0 and 1 of ``bits`` inside a shape to 1, or 0 if it takes away, in place.

    Args:
        bits: The pixels of ``rect`` of the plate.
        box, inside: The shape, as ``paint.polygon_cover`` has it.
    """
    shared = box.intersect(rect)
    region, covered = bits[shared.within(rect).slices], inside[shared.within(box).slices]
    if adds:
        np.bitwise_or(region, covered.view(np.uint8), out=region)
    else:
        np.bitwise_and(region, (~covered).view(np.uint8), out=region)


def _polygon(shape: MaskShape | None, index: int) -> shapes.Polygon | None:
    """The polygon of a shape on a frame; None where it does not count."""
    if shape is None or not shape.visible or not shape.frames[0] <= index <= shape.frames[1]:
        return None
    return shapes.shape_at(shape.keys, index, shape.interpolated)


def frames_of(shape: MaskShape | None) -> frozenset[int]:
    """The plate indices on which a shape counts."""
    if shape is None or not shape.visible or not shape.keys:
        return frozenset()
    return frozenset(range(shape.frames[0], shape.frames[1] + 1))


def changed_frames(old: MaskShape | None, new: MaskShape | None) -> frozenset[int]:
    """The plate indices on which the mask may differ between two states of a shape.

    An edited key changes no frame beyond the keys next to it.
    """
    frames = frames_of(old) | frames_of(new)
    if old is None or new is None:
        return frames
    if old.model_copy(update={"keys": {}, "name": ""}) != new.model_copy(
        update={"keys": {}, "name": ""}
    ):
        return frames
    edited = {i for i in {*old.keys, *new.keys} if old.keys.get(i) != new.keys.get(i)}
    held = sorted({*old.keys, *new.keys} - edited)
    changed: set[int] = set()
    for index in edited:
        at = bisect_left(held, index)
        first = held[at - 1] + 1 if at else 0
        last = held[at] - 1 if at < len(held) else max(frames, default=0)
        changed.update(range(first, last + 1))
    return frames & changed


def changed_within(old: MaskShape | None, new: MaskShape | None, size: tuple[int, int]) -> Where:
    """Where the mask of a frame may differ between two states of a shape.

    Args:
        size: (width, height) of the plate.
    """
    alike = old is not None and new is not None and _kind(old) == _kind(new)

    def where(index: int) -> Rect:
        before, after = _polygon(old, index), _polygon(new, index)
        if alike and before is not None and after is not None:
            return shapes.difference(before, after, size)
        return polygon_rect((*(before or ()), *(after or ())), size)

    return where


def _kind(shape: MaskShape) -> tuple[str, bool]:
    return shape.plane, shape.adds


def _empty_blob(size: tuple[int, int]) -> bytes | None:
    """A mask without a pixel, as a TrackStore holds it."""
    store = TrackStore(size, 1)
    store.set("", 0, np.zeros((size[1], size[0]), np.bool_))
    return store.blob("", 0)
