"""A plate in a video file."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.color import ToRgb, depth_of, tags_of
from void_studio.media.decoder import Decoder
from void_studio.media.demux import open_container
from void_studio.media.display import Turn, display_turn
from void_studio.media.index import FrameIndex, frame_rate
from void_studio.media.index_file import load_index, save_index
from void_studio.media.indexing import build_index
from void_studio.media.info import PlateInfo, check_size, file_content_id
from void_studio.media.memory import return_freed_memory
from void_studio.media.plate import Plate, Timing


@dataclass(frozen=True)
class _Facts:
    """What is learnt about the file once and shared by all handles on it."""

    index: FrameIndex
    info: PlateInfo
    timing: Timing | None
    stored_size: tuple[int, int]
    turn: Turn


def open_video(path: Path, index_folder: Path | None = None) -> VideoPlate:
    """Opens a video file. See ``open_plate``."""
    content_id = file_content_id(path)
    index_file = index_folder / f"{content_id}.index" if index_folder is not None else None
    container, stream = open_container(path)
    decoder = None
    try:
        index = load_index(index_file) if index_file is not None else None
        if index is None:
            index = build_index(container, stream, path)
            if index_file is not None:
                save_index(index, index_file)
        header = _header(stream)
        interrupted = threading.Event()
        decoder = Decoder(path, index, container, stream, interrupted)
        facts = _facts(path, content_id, header, index, decoder.any_frame())
    except BaseException:
        (decoder or container).close()
        raise
    return VideoPlate(facts, decoder, interrupted)


class VideoPlate(Plate):
    """Frames of a video file. See ``Plate``."""

    def __init__(
        self,
        facts: _Facts,
        decoder: Decoder | None = None,
        interrupted: threading.Event | None = None,
    ) -> None:
        self._facts = facts
        self._decoder = decoder
        self._interrupted = interrupted or threading.Event()
        self._to_rgb = ToRgb(facts.info.color, facts.stored_size)
        self.info = facts.info
        self.timing = facts.timing

    def reopen(self) -> VideoPlate:
        return VideoPlate(self._facts)

    def close(self) -> None:
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None

    def rest(self) -> None:
        if self._decoder is not None:
            self.close()
            return_freed_memory()

    def interrupt(self) -> None:
        self._interrupted.set()

    def _frame(self, index: int) -> VideoFrame:
        path = self.info.path
        if self._decoder is None:
            container, stream = open_container(path)
            self._decoder = Decoder(path, self._facts.index, container, stream, self._interrupted)
        frame = self._decoder.frame(index)
        stored = self._facts.stored_size
        if (frame.width, frame.height) != stored:
            raise VoidError(
                f"Frame {index} of {path} has another size",
                f"It is {frame.width}×{frame.height}, the first is {stored[0]}×{stored[1]}",
                "Convert the plate to one size",
            )
        return frame

    def _read(self, index: int) -> NDArray[Any]:
        return self._facts.turn.apply(self._to_rgb.native(self._frame(index)))

    def _read_rgb8(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        turn = self._facts.turn
        return turn.apply(self._to_rgb.rgb8(self._frame(index), turn.size(size)))


@dataclass(frozen=True)
class _Header:
    """What the container says of the stream. Kept apart: the decoder may open the file anew."""

    codec: str
    time_base: Fraction
    rates: tuple[Fraction | None, ...]
    sample_aspect: Fraction


def _header(stream: VideoStream) -> _Header:
    return _Header(
        codec=stream.codec_context.name,
        time_base=stream.time_base or Fraction(1, 1000),
        rates=(stream.guessed_rate, stream.average_rate, stream.base_rate),
        sample_aspect=stream.sample_aspect_ratio or Fraction(1),
    )


def _facts(
    path: Path, content_id: str, header: _Header, index: FrameIndex, first: VideoFrame
) -> _Facts:
    stored = (first.width, first.height)
    check_size(stored, path)
    turn = display_turn(first)
    times = index.times()
    rate, vfr = frame_rate(times, header.time_base, header.rates)
    timing = None
    if vfr and times is not None:
        timing = Timing(tuple((times - times[0]).tolist()), header.time_base)
    info = PlateInfo(
        path=path,
        kind="video",
        size=turn.size(stored),
        count=index.count,
        rate=rate,
        first_frame=0,
        codec=header.codec,
        pixel_format=first.format.name,
        depth=depth_of(first.format),
        color=tags_of(
            first.format,
            first.color_range,
            first.colorspace,
            first.color_primaries,
            first.color_trc,
        ),
        rotation=turn.rotation,
        sample_aspect=1 / header.sample_aspect if turn.sideways else header.sample_aspect,
        vfr=vfr,
        keyframes=int((index.packets.keyframe & ~index.packets.discard).sum()),
        longest_gop=index.longest_gop(),
        content_id=content_id,
    )
    return _Facts(index, info, timing, stored, turn)
