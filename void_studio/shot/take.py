"""A take: patches that, laid over the plate, are the finished result; immutable once adopted."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot.document import FrameIndex, Name, Side, TakeRef, Text
from void_studio.shot.png import RGBA, png_header, read_bounded

RECORD_NAME = "take.json"
THUMBNAIL_NAME = "thumbnail.png"

Picture = NDArray[np.uint8] | NDArray[np.uint16]


def patch_path(folder: Path, index: int) -> Path:
    """Where a take, or the outputs of a job that makes one, keep the patch of a plate index."""
    return folder / "patches" / f"{index:06d}.png"


class TakeRecord(BaseModel):
    """``take.json``: exactly what made a take.

    A job writes it, with number 0, beside its patches when it is done; adopting the outputs gives
    it its number.

    Attributes:
        job_id: The job that made it; a job is adopted once.
        engine: The engine's own version or weights, for making the take again.
        timings: Stage name to seconds.
        facts: What its remover recorded of how it was made: weights, crop, memory mode, and so on.
        content_id: ``PlateInfo.content_id`` of the plate it was made from.
        size: (width, height) of the plate.
        frames: First and last plate index, both included.
        patches: Plate index to the patch's top left corner (x, y) on the plate. Frames without are
            the plate.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: int = Field(default=1, ge=1, le=1)
    number: int = Field(default=0, ge=0, le=10**9)
    job_id: Name = ""
    remover: Name
    engine: Name = ""
    label: Name = ""
    created: float = 0.0
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    seed: int | None = None
    timings: dict[str, float] = Field(default_factory=dict)
    prompt: Text = ""
    facts: dict[str, JsonValue] = Field(default_factory=dict)
    content_id: Name
    size: tuple[Side, Side]
    frames: tuple[FrameIndex, FrameIndex]
    patches: dict[FrameIndex, tuple[int, int]] = Field(default_factory=dict)

    def ref(self, folder: str) -> TakeRef:
        """The line of the takes list for this take in ``folder`` (a name below ``takes/``)."""
        return TakeRef(
            number=self.number,
            remover=self.remover,
            folder=folder,
            label=self.label,
            created=self.created,
            frames=self.frames,
        )


