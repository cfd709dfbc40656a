"""Quadmask videos: reading any encoding of the four levels, and writing them exactly.

Which encodings keep the levels, and how those that do not drift, was measured with PyAV, OpenCV and
RGB readers. Written is the one form that all of them read exactly and that seeks at once: H.264
without loss, luma only, tagged full range, every frame a key frame.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, NamedTuple

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from void_studio.errors import VoidError
from void_studio.files import explain, staged_file
from void_studio.quadmask.bits import Bytes, apply_table
from void_studio.quadmask.find import find_quadmask
from void_studio.quadmask.levels import SNAP, SnapReport, grey_histogram, snap
from void_studio.quadmask.limits import MAX_COUNT, check_size
from void_studio.quadmask.sequence import probe_pngs, read_pngs

__all__ = ["QuadmaskVideo", "find_quadmask", "probe_quadmask", "read_quadmask", "write_quadmask"]

# Demuxers that read one file and nothing it points to: a playlist renamed .mp4 is refused.
_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
_MUXERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_LUMA_FIRST = ("gray", "yuv4", "yuvj4", "yuva4", "nv12", "nv21")
_THREADS = 1  # each more holds frames of its own: 60 MB at 4K for a quarter more speed

_GREYS = np.arange(256)
_FULL = np.clip(np.rint((_GREYS - 16) * 255 / 219), 0, 255).astype(np.uint8)
_SNAP_LIMITED: Bytes = SNAP[_FULL]


class QuadmaskVideo(NamedTuple):
    """What a quadmask video is: (width, height) in pixels, number of frames, frames per second."""

    size: tuple[int, int]
    count: int  # type: ignore[assignment]  # hides tuple.count
    rate: Fraction


def probe_quadmask(path: Path) -> QuadmaskVideo:
    """Size, length and rate of a quadmask, counted without decoding it.

    A folder of PNGs has no rate of its own and says 24.

    Raises:
        VoidError: not a video, without pictures, cut short, or larger than anything real.
    """
    if path.is_dir():
        return QuadmaskVideo(*probe_pngs(path), Fraction(24))
    with _opened(path) as (container, stream):
        count = 0
        for packet in container.demux(stream):
            if packet.size and not packet.is_discard:
                count += 1
                _check_count(path, count)
        _check_whole(path, stream, count)
        rate = stream.average_rate or stream.guessed_rate or Fraction(24)
        return QuadmaskVideo((stream.width, stream.height), count, Fraction(rate))


def read_quadmask(path: Path) -> Iterator[tuple[Bytes, SnapReport]]:
    """The frames of a quadmask video (or folder of PNGs) in order.

    Yields:
        Levels 0, 63, 127, 255, uint8 (H, W), and how many pixels had to be snapped to them.

    Raises:
        VoidError: as ``probe_quadmask``, and where a frame is damaged or changes size.
    """
    if path.is_dir():
        yield from read_pngs(path)
        return
    with _opened(path) as (container, stream):
        size = stream.width, stream.height
        packets = decoded = 0
        for packet in container.demux(stream):
            packets += bool(packet.size)
            if packet.is_corrupt:
                break
            for frame in packet.decode():
                decoded += 1
                _check_count(path, decoded)
                if not isinstance(frame, VideoFrame) or (frame.width, frame.height) != size:
                    raise VoidError(f"Could not read {path}", "Its frames differ in size")
                if frame.is_corrupt:
                    raise _cut_short(path)
                yield _levels(frame)
        _check_whole(path, stream, min(packets, decoded))


def write_quadmask(
    path: Path, frames: Iterable[Bytes], size: tuple[int, int], rate: Fraction
) -> int:
    """Writes grey levels so that every common reader gets back exactly the same.

    Args:
        path: Ends in .mp4, .m4v, .mov or .mkv. Replaced only when all is written.
        frames: uint8 (H, W) each.
        size: (width, height), pixels; odd sizes are kept.
        rate: Frames per second.

    Returns:
        The number of frames written.

    Raises:
        VoidError: no frames, an unknown suffix, a full disk, a read-only folder.
    """
    check_size(size, str(path))
    muxer = _MUXERS.get(path.suffix.lower())
    if muxer is None:
        raise VoidError(
            f"Could not write {path}",
            f"Masks are not written as '{path.suffix}' files",
            f"Name it with one of {', '.join(_MUXERS)}",
        )
    try:
        with staged_file(path) as staged, staged.open("wb") as stream:
            count = _encode(stream, muxer, frames, size, rate)
            if count == 0:
                raise VoidError(f"Could not write {path}", "There are no frames to write")
            stream.flush()
            os.fsync(stream.fileno())
    except av.error.FFmpegError as error:
        raise VoidError(f"Could not write {path}", str(error)) from error
    return count


def _encode(
    target: BinaryIO, muxer: str, frames: Iterable[Bytes], size: tuple[int, int], rate: Fraction
) -> int:
    count = 0
    with av.open(target, "w", format=muxer) as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "gray"
        # Without the tag, on the stream and on every frame, readers expand 16..235: the levels
        # come back as 0, 55, 129, 255.
        stream.codec_context.color_range = ColorRange.JPEG
        stream.codec_context.gop_size = 1
        stream.codec_context.thread_count = _THREADS
        stream.codec_context.options = {"qp": "0", "preset": "veryfast", "tune": "zerolatency"}
        for levels in frames:
            if levels.shape != (size[1], size[0]) or levels.dtype != np.uint8:
                raise ValueError(f"a {levels.dtype} {levels.shape} frame for a {size} video")
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(levels), format="gray")
            frame.color_range = ColorRange.JPEG
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode(None))
    return count


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    what = f"Could not read {path}"
    # Absolute, so that a name with a colon is not taken for a protocol.
    options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), options=options) as container:
            if not container.streams.video:
                raise VoidError(what, "It has no pictures", "Choose a mask video")
            stream = container.streams.video[0]
            check_size((stream.width, stream.height), str(path))
            # A frame may declare another size than the file; coded sizes are multiples of up to 64.
            limit = (stream.width + 64) * (stream.height + 64)
            stream.codec_context.options = {"max_pixels": str(limit)}
            stream.codec_context.thread_count = _THREADS
            stream.thread_type = "AUTO"
            yield container, stream
    except OSError as error:
        raise explain(error, what) from error
    except av.error.FFmpegError as error:
        raise VoidError(what, "It is empty, damaged or not a video") from error


def _check_count(path: Path, count: int) -> None:
    if count > MAX_COUNT:
        raise VoidError(f"Could not read {path}", f"It has more than {MAX_COUNT} frames")


def _check_whole(path: Path, stream: VideoStream, count: int) -> None:
    # stream.frames is what the header promises, 0 where it promises nothing.
    if count == 0 or count < stream.frames:
        raise _cut_short(path)


def _cut_short(path: Path) -> VoidError:
    return VoidError(
        f"Could not read {path}", "It is damaged or was cut short", "Copy or export it again"
    )


def _levels(frame: VideoFrame) -> tuple[Bytes, SnapReport]:
    name, bits = frame.format.name, frame.format.components[0].bits
    if bits != 8 or not name.startswith(_LUMA_FIRST):
        return snap(frame.to_ndarray(format="gray").astype(np.uint8, copy=False))
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]
    luma = luma[: frame.height, : frame.width]
    report = SnapReport.of(grey_histogram(luma))
    full = name.startswith("yuvj") or frame.color_range == ColorRange.JPEG
    # Limited range has no 0, 63 or 255. Luma of exactly the levels was written full range without
    # the tag; expanding it as the missing tag asks would only spoil it.
    if full or report.snapped == 0:
        return apply_table(luma, SNAP), report
    expanded = np.zeros(256, np.int64)
    np.add.at(expanded, _FULL, report.histogram)
    return apply_table(luma, _SNAP_LIMITED), SnapReport.of(tuple(expanded.tolist()))
