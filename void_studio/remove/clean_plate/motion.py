"""How the camera moved, measured on what the mattes leave free.

Points of a key frame are followed by pyramidal Lucas-Kanade from the key frame to every later one
directly, so errors do not add up from frame to frame; a new key frame is taken when too few of its
points are left. A *scene* is a run of frames that could be connected; a cut starts another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import Matrix, identity, moved, scaling, shift

Model = Literal["static", "translation", "homography"]
Gray = NDArray[np.uint8]
Points = NDArray[np.float32]

WORK_SIDE = 1280
"""Long side of the pictures motion is measured on; below this plates are measured as they are."""

MAX_POINTS = 500
MIN_POINTS = 12
KEEP_SHARE = 0.5
"""A new key frame is taken when fewer of its points than this are still followed."""

SAME = 0.6
"""Work pixels within which points count as moving together; about 5 sigma of Lucas-Kanade."""

MORE_POINTS = 0.85
"""A simpler model is kept when it explains at least this share of the points of a richer one."""

NEARER = 1.3
"""... and when the richer one does not bring them nearer by more than this factor ..."""

NOISE = 0.05
"""... and these work pixels, the error of following itself."""

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
        self._key: tuple[Gray, Points, Matrix, Matrix] | None = None
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
        self._key = (work, points, follow.translation, follow.plane)

    def _rekey_and_follow(self, work: Gray, free: NDArray[np.uint8]) -> Follow | None:
        assert self._previous is not None
        self._set_key(*self._previous)
        return self._follow(work, free, last_chance=True)

    def _follow(
        self, work: Gray, free: NDArray[np.uint8], *, last_chance: bool = False
    ) -> Follow | None:
        assert self._key is not None
        assert self._previous is not None
        key, points, key_translation, key_plane = self._key
        before = self._previous[2]
        if len(points) < MIN_POINTS:
            # A frame with nothing to follow (flat, or wholly covered) tells nothing: the camera is
            # taken to rest. It is no cut.
            return before if last_chance else None
        guess = moved(before.plane @ np.linalg.inv(key_plane), points.astype(np.float64))
        found, followed = follow_points(key, work, points, guess.astype(np.float32), free)
        needed = MIN_POINTS if last_chance else max(MIN_POINTS, KEEP_SHARE * len(points))
        if np.count_nonzero(followed) < needed:
            if last_chance and np.count_nonzero(free) < 0.02 * free.size:
                return before
            return None
        here, there = points[followed].astype(np.float64), found[followed].astype(np.float64)
        offset = common_shift(there - here)
        plane = plane_between(here, there, offset)
        near = np.abs(there - here - offset).max(axis=1) <= 4 * SAME
        if not last_chance and np.count_nonzero(near) < MIN_POINTS and plane is None:
            return None
        translation = shift(*offset)
        plane = translation if plane is None else plane
        return Follow(
            translation=translation @ key_translation,
            plane=plane @ key_plane,
            fits=(
                _fit(identity(), here, there),
                _fit(translation, here, there),
                _fit(plane, here, there),
            ),
        )


def good_points(work: Gray, free: NDArray[np.uint8]) -> Points:
    """Corners to follow, (N, 2), spread over the picture by a minimal distance."""
    distance = max(6.0, max(work.shape) / 70)
    points: Any = cv2.goodFeaturesToTrack(work, MAX_POINTS, 0.002, distance, mask=free, blockSize=5)
    if points is None:
        return np.zeros((0, 2), np.float32)
    return np.asarray(points.reshape(-1, 2), np.float32)


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


def plane_between(
    here: NDArray[np.float64], there: NDArray[np.float64], offset: NDArray[np.float64]
) -> Matrix | None:
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


def _fit(motion: Matrix, here: NDArray[np.float64], there: NDArray[np.float64]) -> Fit:
    error = np.abs(moved(motion, here) - there).max(axis=1)
    inside = error[error <= SAME]
    return Fit(len(inside), float(np.median(inside)) if len(inside) else SAME)


def _model_of(follows: list[Follow]) -> Model:
    """The simplest model that explains a scene as well as any richer one does."""
    fits = [f.fits for f in follows if f.fits is not None]
    if not fits:
        return "static"
    if _explains([f[0] for f in fits], [f[1] for f in fits]) and _explains(
        [f[0] for f in fits], [f[2] for f in fits]
    ):
        return "static"
    simple = _explains([f[1] for f in fits], [f[2] for f in fits])
    return "translation" if simple else "homography"


def _explains(simple: list[Fit], rich: list[Fit]) -> bool:
    """Whether the simpler model does as well as the richer one, overall and on nearly all frames.

    Decided on the points of the whole scene, so that the noise of one frame does not turn a
    locked-off shot into a moving one.
    """
    if sum(f.count for f in simple) < MORE_POINTS * sum(f.count for f in rich):
        return False
    if np.mean([f.error for f in simple]) > NEARER * np.mean([f.error for f in rich]) + NOISE:
        return False
    odd = [a.count < 0.5 * b.count - 3 for a, b in zip(simple, rich, strict=True)]
    return float(np.mean(odd)) <= ODD_FRAMES
