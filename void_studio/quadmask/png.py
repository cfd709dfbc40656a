"""Mask PNGs from disk, checked before a byte of picture is allocated."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from void_studio.errors import VoidError
from void_studio.files import decode_image
from void_studio.quadmask.bits import Bytes
from void_studio.quadmask.limits import check_size

_HEADER = struct.Struct(">8s4x4sIIBB")  # signature, length, "IHDR", width, height, depth, colour
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_REMEDY = "Restore the file from a backup, or delete it to begin this mask anew"


class PngHeader(NamedTuple):
    """What a PNG says it is: (width, height) in pixels, and whether it is 8-bit grey."""

    size: tuple[int, int]
    grey8: bool


def png_header(data: bytes, name: str) -> PngHeader:
    """What the first bytes of a PNG declare.

    Raises:
        VoidError: ``data`` is not a PNG, or declares a size that nothing real has.
    """
    if len(data) < _HEADER.size:
        raise VoidError(f"Could not read {name}", "It is empty or cut short", _REMEDY)
    signature, chunk, width, height, depth, colour = _HEADER.unpack_from(data)
    if (signature, chunk) != (_SIGNATURE, b"IHDR"):
        raise VoidError(f"Could not read {name}", "It is not a PNG image", _REMEDY)
    check_size((width, height), name)
    return PngHeader((width, height), (depth, colour) == (8, 0))


def decode_mask_png(data: bytes, size: tuple[int, int], name: str) -> Bytes:
    """The pixels of an 8-bit grey PNG of exactly ``size``: uint8 (H, W).

    Raises:
        VoidError: another kind of file, another size, or damaged.
    """
    header = png_header(data, name)
    if header.size != size:
        raise VoidError(
            f"Could not read {name}",
            f"It is {header.size[0]}x{header.size[1]} pixels, the plate is {size[0]}x{size[1]}",
            _REMEDY,
        )
    image = decode_image(data, name)
    if not header.grey8 or image.shape != (size[1], size[0]) or image.dtype != np.uint8:
        raise VoidError(f"Could not read {name}", "It is not an 8-bit grey PNG", _REMEDY)
    return image
