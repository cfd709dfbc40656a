"""Mask PNGs from disk, checked before a byte of picture is allocated."""

from __future__ import annotations

import struct

import numpy as np

from void_studio.errors import VoidError
from void_studio.files import decode_image
from void_studio.quadmask.bits import Bytes

_HEADER = struct.Struct(">8s4x4sIIBB")  # signature, length, "IHDR", width, height, depth, colour
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_REMEDY = "Restore the file from a backup, or delete it to begin this mask anew"


def png_size(data: bytes, name: str) -> tuple[int, int]:
    """The (width, height) that an 8-bit grey PNG declares.

    Raises:
        VoidError: ``data`` is not an 8-bit grey PNG.
    """
    if len(data) < _HEADER.size:
        raise VoidError(f"Could not read {name}", "It is empty or cut short", _REMEDY)
    signature, chunk, width, height, depth, colour = _HEADER.unpack_from(data)
    if (signature, chunk, depth, colour) != (_SIGNATURE, b"IHDR", 8, 0):
        raise VoidError(f"Could not read {name}", "It is not an 8-bit grey PNG", _REMEDY)
    return width, height


def decode_mask_png(data: bytes, size: tuple[int, int], name: str) -> Bytes:
    """The pixels of an 8-bit grey PNG of exactly ``size``: uint8 (H, W).

    Raises:
        VoidError: another kind of file, another size, or damaged.
    """
    actual = png_size(data, name)
    if actual != size:
        raise VoidError(
            f"Could not read {name}",
            f"It is {actual[0]}x{actual[1]} pixels, the plate is {size[0]}x{size[1]}",
            _REMEDY,
        )
    image = decode_image(data, name)
    if image.shape != (size[1], size[0]) or image.dtype != np.uint8:
        raise VoidError(f"Could not read {name}", "Its picture is not what its header says")
    return image
