"""Writing pictures as video or numbered images: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import encode_png, explain, staged_file, staged_folder
from void_studio.media.color import FromRgb
from void_studio.media.info import ColorTags, PlateInfo, check_size
from void_studio.media.plate import Timing

Codec = Literal["h264", "prores", "prores4444", "mjpeg"]

_SUFFIXES = {
    "h264": (".mp4", ".m4v", ".mov", ".mkv"),
    "prores": (".mov", ".mkv"),
    "prores4444": (".mov", ".mkv"),
    "mjpeg": (".mov", ".mkv"),
}
_LARGE = 2560 * 1440


@dataclass(frozen=True)
class _Encoding:
    encoder: str
    pixel_format: str
    options: dict[str, str]


class VideoWriter:
    """Writes one video file; a context manager.

    The file appears when the block ends well and has exactly the frames that were written; when
    anything fails, nothing is left behind.

    "h264" is 4:2:0, of 10 bits for deeper pictures, and 4:4:4 for pictures with an odd side,
    because 4:2:0 would lose or add a row or column. "prores" is ProRes 422 HQ, and 4444 for
    pictures of odd width, whose last column the encoder spoils in 4:2:2. "prores4444" and both
    of these are of 10 bits. "mjpeg" is for proxies.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        rate: Fraction,
        codec: Codec = "h264",
        color: ColorTags | None = None,
        depth: int = 8,
        timing: Timing | None = None,
        sample_aspect: Fraction = Fraction(1),
    ) -> None:
        """Args:
        path: Where to; its suffix chooses the container. Replaced if it exists.
        size: (width, height) of every picture.
        rate: Frames per second.
        color: How the samples are to encode colour, e.g. ``info.color`` of a plate, to keep its
            tags. Left out: limited range, BT.709 or BT.601 by size.
        depth: Bits per sample of the source; above 8 chooses a deep pixel format.
        timing: When each frame is shown, to keep the timestamps of a plate whose rate varies.
            Matroska rounds them to milliseconds.
        sample_aspect: Width of a pixel over its height.

        Raises:
            VoidError: the suffix does not go with the codec, or the file cannot be created.
        """
        if path.suffix.lower() not in _SUFFIXES[codec]:
            raise VoidError(
                f"Could not write {path}",
                f"{codec} does not go into {path.suffix or 'a file without a suffix'}",
                f"Use one of {', '.join(_SUFFIXES[codec])}",
            )
        check_size(size, path)
        self._path = path
        self._size = size
        self._rate = rate
        self._timing = timing
        self._encoding = _encoding(codec, size, depth)
        self._tags = _tags(codec, (color or ColorTags()).encoded(size))
        self._from_rgb = FromRgb(self._tags, size, self._encoding.pixel_format)
        self._aspect = sample_aspect
        self.count = 0

    def __enter__(self) -> Self:
        self._context = self._writing()
        self._context.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._context.__exit__(kind, error, trace)

    def write(self, picture: NDArray[Any]) -> None:
        """Adds a picture: (H, W, 3) RGB, uint8 or uint16 full scale.

        Raises:
            VoidError: it has another size, or the disk refuses it.
        """
        height, width = picture.shape[:2]
        if (width, height) != self._size:
            raise VoidError(
                f"Could not write frame {self.count} of {self._path}",
                f"It is {width}×{height}, the video is {self._size[0]}×{self._size[1]}",
            )
        frame = self._from_rgb.frame(picture)
        self._tag(frame)
        if self._timing is not None:
            frame.pts = self._timing.times[self.count]
            frame.time_base = self._timing.time_base
        else:
            frame.pts = self.count
            frame.time_base = 1 / self._rate
        self._mux(frame)
        self.count += 1

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Opens the staged file; finishes it when the block ends well."""
        # The index at the front lets players start before they have read the whole file.
        options = {} if self._path.suffix.lower() == ".mkv" else {"movflags": "+faststart"}
        with staged_file(self._path) as staged:
            with self._explained():
                self._container = av.open(str(staged), "w", options=options)
            try:
                with self._explained():
                    self._stream = self._add_stream()
                yield
                if self.count == 0:
                    raise VoidError(f"Could not write {self._path}", "There were no frames")
                self._mux(None)
                with self._explained():
                    self._container.close()
            finally:
                # Closes what a failure left open; that it fails again is no news.
                with suppress(FFmpegError, OSError):
                    self._container.close()
            with self._explained():
                self._verify(staged)

    def _add_stream(self) -> VideoStream:
        encoding = self._encoding
        stream = self._container.add_stream(
            encoding.encoder, rate=self._rate, options=encoding.options
        )
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = self._size
        stream.pix_fmt = encoding.pixel_format
        context = stream.codec_context
        context.sample_aspect_ratio = self._aspect
        context.time_base = self._timing.time_base if self._timing else 1 / self._rate
        self._tag(context)
        return stream

    def _tag(self, target: Any) -> None:
        target.color_range = 2 if self._tags.range == "full" else 1
        target.colorspace = self._tags.matrix
        target.color_primaries = self._tags.primaries
        target.color_trc = self._tags.transfer

    def _mux(self, frame: VideoFrame | None) -> None:
        with self._explained():
            self._container.mux(self._stream.encode(frame))

    def _verify(self, staged: Path) -> None:
        """libav forgives a disk that filled up at the very end; reading back does not."""
        with open(staged, "rb+") as stream:
            os.fsync(stream.fileno())
        with av.open(str(staged)) as container:
            packets = container.demux(container.streams.video[0])
            written = sum(1 for packet in packets if packet.size and not packet.is_corrupt)
        if written != self.count:
            raise VoidError(
                f"Could not write {self._path}",
                f"Only {written} of {self.count} frames reached the disk",
                "Free some space or choose another disk",
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        what = f"Could not write {self._path}"
        try:
            yield
        except OSError as error:
            raise explain(error, what) from error
        except (FFmpegError, ValueError) as error:
            raise VoidError(what, f"The encoder failed ({error})") from error


def _tags(codec: Codec, tags: ColorTags) -> ColorTags:
    """What the codec makes of the tags asked for."""
    if codec == "h264":
        return tags
    if codec == "mjpeg":
        return replace(tags, range="full", matrix=6)  # JFIF knows nothing else
    return replace(tags, range="limited")  # ProRes cannot say full


def _encoding(codec: Codec, size: tuple[int, int], depth: int) -> _Encoding:
    width, height = size
    if codec == "mjpeg":
        return _Encoding("mjpeg", "yuvj420p", {"qmin": "2", "qmax": "2"})
    if codec == "prores" and width % 2 == 0:
        return _Encoding("prores_ks", "yuv422p10le", {"profile": "3", "vendor": "apl0"})
    if codec in ("prores", "prores4444"):
        return _Encoding("prores_ks", "yuv444p10le", {"profile": "4", "vendor": "apl0"})
    odd = width % 2 or height % 2
    pixel_format = ("yuv444p" if odd else "yuv420p") + ("10le" if depth > 8 else "")
    options = {"crf": "12", "preset": "medium"}
    if width * height >= _LARGE:
        # Forty 4K frames of look-ahead would be half a gigabyte.
        options |= {"preset": "veryfast", "x264-params": "sync-lookahead=0:rc-lookahead=4"}
    return _Encoding("libx264", pixel_format, options)


def write_sequence(
    folder: Path,
    pictures: Iterable[NDArray[Any]],
    first_frame: int = 0,
    depth: int | None = None,
    stem: str = "frame",
) -> int:
    """Writes ``folder/STEM.NNNNNN.png``, numbered from ``first_frame``.

    Args:
        pictures: (H, W, 3) RGB, uint8 or uint16 full scale.
        depth: 8 or 16 bits per sample; None keeps that of the pictures.

    Returns:
        How many were written.

    Raises:
        VoidError: ``folder`` exists already, or the disk refuses it; nothing is left behind.
    """
    count = 0
    with staged_folder(folder) as staged:
        for picture in pictures:
            data = encode_png(_at_depth(picture, depth))
            file = staged / f"{stem}.{first_frame + count:06d}.png"
            try:
                with open(file, "wb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError as error:
                raise explain(error, f"Could not write {folder}") from error
            count += 1
        if count == 0:
            raise VoidError(f"Could not write {folder}", "There were no frames")
    return count


def _at_depth(picture: NDArray[Any], depth: int | None) -> NDArray[Any]:
    if depth == 8 and picture.dtype == np.uint16:
        # 65535 / 255 = 257; rounded to nearest.
        return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if depth == 16 and picture.dtype == np.uint8:
        return picture.astype(np.uint16) * np.uint16(257)
    return picture


def write_video(
    path: Path,
    pictures: Iterable[NDArray[Any]],
    info: PlateInfo,
    timing: Timing | None = None,
) -> int:
    """Writes pictures that stand for those of a plate, keeping its rate, numbers and tags.

    Args:
        path: .mp4, .m4v and .mkv become H.264, .mov ProRes 422 HQ, a name without a suffix a
            folder of PNG images.
        timing: The plate's, cut to the frames written, if its rate varies.

    Returns:
        How many were written.

    Raises:
        VoidError: the suffix is another, or the disk refuses it; nothing is left behind.
    """
    # Unlike Path.exists, this does not mind names that are too long.
    if os.path.exists(path) and info.path.exists() and path.samefile(info.path):  # noqa: PTH110
        raise VoidError(f"Could not write {path}", "It is the plate itself", "Choose another name")
    if not path.suffix:
        return write_sequence(path, pictures, info.first_frame)
    codec: Codec = "prores" if path.suffix.lower() == ".mov" else "h264"
    with VideoWriter(
        path, info.size, info.rate, codec, info.color, info.depth, timing, info.sample_aspect
    ) as writer:
        for picture in pictures:
            writer.write(picture)
    return writer.count
