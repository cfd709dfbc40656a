"""Points of a picture, where they have gone in another, and what most of them agree on."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import Matrix, moved

Gray = NDArray[np.uint8]
Points = NDArray[np.float32]

TILES = (8, 5)
TILE_POINTS = 12
"""Points are taken from so many parts of the picture across and down, so many from each."""

MIN_POINTS = 12

SAME = 0.6
"""Pixels within which points count as moving together; about 5 sigma of Lucas-Kanade."""


def good_points(work: Gray, free: NDArray[np.uint8]) -> Points:
    """Corners to follow, (N, 2), as many from every part of the picture.

    Each part chooses its own best: something large and rich in detail that moves must not outvote
    a soft background.
    """
    height, width = work.shape
    distance = max(6.0, max(work.shape) / 70)
    found = [np.zeros((0, 2), np.float32)]
    for rows in np.array_split(np.arange(height), TILES[1]):
        for columns in np.array_split(np.arange(width), TILES[0]):
            if not len(rows) or not len(columns):
                continue
            part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            points: Any = cv2.goodFeaturesToTrack(
                work[part], TILE_POINTS, 0.02, distance, mask=free[part], blockSize=5
            )
            if points is not None:
                corner = np.array([columns[0], rows[0]], np.float32)
                found.append(points.reshape(-1, 2) + corner)
    return np.concatenate(found).astype(np.float32)


def follow_points(
    key: Gray, work: Gray, points: Points, guess: Points, free: NDArray[np.uint8]
) -> tuple[Points, NDArray[np.bool_]]:
    """Where the points of ``key`` are in ``work``, and which can be trusted.

    Trusted points come back to where they started within 0.5 pixels and lie on ``free``.
    """
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    window = (21, 21)
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        key, work, points, guess.copy(), winSize=window, maxLevel=4, flags=flags
    )
    back, back_status, _ = cv2.calcOpticalFlowPyrLK(
        work, key, found, points.copy(), winSize=window, maxLevel=4, flags=flags
    )
    trusted = (status.ravel() == 1) & (back_status.ravel() == 1)
    trusted &= np.abs(back - points).max(axis=1) < 0.5
    height, width = work.shape
    place = np.rint(np.nan_to_num(found)).astype(np.int64)
    trusted &= (place[:, 0] >= 0) & (place[:, 0] < width)
    trusted &= (place[:, 1] >= 0) & (place[:, 1] < height)
    place = np.clip(place, 0, (width - 1, height - 1))
    trusted &= free[place[:, 1], place[:, 0]] > 0
    return np.asarray(found, np.float32), trusted


def common_shift(offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shift (2,) most of ``offsets`` (N, 2) agree on: the mean of their largest cluster.

    A mode, not a median: moving things may hold most of the points, but they do not agree.
    """
    tree = np.abs(offsets[:, None] - offsets[None]).max(axis=2) <= SAME
    members = tree[np.argmax(np.count_nonzero(tree, axis=1))]
    for _ in range(3):
        centre = offsets[members].mean(axis=0)
        members = np.abs(offsets - centre).max(axis=1) <= SAME
    return np.asarray(offsets[members].mean(axis=0))


def plane_between(here: NDArray[np.float64], there: NDArray[np.float64]) -> Matrix | None:
    """The homography from ``here`` to ``there``, robustly; None if there is no sound one."""
    if len(here) < MIN_POINTS:
        return None
    matrix = _homography(here, there, cv2.USAC_MAGSAC)
    if matrix is None:
        return None
    error = np.linalg.norm(moved(matrix, here) - there, axis=1)
    inside = error < 1.5 * SAME
    # Points bunched in one corner say nothing about the others.
    spread = np.ptp(here[inside], axis=0) if inside.any() else np.zeros(2)
    if np.count_nonzero(inside) < MIN_POINTS or (spread < 0.3 * np.ptp(here, axis=0)).any():
        return None
    refined = _homography(here[inside], there[inside], 0)
    return matrix if refined is None else refined


def _homography(
    here: NDArray[np.float64], there: NDArray[np.float64], method: int
) -> Matrix | None:
    matrix: Any = cv2.findHomography(here, there, method, 1.5 * SAME, maxIters=2000)[0]
    return None if matrix is None else np.asarray(matrix, np.float64)
