"""A frame index kept on disk, so that a long file is read through only once."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import av
import numpy as np

from void_studio.errors import VoidError
from void_studio.files import write_atomic
from void_studio.media.index import FrameIndex, PacketTable
from void_studio.media.info import MAX_COUNT

_MAGIC = b"VOIDIX01"
_HEADER = struct.Struct("<8s16sQQ?")


def save_index(index: FrameIndex, path: Path) -> None:
    """Keeps an index. That it could not be kept is no failure: it is only made again."""
    packets = index.packets
    columns = (packets.pts, packets.dts, packets.size, packets.keyframe, packets.discard)
    header = _HEADER.pack(_MAGIC, _maker(), len(packets.pts), index.count, index.counted)
    body = b"".join(column.tobytes() for column in (*columns, index.order, index.start))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, header + body)
    except (OSError, VoidError):
        return


def load_index(path: Path) -> FrameIndex | None:
    """An index kept earlier; None where there is none that is whole and of this libav."""
    limit = _HEADER.size + MAX_COUNT * (8 + 8 + 8 + 1 + 1 + 8 + 8)
    try:
        if not _HEADER.size <= path.stat().st_size <= limit:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    magic, maker, size, count, counted = _HEADER.unpack_from(data)
    if (magic, maker) != (_MAGIC, _maker()) or len(data) != _HEADER.size + 26 * size + 16 * count:
        return None
    at = _HEADER.size
    columns = []
    for dtype, length in [("<i8", size)] * 3 + [("?", size)] * 2 + [("<i8", count)] * 2:
        columns.append(np.frombuffer(data, dtype, length, at))
        at += columns[-1].nbytes
    *table, order, start = columns
    if not count or min(order.min(), start.min()) < 0 or max(order.max(), start.max()) >= size:
        return None
    return FrameIndex(PacketTable(*table), order, start, counted)


def _maker() -> bytes:
    """What reads the packets decides what they are: another libav makes its own index."""
    versions = repr(sorted(av.library_versions.items()))
    return hashlib.blake2b(versions.encode(), digest_size=16).digest()
