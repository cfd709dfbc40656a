"""Which known patches of a picture are most like those that reach into its hole."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

PATCH = 7
REACH = PATCH // 2

COMPONENTS = 40
"""Principal components of a patch that are compared."""

MAX_SOURCES = 40_000
"""Places looked at in an exhaustive search, on a regular lattice."""


@dataclass
class Level:
    """One size of the picture.

    Attributes:
        image: float32 (h, w, 4): colours in 8-bit levels and texture strength.
        hole: bool (h, w).
        sources: int64 (S, 2): rows and columns whose whole patch is known.
        targets: int64 (T, 2): those whose patch reaches into the hole.
    """

    image: Field
    hole: Mask
    sources: Places
    targets: Places
    is_source: Mask


def make_level(base: Field, hole: Mask, known: Mask, scale: float) -> Level:
    """The picture ``base`` (H, W, 4) at ``scale``, averaged over what is known."""
    height, width = hole.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale == 1.0:
        image, small_hole, small_known = base.copy(), hole, known
    else:
        weight = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        shrunk = cv2.resize(base * known[..., None], size, interpolation=cv2.INTER_AREA)
        image = np.asarray(shrunk / np.maximum(weight, np.float32(1e-6))[..., None], np.float32)
        small_known = np.asarray(weight > 0.5)
        touched = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        small_hole = np.asarray((touched > 0) & ~small_known)
    kernel = np.ones((PATCH, PATCH), np.uint8)
    inner = np.asarray(cv2.erode(small_known.astype(np.uint8), kernel, borderValue=0) > 0)
    inner[:REACH] = inner[-REACH:] = False
    inner[:, :REACH] = inner[:, -REACH:] = False
    reach = cv2.dilate(small_hole.astype(np.uint8), kernel) > 0
    return Level(image, small_hole, np.argwhere(inner), np.argwhere(reach), inner)


def step(row: int, column: int) -> Places:
    return np.array((row, column), np.int64)


class Searcher:
    """Finds the source patches most like given ones, by their principal components."""

    def __init__(self, level: Level) -> None:
        self._level = level
        step = max(1, len(level.sources) // 4000)
        sample = _patches(level.image, level.sources[::step])
        self._mean = sample.mean(axis=0)
        centred = sample - self._mean
        _, vectors = np.linalg.eigh(centred.T @ centred)
        self._basis = np.ascontiguousarray(vectors[:, ::-1][:, :COMPONENTS], dtype=np.float32)
        height, width = level.hole.shape
        self._place = np.full((height, width), -1, np.int64)
        rows, columns = level.sources.T
        self._place[rows, columns] = np.arange(len(level.sources))
        self._known = self.described(level.image, level.sources)
        lattice = max(1, len(level.sources) // MAX_SOURCES)
        self._chosen = np.arange(0, len(level.sources), lattice)
        self._lengths = np.square(self._known[self._chosen]).sum(axis=1)
        target_place = np.full((height, width), -1, np.int64)
        target_rows, target_columns = level.targets.T
        target_place[target_rows, target_columns] = np.arange(len(level.targets))
        self._target_place = target_place

    def described(self, image: Field, places: Places) -> Field:
        """Principal components (N, COMPONENTS) of the patches at ``places``."""
        result = np.empty((len(places), self._basis.shape[1]), np.float32)
        for start in range(0, len(places), 20_000):
            part = np.s_[start : start + 20_000]
            result[part] = (_patches(image, places[part]) - self._mean) @ self._basis
        return result

    def everywhere(self, wanted: Field) -> Places:
        """The best source of each, of all on the lattice."""
        known = self._known[self._chosen]
        best = np.empty(len(wanted), np.int64)
        rows = max(1, 40_000_000 // max(1, len(known)))
        for start in range(0, len(wanted), rows):
            part = np.s_[start : start + rows]
            distance = self._lengths - 2.0 * (wanted[part] @ known.T)
            best[part] = np.argmin(distance, axis=1)
        return np.asarray(self._level.sources[self._chosen[best]])

    def refined(self, wanted: Field, matches: Places) -> tuple[Places, Field]:
        """Matches and distances after trying those of neighbours and the places beside them."""
        matches = matches.copy()
        distance = self._distance(wanted, matches)
        for reach in (1, 2, 4, 1):
            for row, column in ((-reach, 0), (reach, 0), (0, -reach), (0, reach)):
                neighbours = self._neighbours(row, column)
                has = neighbours >= 0
                trial = matches.copy()
                trial[has] = matches[neighbours[has]] - (row, column)
                self._keep_better(wanted, matches, distance, trial)
        for row in (-1, 0, 1):
            for column in (-1, 0, 1):
                if row or column:
                    self._keep_better(wanted, matches, distance, matches + step(row, column))
        return matches, distance

    def _neighbours(self, row: int, column: int) -> Places:
        height, width = self._target_place.shape
        places = self._level.targets + step(row, column)
        inside = np.all((places >= 0) & (places < (height, width)), axis=1)
        result = np.full(len(places), -1, np.int64)
        result[inside] = self._target_place[places[inside, 0], places[inside, 1]]
        return result

    def _distance(self, wanted: Field, matches: Places) -> Field:
        height, width = self._place.shape
        inside = np.asarray(np.all((matches >= 0) & (matches < (height, width)), axis=1))
        clipped = np.where(inside[:, None], matches, 0)
        place = np.where(inside, self._place[clipped[:, 0], clipped[:, 1]], -1)
        distance = np.square(wanted - self._known[np.maximum(place, 0)]).sum(axis=1)
        distance[place < 0] = np.inf
        return np.asarray(distance, np.float32)

    def _keep_better(self, wanted: Field, matches: Places, distance: Field, trial: Places) -> None:
        new = np.flatnonzero(np.any(trial != matches, axis=1))
        tried = self._distance(wanted[new], trial[new])
        nearer = tried < distance[new]
        better = new[nearer]
        matches[better] = trial[better]
        distance[better] = tried[nearer]


def _patches(image: Field, places: Places) -> Field:
    """Flattened patches (N, PATCH*PATCH*C) around ``places``; the picture's edge is repeated."""
    padded = cv2.copyMakeBorder(image, REACH, REACH, REACH, REACH, cv2.BORDER_REPLICATE)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (PATCH, PATCH), axis=(0, 1))
    return np.asarray(windows[places[:, 0], places[:, 1]].reshape(len(places), -1))
