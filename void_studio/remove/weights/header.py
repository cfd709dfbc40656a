"""Reads the header of a safetensors file: names, dtypes, shapes and sizes, and none of the data.

The format: 8 bytes little-endian length n, n bytes of JSON, then the data. The JSON maps a name to
``{"dtype", "shape", "data_offsets": [start, end]}``, offsets counted from the end of the JSON.
https://huggingface.co/docs/safetensors#format
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# More than any model has; the library itself stops at 100 MB.
MOST_HEADER_BYTES = 32 * 2**20
_LOOK_BYTES = 1024

_BYTES_OF = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}


class BadFile(Exception):
    """A file is not what it should be; the text says how, as the end of a sentence."""


@dataclass(frozen=True)
class Tensor:
    """What a header says of one tensor: its ``dtype`` as safetensors spells it, and its shape."""

    dtype: str
    shape: tuple[int, ...]


def read_header(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file whose size is what its header says.

    Raises:
        BadFile: it is none, or truncated, or something else under its name.
        OSError: it cannot be read.
    """
    with open(path, "rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        start = stream.read(_LOOK_BYTES)
        _refuse_others(start, size)
        length = int.from_bytes(start[:8], "little")
        if start[8:9] != b"{" or length > MOST_HEADER_BYTES:
            raise BadFile("it is not a safetensors file")
        if length > size - 8:
            raise BadFile(f"it is truncated: {size:,} bytes, and its header alone has {length:,}")
        stream.seek(8)
        text = stream.read(length)
    tensors, data_bytes = _parsed(text)
    expected = 8 + length + data_bytes
    if size < expected:
        raise BadFile(f"it is truncated: {size:,} of {expected:,} bytes")
    if size > expected:
        raise BadFile(f"it is too long: {size:,} bytes, and its header says {expected:,}")
    return tensors


def _refuse_others(start: bytes, size: int) -> None:
    """Raises BadFile for what is known to lie where weights should."""
    if not start:
        raise BadFile("it is empty")
    if start.startswith(b"version https://git-lfs"):
        raise BadFile(
            f"this is a Git LFS pointer, not the weights: {size:,} bytes{_instead(start)}"
        )
    opening = start.lstrip().lower()
    if opening.startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise BadFile(f"this is a web page that was saved under its name ({size:,} bytes)")
    if start.startswith((b"PK\x03\x04", b"\x80\x02")):
        raise BadFile("this is a PyTorch file, not a safetensors file")
    if len(start) < 9:
        raise BadFile(f"it is not a safetensors file: it has {size:,} bytes")


def _instead(pointer: bytes) -> str:
    """`` instead of N``, by the line ``size N`` of an LFS pointer; nothing where there is none."""
    for line in pointer.decode("ascii", "replace").splitlines():
        key, _, value = line.partition(" ")
        if key == "size" and value.isdecimal() and len(value) < 20:
            return f" instead of {int(value):,}"
    return ""


def _parsed(text: bytes) -> tuple[dict[str, Tensor], int]:
    """The tensors by name, and how many bytes of data there are; raises BadFile."""
    try:
        header = json.loads(text, object_pairs_hook=_without_repeats)
        entries = {name: _entry(entry) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadFile("its header is damaged") from error
    end = 0
    for first, last in sorted(span for _, span in entries.values()):
        if first != end:
            raise BadFile("its header is damaged: its data has gaps or overlaps")
        end = last
    return {name: tensor for name, (tensor, _) in entries.items()}, end


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _entry(entry: dict[str, Any]) -> tuple[Tensor, tuple[int, int]]:
    shape = tuple(_natural(side) for side in entry["shape"])
    first, last = (_natural(offset) for offset in entry["data_offsets"])
    if last - first != math.prod(shape) * _BYTES_OF[entry["dtype"]]:
        raise ValueError("the offsets do not go with the shape")
    return Tensor(entry["dtype"], shape), (first, last)


def _natural(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(f"{value!r} is no size")
    return value
