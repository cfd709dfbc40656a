"""One step of the history as a file: a header that says what it is, and the packed masks.

``VOIDSTEP``, CRC-32 of the rest, length of the header, the header (JSON, packed), the masks. The
numbers are little-endian.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import zstandard
from pydantic import BaseModel, TypeAdapter

from void_studio.errors import VoidError
from void_studio.quadmask.bits import Rect
from void_studio.quadmask.history import TileDiff
from void_studio.shot import parts
from void_studio.shot.document import MaskShape, ShotDocument, ShotObject
from void_studio.shot.history import Part

_MAGIC = b"VOIDSTEP"
_HEAD = struct.Struct("<II")
_MAX_HEADER = 256 * 2**20


def encode(contents: Iterable[Part]) -> bytes:
    """The parts of a step as the bytes of its file."""
    writer = _Writer()
    described = [writer.describe(part) for part in contents]
    header = json.dumps({"parts": described, "sizes": [len(blob) for blob in writer.blobs]})
    packed = zstandard.ZstdCompressor(level=1).compress(header.encode())
    rest = b"".join([packed, *writer.blobs])
    size = len(packed).to_bytes(4, "little")
    return b"".join([_MAGIC, zlib.crc32(size + rest).to_bytes(4, "little"), size, rest])


def decode(data: bytes, name: str) -> list[Part]:
    """The parts that ``encode`` was given.

    Raises:
        VoidError: the file is damaged, or something else.
    """
    try:
        if data[:8] != _MAGIC:
            raise ValueError("it is not a step of a history")
        checksum, size = _HEAD.unpack_from(data, 8)
        if zlib.crc32(memoryview(data)[12:]) != checksum:
            raise ValueError("its checksum is wrong")
        packed = zstandard.ZstdDecompressor().stream_reader(data[16 : 16 + size])
        header = json.loads(packed.read(_MAX_HEADER))
        reader = _Reader(data, 16 + size, header["sizes"])
        return [reader.part(described) for described in header["parts"]]
    except (ValueError, LookupError, TypeError, struct.error, zstandard.ZstdError) as error:
        raise VoidError(f"Could not read {name}", str(error)) from error


class _Writer:
    """Describes parts, and collects their masks."""

    def __init__(self) -> None:
        self.blobs: list[bytes] = []

    def describe(self, part: Part) -> dict[str, Any]:
        match part:
            case parts.Painted(diffs):
                return {"kind": "painted", "diffs": [self._diff(*each) for each in diffs]}
            case parts.Frames(before, after):
                frames = [(i, self._put(before[i]), self._put(after[i])) for i in after]
                return {"kind": "frames", "frames": frames}
            case parts.Tracked(object_id, before, after, sure_before, sure_after):
                tracks = [
                    (i, self._put(before[i]), self._put(after[i]), sure_before[i], sure_after[i])
                    for i in after
                ]
                return {"kind": "tracked", "object": object_id, "frames": tracks}
            case parts.ObjectFields(object_id, before, after):
                return {
                    "kind": "object",
                    "object": object_id,
                    "before": _plain(ShotObject, before),
                    "after": _plain(ShotObject, after),
                }
            case parts.Presence(position, item, tracks, added):
                return {
                    "kind": "presence",
                    "position": position,
                    "item": item.model_dump(mode="json"),
                    "tracks": [(i, self._put(blob)) for i, blob in tracks.items()],
                    "added": added,
                }
            case parts.DocumentFields(before, after):
                return {
                    "kind": "document",
                    "before": _plain(ShotDocument, before),
                    "after": _plain(ShotDocument, after),
                }
            case parts.Shaped(shape_id, position, before, after):
                return {
                    "kind": "shape",
                    "shape": shape_id,
                    "position": position,
                    "before": before and before.model_dump(mode="json"),
                    "after": after and after.model_dump(mode="json"),
                }
            case parts.Locked(held, locks):
                masks = [(i, self._put(blob)) for i, blob in held.items()]
                return {"kind": "locked", "held": masks, "locks": locks}
        raise TypeError(f"{part} is no part of a step")

    def _diff(self, index: int, diff: TileDiff) -> list[Any]:
        return [index, diff.shape, diff.rects, self._put(diff.blob), diff.checksum]

    def _put(self, blob: bytes | None) -> int | None:
        if blob is None:
            return None
        self.blobs.append(blob)
        return len(self.blobs) - 1


class _Reader:
    """Makes parts of what ``_Writer`` said of them."""

    def __init__(self, data: bytes, start: int, sizes: list[int]) -> None:
        self._blobs: list[bytes] = []
        for size in sizes:
            self._blobs.append(data[start : start + size])
            start += size

    def part(self, said: dict[str, Any]) -> Part:
        match said["kind"]:
            case "painted":
                return parts.Painted(tuple(self._diff(*each) for each in said["diffs"]))
            case "frames":
                frames = said["frames"]
                return parts.Frames(
                    {i: self._blob(before) for i, before, _ in frames},
                    {i: self._blob(after) for i, _, after in frames},
                )
            case "tracked":
                frames = said["frames"]
                return parts.Tracked(
                    said["object"],
                    {i: self._blob(blob) for i, blob, _, _, _ in frames},
                    {i: self._blob(blob) for i, _, blob, _, _ in frames},
                    {i: sure for i, _, _, sure, _ in frames},
                    {i: sure for i, _, _, _, sure in frames},
                )
            case "object":
                before, after = (_fields(ShotObject, said[side]) for side in ("before", "after"))
                return parts.ObjectFields(said["object"], before, after)
            case "presence":
                tracks = {i: self._blob(blob) for i, blob in said["tracks"]}
                item = ShotObject.model_validate(said["item"])
                return parts.Presence(said["position"], item, tracks, said["added"])
            case "document":
                before, after = (_fields(ShotDocument, said[side]) for side in ("before", "after"))
                return parts.DocumentFields(before, after)
            case "shape":
                shapes = [said[side] and MaskShape.model_validate(said[side]) for side in _SIDES]
                return parts.Shaped(said["shape"], said["position"], *shapes)
            case "locked":
                held = {i: self._blob(blob) for i, blob in said["held"]}
                return parts.Locked(held, said["locks"])
        raise ValueError(f"it holds a {said['kind']}, which this program does not know")

    def _diff(
        self, index: int, shape: list[int], rects: list[list[int]], blob: int, checksum: int
    ) -> tuple[int, TileDiff]:
        height, width = shape
        places = [Rect(*rect) for rect in rects]
        if any(rect.empty or rect.clip((width, height)) != rect for rect in places):
            raise ValueError("it changes pixels outside of the picture")
        if sum(rect.width * rect.height for rect in places) > width * height:
            raise ValueError("it changes more pixels than the picture has")
        return index, TileDiff((height, width), places, self._blobs[blob], checksum)

    def _blob(self, at: int | None) -> bytes | None:
        return None if at is None else self._blobs[at]


_SIDES = ("before", "after")


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[name].rebuild_annotation())


def _plain(model: type[BaseModel], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _adapter(model, name).dump_python(value, mode="json")
        for name, value in fields.items()
    }


def _fields(model: type[BaseModel], said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _adapter(model, name).validate_python(value) for name, value in said.items()}
