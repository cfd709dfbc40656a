"""Plane motions between frames, and pictures moved by them.

A motion is a 3x3 float64 matrix on plate pixels, pixel centres at whole numbers as in OpenCV.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.protocol import Picture

Matrix = NDArray[np.float64]
Sampling = Literal["smooth", "nearest", "touch"]

INTERPOLATION: dict[Sampling, int] = {
    "smooth": cv2.INTER_CUBIC,
    "nearest": cv2.INTER_NEAREST,
    "touch": cv2.INTER_LINEAR,
}

STILL = 0.04
"""Pixels; a motion that comes this near to whole pixels everywhere is not worth a resampling."""


def identity() -> Matrix:
    return np.eye(3)


def shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def scaling(factor_x: float, factor_y: float) -> Matrix:
    """From plate pixels to the pixels of a picture resized by the factors, centres kept."""
    return np.array(
        [
            [factor_x, 0.0, 0.5 * factor_x - 0.5],
            [0.0, factor_y, 0.5 * factor_y - 0.5],
            [0.0, 0.0, 1.0],
        ]
    )


def moved(motion: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """``points`` (N, 2) moved by ``motion``."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ motion.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])


def corners(x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
    """The corner pixels' centres of a rectangle, (4, 2)."""
    right, bottom = x + width - 1, y + height - 1
    return np.array([[x, y], [right, y], [x, bottom], [right, bottom]], dtype=np.float64)


def moved_box(
    motion: Matrix, box: tuple[int, int, int, int], margin: int
) -> tuple[int, int, int, int]:
    """The whole-pixel rectangle (x, y, width, height) that holds a moved one and a margin."""
    points = moved(motion, corners(*box))
    low = np.floor(points.min(axis=0)).astype(int) - margin
    high = np.ceil(points.max(axis=0)).astype(int) + margin + 1
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def widened(
    box: tuple[int, int, int, int], margin: int, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """``box`` with a margin, within a picture of ``size`` (width, height)."""
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    right = min(size[0], box[0] + box[2] + margin)
    bottom = min(size[1], box[1] + box[3] + margin)
    return left, top, right - left, bottom - top


def whole_shift(motion: Matrix, box: tuple[int, int, int, int]) -> tuple[int, int] | None:
    """(x, y) if ``motion`` moves all of ``box`` by these whole pixels, within ``STILL``."""
    points = corners(*box)
    offsets = moved(motion, points) - points
    x, y = np.rint(offsets.mean(axis=0))
    if np.abs(offsets - (x, y)).max() > STILL:
        return None
    return int(x), int(y)


def moved_crop(
    picture: Picture,
    to_target: Matrix,
    box: tuple[int, int, int, int],
    *,
    outside: int | None = None,
    sampling: Sampling = "smooth",
) -> Picture:
    """The rectangle ``box`` of the target, seen from ``picture`` moved by ``to_target``.

    Whole-pixel motions copy pixels exactly.

    Args:
        picture: (H, W) or (H, W, 3).
        outside: The value beyond the picture; None repeats its edge.
        sampling: ``smooth`` is bicubic; ``nearest`` keeps values; ``touch`` is for 0/255 masks,
            and what a marked pixel so much as touches is marked.
    """
    x, y, width, height = box
    back = np.asarray(np.linalg.inv(to_target), np.float64)
    offset = whole_shift(back, box)
    if offset is not None:
        return _copied(picture, (x + offset[0], y + offset[1], width, height), outside)
    # The part of the source that can be seen, so that huge plates are not scanned and 16-bit
    # coordinates of the resampler do not overflow.
    left, top, source_width, source_height = moved_box(back, box, 4)
    part = _copied(picture, (left, top, source_width, source_height), outside)
    matrix = shift(-x, -y) @ to_target @ shift(left, top)
    result = cv2.warpPerspective(
        part,
        matrix,
        (width, height),
        flags=INTERPOLATION[sampling],
        borderMode=cv2.BORDER_REPLICATE,
    )
    if sampling == "touch":
        return np.where(result > 0, 255, 0).astype(np.uint8)
    return np.asarray(result)


def _copied(picture: Picture, box: tuple[int, int, int, int], outside: int | None) -> Picture:
    x, y, width, height = box
    rows, columns = picture.shape[:2]
    if x >= 0 and y >= 0 and x + width <= columns and y + height <= rows:
        return picture[y : y + height, x : x + width]
    inside_x = np.arange(x, x + width)
    inside_y = np.arange(y, y + height)
    result = picture[np.clip(inside_y, 0, rows - 1)][:, np.clip(inside_x, 0, columns - 1)]
    if outside is not None:
        result[(inside_y < 0) | (inside_y >= rows)] = outside
        result[:, (inside_x < 0) | (inside_x >= columns)] = outside
    return result
