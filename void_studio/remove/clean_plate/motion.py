"""How the camera moved, measured on what the mattes leave free.

Points of a key frame are followed by pyramidal Lucas-Kanade from the key frame to every later one
directly, so errors do not add up from frame to frame; a new key frame is taken when too few of its
points are left. A *scene* is a run of frames that could be connected; a cut starts another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import (
    Matrix,
    identity,
    moved,
    scaling,
    shift,
)
from void_studio.remove.clean_plate.keyframe import KeyFrame
from void_studio.remove.clean_plate.points import (
    MIN_POINTS,
    SAME,
    Gray,
    common_shift,
    follow_points,
    good_points,
    plane_between,
)

Model = Literal["static", "translation", "homography"]

WORK_SIDE = 1280
"""Long side of the pictures motion is measured on; below this plates are measured as they are."""

KEEP_SHARE = 0.5
"""A new key frame is taken when fewer of its points than this are still followed."""

MORE_POINTS = 0.85
"""A simpler model is kept when it explains at least this share of the points of a richer one."""

STILL_SHARE = 0.6
"""The same for a camera at rest: points that do not move at all can hardly do so by chance."""

NEARER = 1.3
"""... and when the richer one does not bring them nearer by more than this factor ..."""

NOISE = 0.05
"""... and these work pixels, the error of following itself."""

STAYED = 0.35
"""A camera is taken to have stayed where this many parts of the picture say so for each against."""

LEVEL = 0.02
"""A homography may agree with this much less of the picture than a translation does."""

CONNECTED = 0.25
"""Frames that agree on less of the picture than this are of different scenes."""

ODD_FRAMES = 0.05
"""Share of the frames that a model may fail to explain before a richer one is taken."""


@dataclass
class Fit:
    """How a model explains the points of one frame: how many, and how well in work pixels."""

    count: int
    error: float


@dataclass
class Follow:
    """One frame as its key frame sees it; motions map the scene's first frame to this one.

    Motions are in work pixels; ``fits`` are those of static, translation and homography.
    """

    translation: Matrix
    plane: Matrix
    fits: tuple[Fit, Fit, Fit] | None = None


@dataclass
class Scene:
    """Frames that see one another: ``first`` to ``last`` in plate indices.

    ``to_first`` holds for each frame the motion from its plate pixels to those of ``first``.
    """

    first: int
    last: int
    model: Model
    to_first: list[Matrix]

    def to_target(self, source: int, target: int) -> Matrix:
        """The motion from plate pixels of frame ``source`` to those of frame ``target``."""
        if self.model == "static":
            return identity()
        back = np.linalg.inv(self.to_first[target - self.first])
        matrix = back @ self.to_first[source - self.first]
        return np.asarray(matrix / matrix[2, 2])

    def __contains__(self, index: int) -> bool:
        return self.first <= index <= self.last


class MotionMeter:
    """Measures the camera's motion from frames shown to it in order."""

    def __init__(self, size: tuple[int, int], wanted: Model | None) -> None:
        """
        Args:
            size: Width and height of the plate.
            wanted: The model the artist asked for; None measures which one it is.
        """
        self._wanted = wanted
        factor = min(1.0, WORK_SIDE / max(size))
        self._work_size = (max(1, round(size[0] * factor)), max(1, round(size[1] * factor)))
        self._to_work = scaling(self._work_size[0] / size[0], self._work_size[1] / size[1])
        self._scenes: list[list[Follow]] = []
        self._starts: list[int] = []
        self._key: KeyFrame | None = None
        self._previous: tuple[Gray, NDArray[np.uint8], Follow] | None = None

    def add(self, index: int, gray: Gray, matte: NDArray[np.uint8] | None) -> None:
        """Shows the next frame.

        Args:
            index: Its plate index; consecutive.
            gray: (H, W) of the plate's size.
            matte: 0/255 of any size, what is not background; None for nothing.
        """
        work = np.asarray(cv2.resize(gray, self._work_size, interpolation=cv2.INTER_AREA), np.uint8)
        free = self._free(matte)
        if self._previous is None:
            self._start_scene(index)
        else:
            found = self._follow(work, free)
            if found is None:
                found = self._rekey_and_follow(work, free)
            if found is None:
                self._start_scene(index)
            else:
                self._scenes[-1].append(found)
        follow = self._scenes[-1][-1]
        if self._key is None:
            self._set_key(work, free, follow)
        self._previous = (work, free, follow)

    @property
    def work(self) -> tuple[Gray, NDArray[np.uint8]]:
        """The last frame as it was measured, and 0/255 what was free of it."""
        assert self._previous is not None
        return self._previous[:2]

    @property
    def from_work(self) -> NDArray[np.float64]:
        """(x, y) factors from work pixels to plate pixels."""
        return np.array([1.0 / self._to_work[0, 0], 1.0 / self._to_work[1, 1]])

    def step(self) -> Matrix | None:
        """The motion from the frame before the last one added to it, in plate pixels.

        None if the last one starts a scene.
        """
        follows = self._scenes[-1]
        if len(follows) < 2:
            return None
        motion = follows[-1].plane @ np.linalg.inv(follows[-2].plane)
        return np.asarray(np.linalg.inv(self._to_work) @ motion @ self._to_work)

    def scenes(self) -> list[Scene]:
        """What was found, in frame order."""
        back = np.linalg.inv(self._to_work)
        result = []
        for start, follows in zip(self._starts, self._scenes, strict=True):
            model = self._wanted or _model_of(follows)
            motions = [
                back @ (f.plane if model == "homography" else f.translation) @ self._to_work
                for f in follows
            ]
            if model == "static":
                motions = [identity() for _ in follows]
            to_first = [np.linalg.inv(motion) for motion in motions]
            last = start + len(follows) - 1
            result.append(Scene(start, last, model, [m / m[2, 2] for m in to_first]))
        return result

    def _free(self, matte: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
        width, height = self._work_size
        if matte is None:
            return np.full((height, width), 255, np.uint8)
        work = cv2.resize(matte, self._work_size, interpolation=cv2.INTER_LINEAR)
        covered = cv2.dilate((work > 0).astype(np.uint8), np.ones((9, 9), np.uint8))
        return np.where(covered > 0, 0, 255).astype(np.uint8)

    def _start_scene(self, index: int) -> None:
        self._scenes.append([Follow(identity(), identity())])
        self._starts.append(index)
        self._key = None

    def _set_key(self, work: Gray, free: NDArray[np.uint8], follow: Follow) -> None:
        points = good_points(work, free)
        self._key = KeyFrame(work, free, points, follow.translation, follow.plane)

    def _rekey_and_follow(self, work: Gray, free: NDArray[np.uint8]) -> Follow | None:
        assert self._previous is not None
        self._set_key(*self._previous)
        return self._follow(work, free, last_chance=True)

    def _follow(
        self, work: Gray, free: NDArray[np.uint8], *, last_chance: bool = False
    ) -> Follow | None:
        """The frame as the key frame sees it; None if another key frame, or none, may do better."""
        assert self._key is not None
        assert self._previous is not None
        key, before = self._key, self._previous[2]
        carried = before.translation @ np.linalg.inv(key.translation)
        carried_plane = before.plane @ np.linalg.inv(key.plane)
        if len(key.points) < MIN_POINTS:
            # A frame with nothing to follow (flat, or wholly covered) tells nothing: the camera is
            # taken to rest. It is no cut.
            return before if last_chance else None
        guess = moved(carried_plane, key.points.astype(np.float64))
        found, followed = follow_points(key.work, work, key.points, guess.astype(np.float32), free)
        count = np.count_nonzero(followed)
        if not last_chance and count < max(MIN_POINTS, KEEP_SHARE * len(key.points)):
            return None
        here, there = key.points[followed].astype(np.float64), found[followed].astype(np.float64)
        translation, plane = carried, carried_plane
        if count >= MIN_POINTS:
            translation = shift(*common_shift(there - here))
            turned = plane_between(here, there)
            plane = translation if turned is None else turned
        # Something large and rich that moves may win over a soft background by points. So where the
        # camera seems to have moved on, the parts of the picture are asked whether it did.
        if np.abs(translation - carried).max() > SAME:
            stayed, went = key.votes(work, free, carried_plane, plane)
            if stayed >= max(3.0, STAYED * went):
                translation, plane = carried, carried
        if key.agreement(work, free, plane) < key.agreement(work, free, translation) - LEVEL:
            plane = translation
        if last_chance and key.agreement(work, free, plane) < CONNECTED:
            return before if np.count_nonzero(free) < 0.02 * free.size else None
        return Follow(
            translation=translation @ key.translation,
            plane=plane @ key.plane,
            fits=(
                _fit(identity(), here, there),
                _fit(translation, here, there),
                _fit(plane, here, there),
            ),
        )


def _fit(motion: Matrix, here: NDArray[np.float64], there: NDArray[np.float64]) -> Fit:
    error = np.abs(moved(motion, here) - there).max(axis=1)
    inside = error[error <= SAME]
    return Fit(len(inside), float(np.median(inside)) if len(inside) else SAME)


def _model_of(follows: list[Follow]) -> Model:
    """The simplest model that explains a scene as well as any richer one does."""
    fits = [f.fits for f in follows if f.fits is not None]
    if not fits:
        return "static"
    still, shifted, turned = ([f[i] for f in fits] for i in range(3))
    if _explains(still, shifted, STILL_SHARE) and _explains(still, turned, STILL_SHARE):
        return "static"
    return "translation" if _explains(shifted, turned, MORE_POINTS) else "homography"


def _explains(simple: list[Fit], rich: list[Fit], share: float) -> bool:
    """Whether the simpler model does as well as the richer one, overall and on nearly all frames.

    Decided on the points of the whole scene, so that the noise of one frame does not turn a
    locked-off shot into a moving one.
    """
    if sum(f.count for f in simple) < share * sum(f.count for f in rich):
        return False
    if np.mean([f.error for f in simple]) > NEARER * np.mean([f.error for f in rich]) + NOISE:
        return False
    odd = [a.count < 0.5 * share * b.count - 3 for a, b in zip(simple, rich, strict=True)]
    return float(np.mean(odd)) <= ODD_FRAMES
