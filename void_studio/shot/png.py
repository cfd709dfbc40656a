"""What a PNG claims to be, read from its header before anything is decoded or allocated."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from void_studio.errors import VoidError
from void_studio.files import explain

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 26
GRAY, RGBA = 0, 6


class PngHeader(NamedTuple):
    """Size in pixels, bits per channel, and the PNG colour type (``GRAY``, ``RGBA`` or another)."""

    width: int
    height: int
    depth: int
    color_type: int


def png_header(data: bytes) -> PngHeader | None:
    """The header of the PNG that starts with ``data``; None if it is not one."""
    if len(data) < _HEADER_BYTES or not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR":
        return None
    width, height, depth, color_type = struct.unpack(">IIBB", data[16:26])
    return PngHeader(width, height, depth, color_type)


def read_png_header(path: Path) -> PngHeader:
    """The header of a PNG file. Raises VoidError if it cannot be read or is not a PNG."""
    try:
        with open(path, "rb") as stream:
            header = png_header(stream.read(_HEADER_BYTES))
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    if header is None:
        raise VoidError(f"Could not read {path}", "It is empty, damaged or not a PNG image")
    return header


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most ``limit``. Raises VoidError if it is missing or larger."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    if len(data) > limit:
        raise VoidError(f"Could not read {path}", "It is too large to be what it claims to be")
    return data
