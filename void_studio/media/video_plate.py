"""A plate in a video file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.color import ToRgb, depth_of, tags_of
from void_studio.media.demux import build_index, opened
from void_studio.media.index import frame_rate
from void_studio.media.info import PlateInfo, check_size, file_content_id
from void_studio.media.plate import Plate, Timing
from void_studio.media.video import VideoDecoder


class VideoPlate(Plate):
    """Frames of a video file. See ``Plate``."""

    def __init__(self, path: Path, index_folder: Path | None = None) -> None:
        content_id = file_content_id(path)
        self._path = path
        self._index = build_index(path)
        self._decoder: VideoDecoder | None = None
        try:
            self._describe(content_id)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.rest()

    def rest(self) -> None:
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None

    def _describe(self, content_id: str) -> None:
        """Fills in ``info`` from the stream and, for what only pictures tell, the first frame."""
        first = self._frame(0)
        stored = (first.width, first.height)
        check_size(stored, self._path)
        tags = tags_of(
            first.format,
            first.color_range,
            first.colorspace,
            first.color_primaries,
            first.color_trc,
        )
        self._to_rgb = ToRgb(tags, stored)
        self._stored = stored
        self._turn = _display_turn(first)
        with opened(self._path) as (_, stream):
            times = self._index.times()
            base = stream.time_base or Fraction(1, 1000)
            rate, vfr = frame_rate(times, base, _rates(stream))
            aspect = stream.sample_aspect_ratio or Fraction(1)
            codec = stream.codec_context.name
        if vfr and times is not None:
            self.timing = Timing(tuple((times - times[0]).tolist()), base)
        sideways = self._turn.rotation in (90, 270)
        self.info = PlateInfo(
            path=self._path,
            kind="video",
            size=stored[::-1] if sideways else stored,
            count=self._index.count,
            rate=rate,
            first_frame=0,
            codec=codec,
            pixel_format=first.format.name,
            depth=depth_of(first.format),
            color=tags,
            rotation=self._turn.rotation,
            sample_aspect=1 / aspect if sideways else aspect,
            vfr=vfr,
            keyframes=int(self._index.packets.keyframe[self._index.packets.discard == 0].sum()),
            longest_gop=self._index.longest_gop(),
            content_id=content_id,
        )

    def _frame(self, index: int) -> VideoFrame:
        if self._decoder is None:
            self._decoder = VideoDecoder(self._path, self._index)
        return self._decoder.frame(index)

    def _good_frame(self, index: int) -> VideoFrame:
        frame = self._frame(index)
        if (frame.width, frame.height) != self._stored:
            raise VoidError(
                f"Frame {index} of {self._path} has another size",
                f"It is {frame.width}×{frame.height}, the first is "
                f"{self._stored[0]}×{self._stored[1]}",
                "Convert the plate to one size",
            )
        return frame

    def _read(self, index: int) -> NDArray[Any]:
        return self._turn.apply(self._to_rgb.native(self._good_frame(index)))

    def _read_rgb8(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8]:
        stored_size = size[::-1] if self._turn.rotation in (90, 270) else size
        picture = self._to_rgb.rgb8(self._good_frame(index), stored_size)
        turned: NDArray[np.uint8] = self._turn.apply(picture)
        return turned


class _Turn:
    """How the stored picture is turned and mirrored to be shown."""

    def __init__(self, rotation: int = 0, mirrored: bool = False) -> None:
        """Args: ``rotation`` counter-clockwise degrees, after mirroring left to right."""
        self.rotation = rotation
        self.mirrored = mirrored

    def apply(self, picture: NDArray[Any]) -> NDArray[Any]:
        if self.mirrored:
            picture = cv2.flip(picture, 1)
        codes = {
            90: cv2.ROTATE_90_COUNTERCLOCKWISE,
            180: cv2.ROTATE_180,
            270: cv2.ROTATE_90_CLOCKWISE,
        }
        return cv2.rotate(picture, codes[self.rotation]) if self.rotation else picture


def _display_turn(frame: VideoFrame) -> _Turn:
    """The display matrix of a frame, to the nearest quarter turn."""
    data = frame.side_data.get(SideDataType.DISPLAYMATRIX) if len(frame.side_data) else None
    if data is None:
        return _Turn()
    matrix = np.frombuffer(bytes(data), np.int32)[:9].reshape(3, 3)[:2, :2] / 65536.0
    mirrored = bool(np.linalg.det(matrix) < 0)
    if mirrored:
        matrix = np.diag([-1.0, 1.0]) @ matrix
    # Row vectors: (x, y) @ matrix, y down; the picture turns clockwise by atan2(m01, m00).
    clockwise = np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))
    return _Turn(round(-clockwise / 90) * 90 % 360, mirrored)


def _rates(stream: VideoStream) -> list[Fraction | None]:
    return [stream.guessed_rate, stream.average_rate, stream.base_rate]
