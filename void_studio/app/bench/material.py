"""What a benchmark needs beside the clip: a plate to play, masks on it, and a take."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.files import encode_png, write_atomic
from void_studio.media.writer import VideoWriter
from void_studio.quadmask.bits import Plane, paint_table
from void_studio.quadmask.paint import stamp_line
from void_studio.shot.shot import Shot
from void_studio.shot.take import TakeRecord, patch_path, write_record

HD, HD_RATE, HD_FRAMES = (1920, 1080), Fraction(24), 48
_PATCH = (320, 240)


def write_hd_plate(path: Path, size: tuple[int, int] = HD, frames: int = HD_FRAMES) -> Path:
    """A textured plate at 24 fps that moves, so that it is no easier to decode than footage."""
    random = np.random.default_rng(3)
    width, height = size
    noise = random.integers(0, 256, (height // 8 + 20, width // 8 + 20, 3), dtype=np.uint8)
    wall = cv2.resize(noise, (width + 160, height + 160), interpolation=cv2.INTER_CUBIC)
    with VideoWriter(path, size, HD_RATE) as writer:
        for index in range(frames):
            left = index * 2
            writer.write(np.ascontiguousarray(wall[left : left + height, left : left + width]))
    return path


def disc(shot_size: tuple[int, int], index: int, count: int) -> NDArray[np.bool_]:
    """A disc that crosses the picture, bool (H, W): a mask as a tracker makes it."""
    width, height = shot_size
    mask = np.zeros((height, width), np.uint8)
    x = round(width * (0.2 + 0.6 * index / max(1, count - 1)))
    cv2.circle(mask, (x, height // 2), height // 5, 1, -1)
    return mask.view(np.bool_)


def paint_all_frames(shot: Shot) -> None:
    """Gives every frame some *remove* and *affected* paint."""
    width, height = shot.size
    tables = paint_table(Plane.REMOVE, True), paint_table(Plane.AFFECTED, True)

    with shot.edit_frames("Paint for the benchmark") as edits:
        for index in range(shot.count):
            x = width * (0.2 + 0.6 * index / max(1, shot.count - 1))

            def edit(field: NDArray[np.uint8], x: float = x) -> None:
                for table, y, radius in ((tables[0], 0.4, 0.2), (tables[1], 0.7, 0.15)):
                    at = (x, height * y)
                    stamp_line(field, table, at, at, height * radius)

            edits.apply(index, edit)


def make_take(shot: Shot, folder: Path) -> int:
    """Makes a take of small patches and returns its number; takes a moment, on any thread."""
    width, height = shot.size
    patch_size = min(_PATCH[0], width // 2), min(_PATCH[1], height // 2)
    patch = np.full((patch_size[1], patch_size[0], 4), 255, np.uint8)
    patch[..., :3] = (60, 120, 180)
    picture = encode_png(patch)
    (folder / "patches").mkdir(parents=True)
    patches = {}
    for index in range(shot.count):
        write_atomic(patch_path(folder, index), picture)
        patches[index] = (width // 4, height // 4)
    record = TakeRecord(
        remover="benchmark",
        created=time.time(),
        content_id=shot.document.plate.content_id,
        size=shot.size,
        frames=(0, shot.count - 1),
        patches=patches,
    )
    write_record(folder, record)
    return shot.takes.adopt(folder).number
