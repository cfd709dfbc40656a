"""Opening video files safely, and reading and decoding their packets."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.media.info import MAX_PIXELS, check_size

VideoPacket: TypeAlias = "Packet[VideoStream]"

# Containers that hold video themselves. Playlists and scripts, which name other files or hosts,
# stay out, and so does every protocol but plain files.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,m4v,mxf,flv,ogg,"
    "asf,gif,apng,nut,ivf,obu,av1,yuv4mpegpipe,dv,gxf"
)
_LARGE = 2560 * 1440
_POLITE = 5
_OPTIONS = {
    "format_whitelist": _FORMATS,
    "protocol_whitelist": "file",
    "max_pixels": str(MAX_PIXELS),
}


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """``open_container``, closed on exit."""
    container, stream = open_container(path)
    try:
        yield container, stream
    finally:
        container.close()


def open_container(path: Path) -> tuple[InputContainer, VideoStream]:
    """A container, to be closed by the caller, and its main video stream.

    Raises:
        VoidError: it is not a video file, has no picture, or its picture is too large.
    """
    try:
        if path.stat().st_size == 0:
            raise VoidError(f"{path} is empty", "", "Copy it again from where it came from")
        # Absolute, so that no name can be taken for a protocol.
        container = av.open(str(path.absolute()), "r", options=_OPTIONS)
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except (FFmpegError, ValueError) as error:
        raise VoidError(
            f"Could not open {path} as video",
            "It is damaged, incomplete, or not a video file",
            "Check that it plays elsewhere, or export it again from where it came from",
        ) from error
    try:
        return container, _main_video(container, path)
    except BaseException:
        container.close()
        raise


def _main_video(container: InputContainer, path: Path) -> VideoStream:
    pictures = [s for s in container.streams.video if Disposition.attached_pic not in s.disposition]
    if not pictures:
        raise VoidError(
            f"There is no picture in {path}", "It holds sound or data only", "Choose a video file"
        )
    best = container.streams.best("video")
    stream = next((s for s in pictures if best is not None and s.index == best.index), pictures[0])
    if getattr(stream, "codec_context", None) is None:
        raise VoidError(f"Could not open {path}", "Its codec is unknown", "Convert it to H.264")
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    if not stream.width or not stream.height:
        raise VoidError(
            f"Could not open {path}",
            "Its picture is damaged, or larger than 16384×8640 pixels",
            "Check that it plays elsewhere, or export it again from where it came from",
        )
    check_size((stream.width, stream.height), path)
    return stream


def set_threads(stream: VideoStream) -> None:
    """Lets the decoder use several threads, but few: each holds pictures, 12 MB each at 4K."""
    context = stream.codec_context
    limit = 2 if context.width * context.height >= _LARGE else 4
    context.thread_count = min(limit, os.cpu_count() or 1)
    context.thread_type = "AUTO"
    _open_politely(context)


def _open_politely(context: VideoCodecContext) -> None:
    """Starts the decoder's threads with less priority than whoever waits for its pictures.

    They take all cores for a while; a window that has to share them with its own decoder stutters.
    Threads inherit the priority of the one that starts them, and only an administrator can raise
    it again, so they are started from a thread that does nothing else.
    """
    if sys.platform != "linux" or context.thread_count < 2:  # elsewhere it is the whole process's
        return

    def start() -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _POLITE)
        with suppress(FFmpegError):
            context.open()  # decoding opens what could not be opened here, and says why

    thread = threading.Thread(target=start, name="decoder-start")
    thread.start()
    thread.join()


def packets_of(container: InputContainer, stream: VideoStream, path: Path) -> Iterator[VideoPacket]:
    """The stream's packets from here to the end; a torn file ends where it is torn."""
    try:
        for packet in container.demux(stream):
            if packet.size:
                yield packet
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    except FFmpegError:
        return


def decode(stream: VideoStream, packet: VideoPacket | None, ordinal: int) -> list[VideoFrame]:
    """Decodes one packet, or with None what the decoder still holds; damage yields no frame.

    The frames' ``pts`` become the ordinals of the packets they came from.
    """
    if packet is not None:
        packet.pts = ordinal
    try:
        return stream.decode(packet)
    except FFmpegError:
        return []