def read_record(folder: Path) -> TakeRecord:
    """Reads ``take.json`` of a folder. Raises VoidError if it is missing or damaged."""
    path = folder / RECORD_NAME
    try:
        return TakeRecord.model_validate(files.read_json(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise VoidError(f"Could not read {path}", f"{where or 'record'}: {first['msg']}") from error


def write_record(folder: Path, record: TakeRecord) -> None:
    """Writes ``take.json`` atomically; the last thing a job does, for it makes outputs a take."""
    files.write_atomic(folder / RECORD_NAME, (record.model_dump_json(indent=1) + "\n").encode())


class Take:
    """One finished result. Holds no open file and no pixels, so any thread may use it.

    Attributes:
        folder: ``NAME.void/takes/NNN-remover``.
        record: What made it.
    """

    def __init__(self, folder: Path, record: TakeRecord) -> None:
        self.folder = folder
        self.record = record

    @classmethod
    def open(cls, folder: Path) -> Take:
        """Raises VoidError if the folder holds no readable take."""
        return cls(folder, read_record(folder))

    @property
    def number(self) -> int:
        return self.record.number

    @property
    def thumbnail(self) -> Path:
        """A small picture of the result; may be absent."""
        return self.folder / THUMBNAIL_NAME

    def patch(self, index: int) -> tuple[int, int, Picture] | None:
        """(x, y, RGBA) of a plate index with straight alpha, uint8 or uint16; None if the frame is
        the plate.

        Raises:
            VoidError: the patch is missing, damaged or does not lie on the plate.
        """
        corner = self.record.patches.get(index)
        if corner is None:
            return None
        path = patch_path(self.folder, index)
        width, height = self.record.size
        data = read_bounded(path, width * height * 8 + 2**20)
        header = png_header(data)
        if header is None:
            raise VoidError(f"Could not read {path}", "It is empty, damaged or not a PNG image")
        if header.color_type != RGBA or not _fits(corner, header[:2], self.record.size):
            raise VoidError(f"Could not read {path}", "It is not a patch of this take's plate")
        return *corner, files.decode_image(data, str(path))

    def compose(self, index: int, plate: Picture) -> Picture:
        """The result of a plate index: plate*(1-a) + patch*a, rounded to nearest.

        Args:
            plate: The plate's picture at full size, (H, W, 3) uint8 or uint16; not changed.

        Returns:
            A picture of the same dtype: the plate itself, bit for bit, where alpha is 0; the patch
            where it is full.

        Raises:
            VoidError: the plate has another size, or the patch cannot be read.
        """
        found = self.patch(index)
        if found is None:
            return plate
        width, height = self.record.size
        if plate.shape[:2] != (height, width):
            raise VoidError(
                f"Could not show take {self.number}",
                f"It was made for {width}x{height}, the plate is {plate.shape[1]}x{plate.shape[0]}",
            )
        x, y, patch = found
        result = plate.copy()
        rows, columns = patch.shape[:2]
        _blend(result[y : y + rows, x : x + columns], _to_dtype(patch, plate.dtype))
        return result

    def compose_scaled(self, index: int, rgb8: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The result over a plate picture that was made smaller for display.

        Args:
            rgb8: (h, w, 3) uint8, the whole plate at any size; not changed.
        """
        height, width = rgb8.shape[:2]
        if (width, height) == self.record.size:
            return self.compose(index, rgb8).astype(np.uint8, copy=False)
        found = self.patch(index)
        if found is None:
            return rgb8
        return _blend_scaled(rgb8, self.record.size, *found)


def _fits(corner: tuple[int, int], patch: tuple[int, ...], size: tuple[int, int]) -> bool:
    return all(
        at >= 0 and length >= 1 and at + length <= side
        for at, length, side in zip(corner, patch, size, strict=True)
    )


def _to_dtype(patch: Picture, dtype: np.dtype[np.uint8] | np.dtype[np.uint16]) -> Picture:
    if patch.dtype == dtype:
        return patch
    if dtype == np.uint16:
        return patch.astype(np.uint16) * np.uint16(257)
    return ((patch.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _blend(region: Picture, patch: Picture) -> None:
    """Lays ``patch`` (h, w, 4) over ``region`` (h, w, 3) of the same dtype, in place."""
    alpha = patch[..., 3]
    full = np.iinfo(patch.dtype).max
    solid = alpha == full
    np.copyto(region, patch[..., :3], where=solid[..., None])
    # Only the feather is mixed: a thin ring, so that a 4K patch costs little more than its copy.
    ring = np.nonzero((alpha != 0) & ~solid)
    part = alpha[ring].astype(np.uint32)[:, None]
    mixed = region[ring] * (full - part) + patch[..., :3][ring] * part
    region[ring] = (mixed + full // 2) // full


def _blend_scaled(
    rgb8: NDArray[np.uint8], size: tuple[int, int], x: int, y: int, patch: Picture
) -> NDArray[np.uint8]:
    """Lays a patch of a plate of ``size`` over a smaller picture of it; a new array."""
    height, width = rgb8.shape[:2]
    step_x, step_y = size[0] / width, size[1] / height
    rows, columns = patch.shape[:2]
    # Whole pixels of the small picture that the patch touches, and the plate pixels they stand for.
    left, top = int(x / step_x), int(y / step_y)
    right = min(width, int(np.ceil((x + columns) / step_x)))
    bottom = min(height, int(np.ceil((y + rows) / step_y)))
    from_x, from_y = min(round(left * step_x), x), min(round(top * step_y), y)
    to_x, to_y = max(round(right * step_x), x + columns), max(round(bottom * step_y), y + rows)
    layer = np.zeros((to_y - from_y, to_x - from_x, 4), np.float32)
    inside = layer[y - from_y : y - from_y + rows, x - from_x : x - from_x + columns]
    # Premultiplied, for averaging straight colours would let those of clear pixels bleed in.
    np.multiply(patch, np.float32(1 / np.iinfo(patch.dtype).max), out=inside)
    inside[..., :3] *= inside[..., 3:]
    small = cv2.resize(layer, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    result = rgb8.copy()
    region = result[top:bottom, left:right]
    mixed = region * (1.0 - small[..., 3:]) + small[..., :3] * 255.0
    region[...] = np.clip(np.rint(mixed), 0, 255)
    return result
