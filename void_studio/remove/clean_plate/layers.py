"""Things that move as one near a matte, and where each of their points is on other frames.

Tracks near the matte are sorted into groups that share an affine motion. A group's motion from the
frame to another one is fitted to the tracks both have, so it does not drift; where they have none
in common the group is lost and shows nothing.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.frames import Box
from void_studio.remove.clean_plate.geometry import Matrix, moved, shift
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.tracks import Tracks

MOST = 3
"""Groups looked at near one matte."""

FEWEST = 6
"""Tracks that make a group."""

MOVES = 1.0
"""Pixels in two frames against the background from which a track counts as moving."""

AGREEMENT = 0.15
"""Share of the moving tracks near a matte that must move as one to be a group."""

TOLERANCE = 1.0
"""Pixels a track may be off its group."""


class Layer:
    """A group of tracks as seen from one frame."""

    def __init__(self, tracks: Tracks, index: int, members: NDArray[np.int64]) -> None:
        self._tracks = tracks
        self._index = index
        self._members = members
        self._motions: dict[int, Matrix | None] = {}

    def to_frame(self, other: int) -> Matrix | None:
        """The motion of the layer from its frame to ``other``; None where it is lost."""
        if other not in self._motions:
            self._motions[other] = self._fitted(other)
        return self._motions[other]

    def _fitted(self, other: int) -> Matrix | None:
        ids, here, there = self._tracks.between(self._index, other)
        mine = np.isin(ids, self._members, assume_unique=True)
        here, there = here[mine], there[mine]
        if len(here) >= FEWEST and (np.ptp(here, axis=0) > 20).all():
            affine, inside = affine_between(here, there)
            if affine is not None and np.count_nonzero(inside) >= max(FEWEST, len(here) // 2):
                return affine
        if len(here) >= 3:
            return shift(*np.median(there - here, axis=0))
        return None


def layers_near(tracks: Tracks, scene: Scene, index: int, box: Box) -> list[Layer]:
    """The layers that move near the rectangle ``box`` of frame ``index``, largest first."""
    ids, here, movement = _movements(tracks, scene, index)
    if len(ids) < FEWEST:
        return []
    x, y, width, height = box
    reach = max(width, height, 96)
    near = (here > (x - reach, y - reach)).all(axis=1)
    near &= (here < (x + width + reach, y + height + reach)).all(axis=1)
    near &= np.abs(movement).max(axis=1) > MOVES
    ids, here, movement = ids[near], here[near], movement[near]
    result: list[Layer] = []
    needed = max(FEWEST, round(AGREEMENT * len(ids)))
    while len(ids) >= needed and len(result) < MOST:
        affine, inside = affine_between(here, here + movement)
        if affine is None or np.count_nonzero(inside) < needed:
            break
        result.append(Layer(tracks, index, ids[inside]))
        ids, here, movement = ids[~inside], here[~inside], movement[~inside]
    return result


def _movements(
    tracks: Tracks, scene: Scene, index: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Tracks on a frame: ids, places, and how far they move in two frames past the background."""
    found: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for span in (2, 1):
        for other, sign in ((index + span, 1.0), (index - span, -1.0)):
            if other not in scene:
                continue
            ids, here, there = tracks.between(index, other)
            # Where the background under each point has gone, and how far the point is from there.
            past = there - moved(scene.to_target(index, other), here)
            movement = past * (sign * 2.0 / span)
            for track, place, step in zip(ids, here, movement, strict=True):
                found.setdefault(int(track), (place, step))
    if not found:
        return np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros((0, 2))
    order = sorted(found)
    return (
        np.array(order, np.int64),
        np.array([found[i][0] for i in order]),
        np.array([found[i][1] for i in order]),
    )


def affine_between(
    here: NDArray[np.float64], there: NDArray[np.float64]
) -> tuple[Matrix | None, NDArray[np.bool_]]:
    """The affine motion most tracks share, and which do."""
    fitted: Any = cv2.estimateAffine2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=TOLERANCE, maxIters=500
    )
    if fitted[0] is None:
        return None, np.zeros(len(here), bool)
    matrix = np.vstack([fitted[0], [0.0, 0.0, 1.0]])
    return np.asarray(matrix, np.float64), np.asarray(fitted[1].ravel() > 0)
