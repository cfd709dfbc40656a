"""Files that are no plates, and folders that are no sequences."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from tests.ball import write_clip
from tests.media.clips import Recipe, make_clip
from tests.media.test_bad_input import png_header

HUGE = 16384


def empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def truncated(folder: Path) -> Path:
    path = write_clip(folder / "truncated.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def beheaded(folder: Path) -> Path:
    """Without the index, which some cameras write last."""
    path = make_clip(folder / "beheaded.mp4", Recipe())
    path.write_bytes(path.read_bytes()[:-2000])
    return path


def text(folder: Path) -> Path:
    path = folder / "text.mp4"
    path.write_text("call the lab on Monday\n" * 100)
    return path


def sound(folder: Path) -> Path:
    path = folder / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        silence = np.zeros((1, 1024), np.float32)
        samples = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        samples.sample_rate = 48000
        container.mux(stream.encode(samples))
        container.mux(stream.encode(None))
    return path


def one_pixel(folder: Path) -> Path:
    video = Recipe(codec="ffv1", pixel_format="yuv444p", b_frames=0, size=(1, 1), count=1)
    return make_clip(folder / "one.mkv", video, [np.zeros((1, 1, 3), np.uint8)])


def huge_image(folder: Path) -> Path:
    path = folder / "huge.png"
    path.write_bytes(png_header(HUGE, HUGE))
    return path


def huge_video(folder: Path) -> Path:
    """A small video whose header says 16k x 16k, in each of its three places."""
    path = make_clip(
        folder / "huge.mov", Recipe(codec="png", pixel_format="rgb24", b_frames=0, count=2)
    )
    data = path.read_bytes()
    for form, unit in ((">II", 65536), (">HH", 1), (">II", 1)):
        small, huge = (struct.pack(form, w * unit, h * unit) for w, h in ((96, 64), (HUGE, HUGE)))
        assert small in data
        data = data.replace(small, huge)
    path.write_bytes(data)
    return path


def missing(folder: Path) -> Path:
    return folder / "missing.mp4"


def nothing(folder: Path) -> Path:
    path = folder / "nothing"
    path.mkdir()
    return path


def too_long(folder: Path) -> Path:
    return folder / ("x" * 300 + ".mp4")


def far_too_long(folder: Path) -> Path:
    return folder / ("y/" * 3000 + "z.mp4")


PLATES: tuple[Callable[[Path], Path], ...] = (
    empty,
    truncated,
    beheaded,
    text,
    sound,
    one_pixel,
    huge_image,
    huge_video,
    missing,
    nothing,
    too_long,
    far_too_long,
)
