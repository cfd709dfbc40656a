"""The size an image file claims, read from its header before anything is allocated for it."""

from __future__ import annotations

import struct
from pathlib import Path

from void_studio.errors import VoidError

# JPEG frame headers: SOF0 to SOF15 without DHT, JPG and DAC.
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_size(data: bytes, path: Path) -> tuple[int, int]:
    """(width, height) of a PNG, TIFF or JPEG.

    Raises:
        VoidError: it is none of these, or torn before its size.
    """
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", data, 16)
        elif data.startswith(b"\xff\xd8"):
            width, height = _jpeg(data)
        elif data[:4] in (b"II*\0", b"MM\0*"):
            width, height = _tiff(data)
        else:
            raise ValueError
    except (struct.error, ValueError, IndexError):
        raise VoidError(
            f"Could not read {path}", "It is empty, damaged or not a PNG, TIFF or JPEG image"
        ) from None
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    position = 2
    while data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # fill
            position += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        position += 2 + struct.unpack_from(">H", data, position + 2)[0]
    raise ValueError


def _tiff(data: bytes) -> tuple[int, int]:
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, start)
    sides = {}
    for entry in range(entries):
        at = start + 2 + 12 * entry
        tag, kind = struct.unpack_from(order + "HH", data, at)
        if tag in (256, 257):
            (sides[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, at + 8)
    return sides[256], sides[257]
