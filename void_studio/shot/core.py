"""The state of a shot in memory, and the few exchanges that every edit and its undo are made of.

Tracked bits are not a fact of their own: they follow from the objects (role, visibility) and their
tracks. So an edit of those exchanges what it edits and calls ``derive``, and so does its undo;
painted bits are never touched by it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.quadmask.bits import TRACKED_AFFECTED, TRACKED_REMOVE
from void_studio.quadmask.store import MaskStore
from void_studio.quadmask.tracks import TrackStore
from void_studio.shot.document import ShotDocument, ShotObject
from void_studio.shot.history import History

_UNTRACKED = np.uint8(255 - TRACKED_REMOVE - TRACKED_AFFECTED)

Blobs = dict[int, bytes | None]


class ShotCore:
    """Document, masks, tracks and history, edited from one thread.

    Attributes:
        document: The current document; replaced by every edit, never changed in place.
    """

    def __init__(self, document: ShotDocument) -> None:
        plate = document.plate
        self.document = document
        self.masks = MaskStore(plate.size, plate.count)
        self.tracks = TrackStore(plate.size, plate.count)
        self.history = History()
        self._painted: int | None = None
        self._waiting: set[int] = set()
        self._lock = threading.Lock()

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
            self.derive(self.object_frames(object_id))
        return before

    def exchange_tracks(self, object_id: str, blobs: Blobs) -> Blobs:
        """Sets packed masks of an object and returns what they were; the quadmask follows."""
        before = {index: self.tracks.blob(object_id, index) for index in blobs}
        for index, blob in blobs.items():
            self.tracks.set_blob(object_id, index, blob)
        self.derive(blobs)
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

    def derive(self, indices: Iterable[int]) -> None:
        """Makes the tracked bits of frames what objects and tracks say; painted bits stay."""
        for index in indices:
            # A stroke keeps differences of the frame it paints, which must be its own only.
            if index == self._painted:
                self._waiting.add(index)
            else:
                self._derive_frame(index)

    def stroke_began(self, index: int) -> None:
        """Leaves a frame to the pen. Raises VoidError if another stroke has not ended."""
        if self._painted is not None:
            raise VoidError("A stroke is still being painted", "", "Lift the pen first")
        self._painted = index
        self.history.paused = True

    def stroke_ended(self) -> None:
        """Catches up on what tracks changed under the pen."""
        self._painted = None
        self.history.paused = False
        waiting, self._waiting = self._waiting, set()
        self.derive(waiting)

    def _derive_frame(self, index: int) -> None:
        remove = self._union(index, removes=True)
        affected = self._union(index, removes=False)
        if remove is None and affected is None and self.masks.blob(index) is None:
            return
        field = self.masks.field(index)
        derived = field & _UNTRACKED
        if remove is not None:
            derived |= remove
        if affected is not None:
            derived |= affected << 1
        if not np.array_equal(derived, field):
            # In place: views hold the array of the frame they show.
            np.copyto(field, derived)
            self.masks.mark_dirty(index)

    def _union(self, index: int, removes: bool) -> NDArray[np.uint8] | None:
        """The visible tracks of one kind on a frame as 0 and 1, (H, W) uint8; None without any."""
        union: NDArray[np.uint8] | None = None
        for item in self.document.objects:
            if item.visible and item.role.removes == removes:
                mask = self.tracks.get(item.id, index)
                if mask is not None:
                    bits = mask.view(np.uint8)
                    union = bits if union is None else union | bits
        return union
