"""A small plate, and what tests do with the shots of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from void_studio.files import encode_png
from void_studio.quadmask.bits import Mask, Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask
from void_studio.shot.shot import Shot

SIZE = (80, 56)
COUNT = 6
FIRST = 1001


def plate_picture(index: int) -> NDArray[np.uint8]:
    """A picture that differs in every frame."""
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    return np.stack([rows * 3, columns * 2, rows + columns + index * 9], axis=-1).astype(np.uint8)


def write_plate(folder: Path, count: int = COUNT, seed: int = 0) -> Path:
    """A PNG sequence numbered from ``FIRST``."""
    folder.mkdir(parents=True)
    for index in range(count):
        picture = encode_png(plate_picture(index + seed))
        (folder / f"plate.{FIRST + index:04d}.png").write_bytes(picture)
    return folder


def disc(x: int, y: int, radius: int) -> Mask:
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    inside: Mask = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
    return inside


State = tuple[object, ...]


def state_of(shot: Shot) -> State:
    """Everything undo must restore, to compare."""
    fields = tuple(shot.masks.field(index).tobytes() for index in range(shot.count))
    flags = tuple(shot.masks.summaries().tolist())
    tracks = tuple(
        (object_id, index, shot.tracks.blob(object_id, index))
        for object_id in sorted(shot.tracks.objects())
        for index in shot.tracks.frames(object_id)
    )
    return shot.document, flags, fields, tracks


def paint(
    shot: Shot, index: int, mask: Mask, plane: Plane = Plane.REMOVE, value: bool = True
) -> None:
    """A finished stroke of the shape of ``mask``."""
    stroke = shot.begin_stroke(index, "Paint")
    stroke.touch(Rect(0, 0, *shot.size))
    fill_mask(stroke.field, paint_table(plane, value), mask)
    stroke.finish()
