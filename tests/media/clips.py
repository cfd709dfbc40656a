"""Video files made for tests: every frame carries its number as a barcode."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BITS = 8


def barcode(number: int, size: tuple[int, int] = (96, 64)) -> NDArray[np.uint8]:
    """A picture that moves, so that codecs predict it, with ``number`` in its upper half."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    picture = np.stack(
        [
            128 + 60 * np.sin((x + 3 * number) / 7),
            128 + 60 * np.sin((y + 2 * number) / 5),
            128 + 60 * np.sin((x + y - number) / 9),
        ],
        axis=-1,
    )
    cell = width // BITS
    for bit in range(BITS):
        picture[: height // 2, bit * cell : (bit + 1) * cell] = 220 if number >> bit & 1 else 30
    return picture.astype(np.uint8)


def read_barcode(picture: NDArray[Any]) -> int:
    """The number in a picture made by ``barcode``, at any size and depth."""
    height, width = picture.shape[:2]
    top = picture[height // 8 : height * 3 // 8].astype(float).mean(axis=(0, 2))
    top *= 255 / (255 if picture.dtype == np.uint8 else 65535)
    cell = width / BITS
    cells = [top[int((bit + 0.25) * cell) : int((bit + 0.75) * cell)].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(cells) if level > 128)


@dataclass(frozen=True)
class Recipe:
    """How to encode a test clip.

    Attributes:
        pts: Timestamp of a frame in units of ``time_base``; None for the encoder's own.
        shift: Added to the timestamps of all packets as they are muxed.
    """

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    count: int = 40
    size: tuple[int, int] = (96, 64)
    rate: Fraction = Fraction(24)
    options: dict[str, str] = field(default_factory=dict)
    mux_options: dict[str, str] = field(default_factory=dict)
    gop: int = 12
    b_frames: int = 2
    pts: Callable[[int], int] | None = None
    time_base: Fraction | None = None
    shift: int = 0
    container_format: str | None = None
    rotation: tuple[float, bool, bool] | None = None
    full_range: bool = False


def make_clip(path: Path, recipe: Recipe, frames: Iterable[NDArray[Any]] | None = None) -> Path:
    """Encodes ``recipe.count`` barcodes (or ``frames``, RGB) to ``path``."""
    pictures = (barcode(n, recipe.size) for n in range(recipe.count)) if frames is None else frames
    with av.open(
        str(path), "w", format=recipe.container_format, options=recipe.mux_options
    ) as container:
        stream: Any = container.add_stream(recipe.codec, rate=recipe.rate, options=recipe.options)
        stream.width, stream.height = recipe.size
        stream.pix_fmt = recipe.pixel_format
        stream.gop_size = recipe.gop
        if recipe.b_frames:
            stream.max_b_frames = recipe.b_frames
        if recipe.full_range:
            stream.codec_context.color_range = 2
        if recipe.time_base is not None:
            stream.codec_context.time_base = recipe.time_base
        if recipe.rotation is not None:
            degrees, hflip, vflip = recipe.rotation
            stream.set_display_rotation(degrees, hflip=hflip, vflip=vflip)
        for number, picture in enumerate(pictures):
            source = "rgb24" if picture.dtype == np.uint8 else "rgb48le"
            frame = av.VideoFrame.from_ndarray(picture, source).reformat(
                format=recipe.pixel_format, dst_color_range="JPEG" if recipe.full_range else "MPEG"
            )
            frame.pts = number if recipe.pts is None else recipe.pts(number)
            frame.time_base = recipe.time_base or 1 / recipe.rate
            _mux(container, stream.encode(frame), recipe.shift)
        _mux(container, stream.encode(None), recipe.shift)
    return path


def _mux(container: Any, packets: Iterable[Any], shift: int) -> None:
    for packet in packets:
        if shift:
            packet.pts += shift
            packet.dts += shift
        container.mux(packet)
