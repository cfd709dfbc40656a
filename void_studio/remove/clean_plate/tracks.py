"""Points that move against the background, followed from frame to frame.

They tell how things behind the matte go on moving while the matte hides them.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.points import Gray, Points, follow_points

MAX_POINTS = 600
SPACING = 10
"""Work pixels between points."""


class Tracks:
    """Tracks by frame: ids, ascending, and where they are in plate pixels."""

    def __init__(self) -> None:
        self._ids: dict[int, NDArray[np.int64]] = {}
        self._points: dict[int, NDArray[np.float64]] = {}

    def put(self, index: int, ids: NDArray[np.int64], points: NDArray[np.float64]) -> None:
        """The tracks seen on a frame; ``ids`` ascending (N,), ``points`` (N, 2)."""
        if len(ids):
            self._ids[index], self._points[index] = ids, points

    def seen(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Ids (N,) and points (N, 2) on a frame."""
        if index not in self._ids:
            return np.zeros(0, np.int64), np.zeros((0, 2))
        return self._ids[index], self._points[index]

    def any_in(self, first: int, last: int) -> bool:
        """Whether a track is seen on any of the frames first..last."""
        return any(first <= index <= last for index in self._ids)

    def between(
        self, first: int, second: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """The tracks seen on both frames: ids, where they are on the first, and on the second."""
        ids, points = self.seen(first)
        other_ids, other_points = self.seen(second)
        both, here, there = np.intersect1d(ids, other_ids, assume_unique=True, return_indices=True)
        return both, points[here], other_points[there]

    def packed(self) -> NDArray[np.float64]:
        """All of it as rows of frame, id, x, y."""
        rows = [
            np.column_stack([np.full(len(ids), index), ids, self._points[index]])
            for index, ids in self._ids.items()
        ]
        return np.concatenate(rows) if rows else np.zeros((0, 4))

    @classmethod
    def unpacked(cls, rows: NDArray[np.float64]) -> Tracks:
        tracks = cls()
        frames = rows[:, 0].astype(np.int64)
        for index in np.unique(frames):
            part = rows[frames == index]
            tracks.put(int(index), part[:, 1].astype(np.int64), part[:, 2:])
        return tracks


class Tracker:
    """Follows points through frames shown in order."""

    def __init__(self, factor: NDArray[np.float64]) -> None:
        """
        Args:
            factor: (x, y) from work pixels to plate pixels.
        """
        self.tracks = Tracks()
        self._factor = factor
        self._before: Gray | None = None
        self._ids = np.zeros(0, np.int64)
        self._points: Points = np.zeros((0, 2), np.float32)
        self._next = 0

    def cut(self) -> None:
        """The next frame has nothing to do with those before."""
        self._before = None
        self._ids, self._points = self._ids[:0], self._points[:0]

    def add(
        self, index: int, work: Gray, free: NDArray[np.uint8], moving: NDArray[np.uint8]
    ) -> None:
        """Shows the next frame.

        Args:
            work: (h, w) gray.
            free: 0/255 (h, w), what is not covered.
            moving: 0/255 (h, w), where new points are worth following.
        """
        if self._before is not None and len(self._points):
            found, trusted = follow_points(self._before, work, self._points, self._points, free)
            self._points, self._ids = found[trusted], self._ids[trusted]
        self._seed(work, cv2.bitwise_and(free, moving).astype(np.uint8))
        self._before = work
        plate = (self._points.astype(np.float64) + 0.5) * self._factor - 0.5
        self.tracks.put(index, self._ids, plate)

    def _seed(self, work: Gray, where: NDArray[np.uint8]) -> None:
        room = MAX_POINTS - len(self._points)
        if room <= 0 or not where.any():
            return
        for x, y in self._points:
            cv2.circle(where, (round(float(x)), round(float(y))), SPACING, 0, -1)
        new: Any = cv2.goodFeaturesToTrack(work, room, 0.003, SPACING, mask=where, blockSize=5)
        if new is None:
            return
        points = np.asarray(new.reshape(-1, 2), np.float32)
        self._points = np.concatenate([self._points, points])
        self._ids = np.concatenate([self._ids, self._next + np.arange(len(points))])
        self._next += len(points)
