"""A small clip with a known object: a bright disc rolls over a textured wall."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.files import encode_png

WIDTH, HEIGHT, COUNT = 128, 80, 10
RADIUS = 11
FIRST_X, STEP = 24, 8


def center(index: int) -> tuple[int, int]:
    return FIRST_X + STEP * index, HEIGHT // 2


def disc(index: int) -> NDArray[np.bool_]:
    """Where the disc is on a frame, bool (H, W)."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(mask, center(index), RADIUS, 1, -1)
    return mask.astype(bool)


def picture(index: int) -> NDArray[np.uint8]:
    """A frame, RGB (H, W, 3)."""
    noise = np.random.default_rng(7).integers(40, 120, (HEIGHT // 4, WIDTH // 4, 3), np.uint8)
    frame = cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    frame[disc(index)] = (235, 60, 40)
    return frame


def write_clip(folder: Path, count: int = COUNT) -> Path:
    """Writes the frames as numbered PNGs into a new folder."""
    folder.mkdir(parents=True)
    for index in range(count):
        (folder / f"plate.{1001 + index}.png").write_bytes(encode_png(picture(index)))
    return folder
