"""Mask videos as other programs write them: every row of what readers were measured on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from void_studio.quadmask.bits import Bytes

SIZE = (64, 48)
COUNT = 5


def moving_mask() -> list[Bytes]:
    """Five frames with all four levels in overlapping boxes that move."""
    frames = []
    for step in range(COUNT):
        frame = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
        frame[8:24, 8 + step : 30 + step] = 127
        frame[10:20, 16 + step : 40 + step] = 63
        frame[20:40, 20 : 33 + step] = 0
        frames.append(frame)
    return frames


def grey(levels: Bytes) -> VideoFrame:
    return VideoFrame.from_ndarray(levels, format="gray")


def rgb(levels: Bytes) -> VideoFrame:
    return VideoFrame.from_ndarray(np.dstack([levels] * 3), format="rgb24")


def neutral_yuv(levels: Bytes) -> VideoFrame:
    """Luma is the mask, chroma is exactly 128."""
    chroma = np.full(levels.size // 2, 128, np.uint8)
    planes = np.concatenate([levels.ravel(), chroma])
    return VideoFrame.from_ndarray(planes.reshape(-1, levels.shape[1]), format="yuvj420p")


@dataclass(frozen=True)
class Encoding:
    """How one video was written; ``exact`` if every grey level comes back unsnapped."""

    name: str
    codec: str
    pixel_format: str
    make: Callable[[Bytes], VideoFrame] = grey
    options: dict[str, str] = field(default_factory=dict)
    color_range: ColorRange | None = None
    exact: bool = True

    def write(self, folder: Path, frames: Iterable[Bytes]) -> Path:
        path = folder / self.name
        with av.open(str(path), "w") as container:
            stream = container.add_stream(self.codec, rate=24)
            stream.width, stream.height = SIZE
            stream.pix_fmt = self.pixel_format
            stream.codec_context.options = self.options
            if self.color_range is not None:
                stream.codec_context.color_range = self.color_range
            for index, levels in enumerate(frames):
                frame = self.make(levels).reformat(format=self.pixel_format)
                if self.color_range is not None:
                    frame.color_range = self.color_range
                frame.pts, frame.time_base = index, Fraction(1, 24)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path


LOSSLESS = {"qp": "0"}
FULL, LIMITED = ColorRange.JPEG, ColorRange.MPEG

ENCODINGS = [
    Encoding("gray-full.mp4", "libx264", "gray", options=LOSSLESS, color_range=FULL),
    Encoding("gray-untagged.mp4", "libx264", "gray", options=LOSSLESS),
    Encoding("gray-tagged-limited.mp4", "libx264", "gray", options=LOSSLESS, color_range=LIMITED),
    Encoding("yuvj420p.mp4", "libx264", "yuvj420p", neutral_yuv, LOSSLESS, FULL),
    Encoding("yuv444p-limited.mp4", "libx264", "yuv444p", grey, LOSSLESS),
    Encoding("yuv444p-from-rgb.mp4", "libx264", "yuv444p", rgb, LOSSLESS),
    Encoding("yuv420p-limited.mp4", "libx264", "yuv420p", grey, LOSSLESS),
    Encoding("gbrp.mp4", "libx264rgb", "rgb24", rgb, LOSSLESS),
    Encoding("x265.mp4", "libx265", "gray", grey, {"x265-params": "lossless=1:log-level=none"}),
    Encoding("ffv1.mkv", "ffv1", "gray"),
    Encoding("ffv1.avi", "ffv1", "bgr0", rgb),
    Encoding("png.mov", "png", "gray"),
    Encoding("png-rgb.mov", "png", "rgb24", rgb),
    Encoding("qtrle.mov", "qtrle", "gray"),
    Encoding("qtrle-rgb.mov", "qtrle", "rgb24", rgb),
    Encoding("vp9.webm", "libvpx-vp9", "gbrp", rgb, {"lossless": "1"}),
    Encoding("crf18.mp4", "libx264", "yuv420p", grey, {"crf": "18"}, exact=False),
    Encoding("crf18-gray-untagged.mp4", "libx264", "gray", grey, {"crf": "18"}, exact=False),
    Encoding("prores.mov", "prores_ks", "yuva444p10le", rgb, exact=False),
]
