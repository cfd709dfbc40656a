"""Quadmasks kept as a folder of numbered PNGs, one per frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from void_studio.errors import VoidError
from void_studio.files import decode_image, explain
from void_studio.quadmask.bits import Bytes
from void_studio.quadmask.find import png_frames
from void_studio.quadmask.levels import SnapReport, snap
from void_studio.quadmask.limits import MAX_COUNT
from void_studio.quadmask.png import png_header


def probe_pngs(folder: Path) -> tuple[tuple[int, int], int]:
    """((width, height), number of frames) of a folder of PNGs.

    Raises:
        VoidError: no PNGs, or the first is not one or too large.
    """
    frames = _frames(folder)
    return png_header(_read(frames[0]), str(frames[0])).size, len(frames)


def read_pngs(folder: Path) -> Iterator[tuple[Bytes, SnapReport]]:
    """The frames in the order of their numbers; of colour PNGs the red channel.

    Raises:
        VoidError: no PNGs, one that cannot be read, or one of another size than the first.
    """
    frames = _frames(folder)
    first: tuple[int, int] | None = None
    for path in frames:
        data = _read(path)
        size = png_header(data, str(path)).size
        first = first or size
        if size != first:
            raise VoidError(
                f"Could not read {path}",
                f"It is {size[0]}x{size[1]} pixels, the first frame is {first[0]}x{first[1]}",
            )
        image = decode_image(data, str(path))
        if image.dtype == np.uint16:
            image = (image >> 8).astype(np.uint8)
        yield snap(np.ascontiguousarray(image if image.ndim == 2 else image[..., 0]))


def _frames(folder: Path) -> list[Path]:
    try:
        frames = png_frames(folder)
    except OSError as error:
        raise explain(error, f"Could not read {folder}") from error
    if not 0 < len(frames) <= MAX_COUNT:
        raise VoidError(f"Could not read {folder}", f"It holds {len(frames)} PNG images")
    return frames


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
