"""What leaves the house: a take at the plate's own size, rate, length and depth; a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.media.writer import write_video
from void_studio.progress import CancelToken, Reporter
from void_studio.shot.shot import Shot

COMPARISON_WIDTH = 1920
"""Widest picture of a comparison; it is for looking, the take is for delivery."""


def deliver_take(
    shot: Shot, number: int, path: Path, reporter: Reporter, cancel: CancelToken
) -> None:
    """Writes a take: a video file, or a folder of numbered PNGs when ``path`` has no suffix.

    Every plate frame is written; frames that the take does not change are the plate's.

    Raises:
        VoidError: there is no such take, or the file cannot be written.
        Cancelled: the token was set; nothing is left behind.
    """
    take = shot.takes.get(number)
    with shot.open_plate() as plate:
        count = plate.info.count

        def frames() -> Iterator[NDArray[np.uint8] | NDArray[np.uint16]]:
            for index, picture in enumerate(plate.frames()):
                cancel.check()
                yield take.compose(index, picture)
                reporter.progress(index + 1, count, "Writing")

        info = replace(plate.info, first_frame=shot.number(0))
        write_video(path, frames(), info, plate.timing)


def deliver_comparison(
    shot: Shot, number: int, path: Path, reporter: Reporter, cancel: CancelToken
) -> None:
    """Writes plate and take beside each other as a video, at most 1920 pixels wide.

    Raises:
        VoidError: there is no such take, or the file cannot be written.
        Cancelled: the token was set; nothing is left behind.
    """
    take = shot.takes.get(number)
    with shot.open_plate() as plate:
        count = plate.info.count
        width, height = plate.info.size
        scale = min(1.0, COMPARISON_WIDTH / (2 * width))
        half = max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)

        def frames() -> Iterator[NDArray[np.uint8]]:
            for index in range(count):
                cancel.check()
                before = plate.read_rgb8(index, half)
                after = take.compose_scaled(index, before)
                both = np.hstack([before, after])
                cv2.line(both, (half[0], 0), (half[0], half[1]), (255, 255, 255), 1)
                yield both
                reporter.progress(index + 1, count, "Writing")

        shape = replace(plate.info, size=(half[0] * 2, half[1]), depth=8)
        write_video(path, frames(), shape, plate.timing)
