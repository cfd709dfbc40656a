"""The mask frames of one shot, held compressed; the few in use are also held unpacked.

One thread edits (the window's). Any other thread, such as an autosaver, may take compressed frames
and PNGs at any time: packing and unpacking happen outside the lock, and a frame that was edited
meanwhile is packed again when it is next asked for.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.files import encode_png
from void_studio.quadmask.bits import CANONICAL, EFFECTIVE, HAND_PAINTED, Bytes, apply_table
from void_studio.quadmask.packing import pack, unpack_into
from void_studio.quadmask.png import decode_mask_png

HOT_FRAMES = 4

HAS_REMOVE = 1
HAS_AFFECTED = 2
HAS_PAINTED = 4
_FLAGS: Bytes = EFFECTIVE | HAND_PAINTED << np.uint8(2)


class FrameSummary(NamedTuple):
    """Whether any pixel of a frame is effectively *remove* or *affected*, or painted by hand."""

    remove: bool
    affected: bool
    painted: bool


def _flags_of(field: Bytes) -> int:
    return int(np.bitwise_or.reduce(apply_table(field, _FLAGS), axis=None))


class _Frame:
    """One frame: what is packed, what is unpacked, and which of the two is newer.

    ``blob`` is None for a frame of zeros; otherwise its first byte holds the summary's flags, so
    that restoring a blob costs no look at the pixels.
    """

    __slots__ = ("array", "blob", "flags", "flags_version", "held", "packed", "version")

    def __init__(self) -> None:
        self.blob: bytes | None = None
        self.array: Bytes | None = None
        # An array that is no longer hot may still be painted on; while it lives it is the frame.
        self.held: weakref.ref[Bytes] | None = None
        self.version = 0
        self.packed = 0
        self.flags = 0
        self.flags_version = 0

    def living(self) -> Bytes | None:
        if self.array is not None:
            return self.array
        return self.held() if self.held is not None else None


class MaskStore:
    """The bit fields of a shot's frames.

    Attributes:
        size: (width, height) of every frame, pixels.
        count: Number of frames.
    """

    def __init__(self, size: tuple[int, int], count: int) -> None:
        self.size = size
        self.count = count
        self._shape = size[1], size[0]
        self._frames = [_Frame() for _ in range(count)]
        self._hot: OrderedDict[int, None] = OrderedDict()
        self._dirty: set[int] = set()
        self._lock = threading.Lock()

    def field(self, index: int) -> Bytes:
        """The frame's bit field, uint8 (H, W); edit it in place, then call ``mark_dirty``.

        As long as the array is held somewhere, this returns the same one.
        """
        frame = self._frames[index]
        while True:
            with self._lock:
                array, blob, version = frame.living(), frame.blob, frame.version
            if array is None:
                array = self._unpacked(blob)
            with self._lock:
                living = frame.living()
                if living is None and frame.version != version:
                    continue
                array = array if living is None else living
                self._make_hot(index, array)
                break
        self._cool_down()
        return array

    def mark_dirty(self, index: int) -> None:
        """Says that the frame's field was edited in place."""
        frame = self._frames[index]
        with self._lock:
            array = frame.living()
            if array is not None:
                frame.version += 1
                self._make_hot(index, array)
            self._dirty.add(index)
        self._cool_down()

    def set_field(self, index: int, field: Bytes) -> None:
        """Replaces the frame by a copy of ``field``, uint8 (H, W)."""
        if field.shape != self._shape or field.dtype != np.uint8:
            raise ValueError(f"a {field.dtype} {field.shape} field for {self._shape} frames")
        frame = self._frames[index]
        with self._lock:
            array = frame.living()
        if array is not None:
            np.copyto(array, field)
            self.mark_dirty(index)
        else:
            self.set_blob(index, self.packed(field))

    def blob(self, index: int) -> bytes | None:
        """The frame compressed, None if it is all zeros. Only ``set_blob`` knows its format."""
        return self._pack(index)

    def set_blob(self, index: int, blob: bytes | None) -> None:
        """Replaces the frame by what ``blob`` returned before, from this store or one like it."""
        self._restore(index, blob)
        with self._lock:
            self._dirty.add(index)

    def take_copy(self, index: int) -> tuple[bytes | None, Bytes]:
        """The frame as ``blob`` has it, and unpacked, uint8 (H, W), for the caller to edit.

        From any thread; ``replace`` puts an edited copy back.
        """
        blob = self.blob(index)
        return blob, self._unpacked(blob)

    def packed(self, field: Bytes) -> bytes | None:
        """A field, uint8 (H, W), compressed as ``blob`` returns it. From any thread."""
        flags = _flags_of(field)
        return bytes((flags,)) + pack(field) if flags else None

    def version(self, index: int) -> int:
        """A number that is another one after every change of the frame that was finished."""
        with self._lock:
            return self._frames[index].version

    def replace(self, index: int, old: bytes | None, new: bytes | None) -> bool:
        """Sets the frame to ``new`` if it is still what ``take_copy`` returned as ``old``.

        Takes no time unless somebody holds the frame's array.
        """
        frame = self._frames[index]
        with self._lock:
            edited = frame.living() is not None and frame.packed != frame.version
            if edited or frame.blob is not old:
                return False
        self.set_blob(index, new)
        return True

    def summary(self, index: int) -> FrameSummary:
        """What the frame holds; computed only when it was edited since."""
        flags = self._flags(index)
        return FrameSummary(
            bool(flags & HAS_REMOVE), bool(flags & HAS_AFFECTED), bool(flags & HAS_PAINTED)
        )

    def summaries(self) -> NDArray[np.uint8]:
        """HAS_REMOVE | HAS_AFFECTED | HAS_PAINTED of every frame: uint8 (count,)."""
        return np.array([self._flags(index) for index in range(self.count)], np.uint8)

    def edited(self) -> list[int]:
        """The frames that are not all zeros, in order."""
        # Each bit of a field shows in its flags: one that is painted over is itself painted.
        return [index for index in range(self.count) if self._flags(index)]

    @property
    def has_dirty(self) -> bool:
        """Whether any frame changed since the last ``take_dirty``."""
        with self._lock:
            return bool(self._dirty)

    def take_dirty(self) -> set[int]:
        """The frames changed since the last call."""
        with self._lock:
            dirty, self._dirty = self._dirty, set()
        return dirty

    def png(self, index: int) -> bytes | None:
        """The bit field as an 8-bit grey PNG, None if it is all zeros."""
        with self._lock:
            array, blob = self._frames[index].living(), self._frames[index].blob
        if array is None:
            if blob is None:
                return None
            array = self._unpacked(blob)
        return encode_png(array) if cv2.hasNonZero(array) else None

    def load_png(self, index: int, data: bytes) -> None:
        """Replaces the frame by what ``png`` once returned; does not count as a change to save.

        Raises:
            VoidError: not an 8-bit grey PNG of this store's size.
        """
        field = decode_mask_png(data, self.size, f"the mask of frame {index}")
        self._restore(index, self.packed(apply_table(field, CANONICAL, out=field)))

    @property
    def memory_bytes(self) -> int:
        """Memory held by packed and unpacked frames, bytes."""
        with self._lock:
            packed = sum(len(frame.blob) for frame in self._frames if frame.blob is not None)
            return packed + len(self._hot) * self._shape[0] * self._shape[1]

    def _pack(self, index: int) -> bytes | None:
        frame = self._frames[index]
        with self._lock:
            array, version = frame.living(), frame.version
            if array is None or frame.packed == version:
                return frame.blob
        blob = self.packed(array)
        with self._lock:
            if frame.version == version:
                frame.blob, frame.packed = blob, version
                frame.flags, frame.flags_version = blob[0] if blob else 0, version
        return blob

    def _unpacked(self, blob: bytes | None) -> Bytes:
        if blob is None:
            return np.zeros(self._shape, np.uint8)
        array = np.empty(self._shape, np.uint8)
        unpack_into(memoryview(blob)[1:], array)
        return array

    def _restore(self, index: int, blob: bytes | None) -> None:
        frame = self._frames[index]
        with self._lock:
            frame.array = None
            self._hot.pop(index, None)
            array = frame.living()
            if array is None:
                self._restored(frame, blob)
        if array is not None:
            # Whoever holds the array must not see, or paint on, an outdated frame.
            np.copyto(array, self._unpacked(blob))
            with self._lock:
                self._restored(frame, blob)

    @staticmethod
    def _restored(frame: _Frame, blob: bytes | None) -> None:
        frame.version += 1
        frame.blob, frame.packed = blob, frame.version
        frame.flags, frame.flags_version = blob[0] if blob else 0, frame.version

    def _flags(self, index: int) -> int:
        frame = self._frames[index]
        with self._lock:
            array, version = frame.living(), frame.version
            if array is None or frame.flags_version == version:
                return frame.flags
        flags = _flags_of(array)
        with self._lock:
            if frame.version == version:
                frame.flags, frame.flags_version = flags, version
        return flags

    def _make_hot(self, index: int, array: Bytes) -> None:
        frame = self._frames[index]
        frame.array = array
        frame.held = weakref.ref(array)
        self._hot[index] = None
        self._hot.move_to_end(index)

    def _cool_down(self) -> None:
        """Drops the arrays used longest ago, packing first those that were edited."""
        while True:
            with self._lock:
                if len(self._hot) <= HOT_FRAMES:
                    return
                index = next(iter(self._hot))
                frame = self._frames[index]
                if frame.packed == frame.version:
                    del self._hot[index]
                    frame.array = None
                    continue
            self._pack(index)
