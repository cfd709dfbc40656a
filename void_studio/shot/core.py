"""The state of a shot in memory, and the few exchanges that every edit and its undo are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from void_studio.errors import VoidError
from void_studio.quadmask.tracks import TrackStore
from void_studio.shot.derived import Bits, DerivedMasks
from void_studio.shot.document import ShotDocument, ShotObject
from void_studio.shot.history import History

Blobs = dict[int, bytes | None]


class ShotCore:
    """Document, masks, tracks and history, edited from one thread.

    Attributes:
        document: The current document; replaced by every edit, never changed in place.
    """

    def __init__(self, document: ShotDocument) -> None:
        plate = document.plate
        self.document = document
        self.masks = DerivedMasks(plate.size, plate.count, self)
        self.tracks = TrackStore(plate.size, plate.count)
        self.history = History()
        self._painting = False
        self._lock = threading.Lock()
        self._no_pixels = _empty_blob(plate.size)

    def number(self, index: int) -> int:
        """The frame number artists see for a plate index."""
        return self.document.plate.first_frame + index

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

    def stroke_began(self, index: int) -> Bits:
        """Leaves a frame to the pen and returns its field, (H, W) uint8.

        Raises:
            VoidError: another stroke has not ended.
        """
        if self._painting:
            raise VoidError("A stroke is still being painted", "", "Lift the pen first")
        field = self.masks.field(index)
        self.masks.leave_to_pen(index)
        self._painting = self.history.paused = True
        return field

    def stroke_ended(self) -> None:
        self._painting = self.history.paused = False
        self.masks.leave_to_pen(None)

    def union(self, index: int, removes: bool) -> Bits | None:
        """See ``derived.Tracked``."""
        union: Bits | None = None
        for object_id in self._counted(removes):
            mask = self.tracks.get(object_id, index)
            if mask is not None:
                bits = mask.view(np.uint8)
                union = bits if union is None else np.bitwise_or(union, bits, out=union)
        return union

    def any(self, index: int, removes: bool) -> bool:
        """See ``derived.Tracked``."""
        blobs = (self.tracks.blob(object_id, index) for object_id in self._counted(removes))
        return any(blob is not None and blob != self._no_pixels for blob in blobs)

    def _counted(self, removes: bool) -> list[str]:
        objects = self.document.objects
        return [item.id for item in objects if item.visible and item.role.removes == removes]


def _empty_blob(size: tuple[int, int]) -> bytes | None:
    """A mask without a pixel, as a TrackStore holds it."""
    store = TrackStore(size, 1)
    store.set("", 0, np.zeros((size[1], size[0]), np.bool_))
    return store.blob("", 0)
