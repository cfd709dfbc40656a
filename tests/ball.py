"""A small clip with a known object: a red ball rolls over a textured grey wall."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.media.writer import VideoWriter

SIZE = (320, 180)
COUNT = 12
RATE = Fraction(24)
RADIUS = 20


def center(index: int, count: int = COUNT) -> tuple[int, int]:
    """Where the ball is on a frame, plate pixels: it crosses the picture in ``count`` frames."""
    return 60 + 160 * index // (count - 1), 90


def disc(index: int, count: int = COUNT) -> NDArray[np.bool_]:
    """The pixels of the ball, bool (H, W)."""
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    cv2.circle(mask, center(index, count), RADIUS, 1, -1)
    return mask.astype(bool)


def pictures(count: int = COUNT) -> Iterator[NDArray[np.uint8]]:
    """The frames, RGB (H, W, 3)."""
    random = np.random.default_rng(5)
    wall = cv2.GaussianBlur(random.normal(120, 60, (SIZE[1], SIZE[0])), (0, 0), 3)
    plate = np.repeat(np.clip(wall, 0, 255)[..., None], 3, axis=2).astype(np.uint8)
    for index in range(count):
        frame = plate.copy()
        cv2.circle(frame, center(index, count), RADIUS, (210, 40, 30), -1, cv2.LINE_AA)
        yield frame


def write_clip(path: Path, count: int = COUNT) -> Path:
    with VideoWriter(path, SIZE, RATE) as writer:
        for picture in pictures(count):
            writer.write(picture)
    return path
