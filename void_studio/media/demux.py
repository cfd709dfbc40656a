"""Opening video files safely, and reading their packets once to build the frame index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.media.index import FrameIndex, PacketTable
from void_studio.media.info import MAX_COUNT, MAX_PIXELS, check_size

# Containers that hold video themselves. Playlists and scripts, which name other files or hosts,
# stay out, and so does any protocol but plain files.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,m4v,mxf,flv,ogg,"
    "asf,gif,apng,nut,ivf,obu,av1,yuv4mpegpipe,dv,dvbsub,gxf,y4m"
)
_OPTIONS = {
    "format_whitelist": _FORMATS,
    "protocol_whitelist": "file",
    "max_pixels": str(MAX_PIXELS),
}

# How far past its place a frame may come out of a decoder that is still learning its delay.
REORDER_LIMIT = 16


def not_a_video(path: Path, error: Exception) -> VoidError:
    """What libav says when it cannot open a file, in words an artist can use."""
    if isinstance(error, OSError):
        return explain(error, f"Could not read {path}")
    return VoidError(
        f"Could not open {path} as video",
        "It is damaged, incomplete, or not a video file",
        "Check that it plays elsewhere, or export it again from where it came from",
    )


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """A container and its main video stream; closed on exit.

    Raises:
        VoidError: it is not a video file, has no picture, or its picture is too large.
    """
    container, stream = open_container(path)
    try:
        yield container, stream
    finally:
        container.close()


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """As ``opened``, for callers that keep the container and close it themselves."""
    try:
        if path.stat().st_size == 0:
            raise VoidError(f"{path} is empty", "", "Copy it again from where it came from")
        # Absolute, so that no name can be taken for a protocol.
        container = av.open(str(path.absolute()), options=_OPTIONS)
    except (FFmpegError, OSError, ValueError) as error:
        raise not_a_video(path, error) from error
    try:
        return container, _main_video(container, path)
    except BaseException:
        container.close()
        raise


def _main_video(container: InputContainer, path: Path) -> VideoStream:
    pictures = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    if not pictures:
        raise VoidError(
            f"There is no picture in {path}", "It holds sound or data only", "Choose a video file"
        )
    best = container.streams.best("video")
    stream = next((s for s in pictures if best is not None and s.index == best.index), pictures[0])
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all
    if stream.codec_context is None:
        raise VoidError(f"Could not open {path}", "Its codec is unknown", "Convert it to H.264")
    if stream.width > 0 and stream.height > 0:
        check_size((stream.width, stream.height), path)
    return stream


def packets_of(
    container: InputContainer, stream: VideoStream, path: Path
) -> Iterator[Packet[VideoStream]]:
    """The stream's packets to the end of the file; what follows damage in the file is lost."""
    try:
        for packet in container.demux(stream):
            if packet.size:
                yield packet
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except FFmpegError:
        return  # a torn file: what came before is good


def build_index(path: Path) -> FrameIndex:
    """Reads the file once and decodes only where timestamps cannot tell the order of frames.

    Raises:
        VoidError: the file cannot be read, holds no frame, or holds over a million.
    """
    with opened(path) as (container, stream):
        codec = stream.codec_context.name
        packets = _read_packets(container, stream, path)
    if not len(packets.pts):
        raise VoidError(f"There is no frame in {path}", "", "Export it again from where it came")
    order = packets.shown_in_time_order()
    # VP8 keeps pictures that are never shown in packets of their own.
    if order is None or packets.keys is None or codec == "vp8":
        return _index_by_decoding(path, packets)
    leading = packets.leading()
    if len(leading):
        seen = _decoded(path, packets, last=int(leading.max()) + 2 * REORDER_LIMIT)
        order = order[~np.isin(order, leading[~np.isin(leading, seen)])]
    return FrameIndex.ordered(packets, order)


def _read_packets(container: InputContainer, stream: VideoStream, path: Path) -> PacketTable:
    rows = []
    for packet in packets_of(container, stream, path):
        rows.append((packet.pts, packet.dts, packet.is_keyframe, packet.is_discard))
        if len(rows) > MAX_COUNT:
            raise VoidError(
                f"{path} is too long to open",
                f"It has more than {MAX_COUNT:,} frames",
                "Cut the part to work on into a file of its own",
            )
    return PacketTable.of(rows)


def _index_by_decoding(path: Path, packets: PacketTable) -> FrameIndex:
    labels = _decoded(path, packets)
    if not labels:
        raise VoidError(f"No frame of {path} could be decoded", "It is damaged")
    if packets.keys is None or None in labels or len(set(labels)) != len(labels):
        return FrameIndex.counting(packets, len(labels))
    return FrameIndex.ordered(packets, np.array(labels, np.int64))


def _decoded(path: Path, packets: PacketTable, last: int | None = None) -> list[int | None]:
    """Packet ordinals in the order their pictures come out of the decoder."""
    first = packets.first_keyframe()
    labels: list[int | None] = []
    with opened(path) as (container, stream):
        for ordinal, packet in enumerate(packets_of(container, stream, path)):
            if last is not None and ordinal > last:
                break
            if ordinal >= first:
                labels += [frame.pts for frame in decode(stream, packet, ordinal)]
        labels += [frame.pts for frame in decode(stream, None, 0)]
    return labels


def decode(
    stream: VideoStream, packet: Packet[VideoStream] | None, ordinal: int
) -> list[VideoFrame]:
    """Decodes one packet, or with None what the decoder still holds; damage yields no frame.

    The frames' ``pts`` are the ordinals of the packets they came from.
    """
    if packet is not None:
        packet.pts = ordinal
    try:
        return stream.decode(packet)
    except FFmpegError:
        return []
