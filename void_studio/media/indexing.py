"""Reading a video file once to learn where its frames are."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from void_studio.errors import VoidError
from void_studio.media.demux import decode, opened, packets_of, set_threads
from void_studio.media.index import FrameIndex, PacketTable
from void_studio.media.info import MAX_COUNT

_PROGRESSIVE = (0, 1)  # AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE

# How many frames past its place a picture may come out of a decoder still learning its delay.
REORDER_LIMIT = 16


def build_index(container: InputContainer, stream: VideoStream, path: Path) -> FrameIndex:
    """The index of a freshly opened container, whose position is lost.

    Decodes only where timestamps cannot tell the order of frames.

    Raises:
        VoidError: the file cannot be read, holds no frame, or holds over a million.
    """
    packets = _packets_listed(container, stream, path) or _packets_read(container, stream, path)
    if not len(packets.pts):
        raise VoidError(
            f"There is no frame in {path}",
            "It is damaged or incomplete",
            "Export it again from where it came from",
        )
    order = packets.shown_in_time_order()
    if order is None or packets.keys is None or _times_mislead(container, stream):
        return _index_by_decoding(path, packets)
    leading = packets.leading()
    if len(leading):
        seen = _decoded(path, packets, last=int(leading.max()) + 2 * REORDER_LIMIT)
        lost = [ordinal for ordinal in leading.tolist() if ordinal not in seen]
        order = order[~np.isin(order, lost)]
    return FrameIndex.ordered(packets, order)


def _times_mislead(container: InputContainer, stream: VideoStream) -> bool:
    """Whether timestamps that look complete may still not be those of the pictures."""
    if stream.codec.intra_only:
        return False
    # VP8 keeps pictures that are never shown in packets of their own, interlaced video may keep
    # the two fields of a picture in two, and AVI has decoding times only, which libav passes off
    # as presentation times.
    return (
        stream.codec.name == "vp8"
        or stream.codec_context.field_order not in _PROGRESSIVE
        or "avi" in container.format.name.split(",")
    )


def _packets_listed(
    container: InputContainer, stream: VideoStream, path: Path
) -> PacketTable | None:
    """The packets as the container's own table lists them, without reading the file.

    Only for QuickTime and MP4, which list them all, and for codecs without reordering (ProRes,
    DNxHD, MJPEG), as the list has decoding times only. Such files are often many gigabytes.
    """
    if "mov" not in container.format.name.split(",") or not stream.codec.intra_only:
        return None
    entries = list(stream.index_entries)
    if not entries or len(entries) > MAX_COUNT:
        return None
    if max(entry.pos + entry.size for entry in entries) > path.stat().st_size:
        raise _incomplete(path)
    return PacketTable.of(
        (e.timestamp, e.timestamp, e.size, e.is_keyframe, e.is_discard) for e in entries
    )


def _packets_read(container: InputContainer, stream: VideoStream, path: Path) -> PacketTable:
    packets = itertools.islice(packets_of(container, stream, path), MAX_COUNT + 1)
    table = PacketTable.of((p.pts, p.dts, p.size, p.is_keyframe, p.is_discard) for p in packets)
    if len(table.pts) > MAX_COUNT:
        raise VoidError(
            f"{path} is too long to open",
            f"It has more than {MAX_COUNT:,} frames",
            "Cut the part to work on into a file of its own",
        )
    # QuickTime and MP4 say beforehand how much there is to read.
    if "mov" in container.format.name.split(",") and len(table.pts) < len(stream.index_entries):
        raise _incomplete(path)
    return table


def _incomplete(path: Path) -> VoidError:
    return VoidError(
        f"{path} is incomplete",
        "It ends before its last frame",
        "Copy it again from where it came from",
    )


def _index_by_decoding(path: Path, packets: PacketTable) -> FrameIndex:
    labels = _decoded(path, packets)
    if not labels:
        raise VoidError(
            f"No frame of {path} could be decoded",
            "It is damaged",
            "Export it again from where it came from",
        )
    known = [label for label in labels if label is not None]
    if packets.keys is None or len(set(known)) != len(labels):
        return FrameIndex.counting(packets, len(labels))
    return FrameIndex.ordered(packets, np.array(known, np.int64))


def _decoded(path: Path, packets: PacketTable, last: int | None = None) -> list[int | None]:
    """Packet ordinals in the order their pictures come out of the decoder."""
    first = packets.first_keyframe()
    labels: list[int | None] = []
    with opened(path) as (container, stream):
        set_threads(stream)
        for ordinal, packet in enumerate(packets_of(container, stream, path)):
            if last is not None and ordinal > last:
                break
            if ordinal >= first:
                labels += [frame.pts for frame in decode(stream, packet, ordinal)]
        labels += [frame.pts for frame in decode(stream, None, 0)]
    return labels
