"""The tracks of one shot: per object and frame one boolean mask, held compressed."""

from __future__ import annotations

import threading

import numpy as np

from void_studio.files import encode_png
from void_studio.quadmask.bits import Mask
from void_studio.quadmask.packing import pack, unpack_into
from void_studio.quadmask.png import decode_mask_png

Keys = set[tuple[str, int]]
"""(object id, frame index) pairs."""


def pack_mask(mask: Mask) -> bytes:
    """A mask, bool (H, W), as ``TrackStore.blob`` has it: the same pixels are the same bytes."""
    return pack(np.packbits(mask))


class TrackStore:
    """Masks by object id and frame index. Every method may be called from any thread.

    Attributes:
        size: (width, height) of every mask, pixels.
        count: Number of frames.
    """

    def __init__(self, size: tuple[int, int], count: int) -> None:
        self.size = size
        self.count = count
        self._shape = size[1], size[0]
        self._blobs: dict[str, dict[int, bytes]] = {}
        self._dirty: Keys = set()
        self._lock = threading.Lock()

    def set(self, object_id: str, index: int, mask: Mask) -> None:
        """Stores a mask, bool (H, W); one with no pixel set is still a tracked frame."""
        if mask.shape != self._shape or mask.dtype != np.bool_:
            raise ValueError(f"a {mask.dtype} {mask.shape} mask for {self._shape} frames")
        self.set_blob(object_id, index, pack_mask(mask))

    def get(self, object_id: str, index: int) -> Mask | None:
        """The mask, bool (H, W), the caller's own; None where the object is not tracked."""
        blob = self.blob(object_id, index)
        if blob is None:
            return None
        pixels = self._shape[0] * self._shape[1]
        bits = np.empty(-(-pixels // 8), np.uint8)
        unpack_into(blob, bits)
        return np.unpackbits(bits, count=pixels).reshape(self._shape).view(np.bool_)

    def blob(self, object_id: str, index: int) -> bytes | None:
        """The mask compressed, None where there is none. See ``pack_mask``."""
        with self._lock:
            return self._blobs.get(object_id, {}).get(index)

    def set_blob(self, object_id: str, index: int, blob: bytes | None) -> None:
        """Replaces a mask by what ``blob`` returned before; None removes it."""
        self._put(object_id, index, blob)
        with self._lock:
            self._dirty.add((object_id, index))

    def objects(self) -> list[str]:
        """The ids of the objects that have a mask on any frame, in order of their tracking."""
        with self._lock:
            return list(self._blobs)

    def frames(self, object_id: str) -> list[int]:
        """The frames on which the object has a mask, in order."""
        with self._lock:
            return sorted(self._blobs.get(object_id, {}))

    def remove_object(self, object_id: str) -> None:
        """Forgets all masks of an object."""
        with self._lock:
            self._dirty.update((object_id, index) for index in self._blobs.pop(object_id, {}))

    @property
    def has_dirty(self) -> bool:
        """Whether anything changed since the last ``take_dirty``."""
        with self._lock:
            return bool(self._dirty)

    def take_dirty(self) -> Keys:
        """The (object id, frame) pairs changed or removed since the last call."""
        with self._lock:
            dirty, self._dirty = self._dirty, set()
        return dirty

    def png(self, object_id: str, index: int) -> bytes | None:
        """The mask as a grey PNG of 0 and 255, None where there is none."""
        mask = self.get(object_id, index)
        return None if mask is None else encode_png(mask.view(np.uint8) * np.uint8(255))

    def load_png(self, object_id: str, index: int, data: bytes) -> None:
        """Stores a mask that ``png`` once returned; does not count as a change to save.

        Raises:
            VoidError: not an 8-bit grey PNG of this store's size.
        """
        name = f"the track of {object_id} on frame {index}"
        grey = decode_mask_png(data, self.size, name)
        self._put(object_id, index, pack_mask(grey >= 128))

    @property
    def memory_bytes(self) -> int:
        """Memory held by all masks, bytes."""
        with self._lock:
            return sum(len(blob) for masks in self._blobs.values() for blob in masks.values())

    def _put(self, object_id: str, index: int, blob: bytes | None) -> None:
        if not 0 <= index < self.count:
            raise IndexError(f"frame {index} of {self.count}")
        with self._lock:
            masks = self._blobs.setdefault(object_id, {})
            if blob is None:
                masks.pop(index, None)
            else:
                masks[index] = blob
            if not masks:
                del self._blobs[object_id]
