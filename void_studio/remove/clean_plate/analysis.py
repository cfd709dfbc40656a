"""The first pass over a shot: what is marked, how the camera moves, how bright the frames are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken, Reporter
from void_studio.remove.clean_plate.checkpoints import Checkpoints
from void_studio.remove.clean_plate.exposure import Exposure, Thumb, match, thumb
from void_studio.remove.clean_plate.frames import Box, Mattes
from void_studio.remove.clean_plate.grain import noise_of
from void_studio.remove.clean_plate.motion import MotionMeter, Scene
from void_studio.remove.clean_plate.plan import Coverage, small_mask, small_scaling, small_size
from void_studio.remove.clean_plate.settings import CleanPlateSettings
from void_studio.remove.clean_plate.tracks import Tracker, Tracks
from void_studio.remove.clean_plate.trust import Plane, changed, passing
from void_studio.remove.composite import bounding_box
from void_studio.remove.protocol import Picture, RemoveRequest


@dataclass
class Analysis:
    """What the first pass found.

    Attributes:
        size: Width and height of the plate.
        boxes: The marked rectangle, not grown, of every frame that has one.
        covered: Small covered masks of those frames, and what is not to be trusted on any.
        scenes: Runs of frames that see one another, in order.
        exposures: By plate index.
        untrusted: Small masks; see ``trust.passing``.
        tracks: Points that move past the background.
        noise: Sigma per channel in shares of full scale; measured only if grain is wanted.
    """

    size: tuple[int, int]
    boxes: dict[int, Box] = field(default_factory=dict)
    covered: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    scenes: list[Scene] = field(default_factory=list)
    exposures: dict[int, Exposure] = field(default_factory=dict)
    untrusted: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    tracks: Tracks = field(default_factory=Tracks)
    noise: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def save(self, store: Checkpoints) -> None:
        """Keeps what was measured; the masks themselves are cheap to read again."""
        shape = (0, small_size(self.size)[1], small_size(self.size)[0])
        masks = np.array(list(self.untrusted.values()), np.uint8).reshape(-1, *shape[1:])
        store.save_array("untrusted", np.packbits(masks > 0, axis=2))
        store.save_array("tracks", self.tracks.packed())
        scenes = [{**asdict(s), "to_first": [m.tolist() for m in s.to_first]} for s in self.scenes]
        store.save(
            "analysis",
            {
                "scenes": scenes,
                "exposures": {str(i): asdict(e) for i, e in self.exposures.items()},
                "untrusted": list(self.untrusted),
                "noise": self.noise,
            },
        )

    def restore(self, store: Checkpoints) -> bool:
        """Takes what was kept; False if nothing was."""
        value, packed = store.load("analysis"), store.load_array("untrusted")
        tracks = store.load_array("tracks")
        if value is None or packed is None or tracks is None:
            return False
        self.tracks = Tracks.unpacked(tracks)
        self.noise = tuple(value["noise"])
        self.scenes = [
            Scene(s["first"], s["last"], s["model"], [np.array(m) for m in s["to_first"]])
            for s in value["scenes"]
        ]
        self.exposures = {
            int(i): Exposure(tuple(e["gain"]), tuple(e["offset"]))
            for i, e in value["exposures"].items()
        }
        masks = np.unpackbits(packed, axis=2, count=small_size(self.size)[0]) * np.uint8(255)
        self.untrusted = dict(zip(value["untrusted"], masks, strict=True))
        return True


def read_mattes(
    analysis: Analysis, request: RemoveRequest, mattes: Mattes, cancel: CancelToken
) -> None:
    """Finds what is marked on every frame of the range."""
    for index in range(request.frames[0], request.frames[1] + 1):
        cancel.check()
        marked = mattes.marked(index)
        if marked is not None:
            box = bounding_box(marked)
            assert box is not None
            analysis.boxes[index] = box
            analysis.covered[index] = small_mask(mattes.grown(marked))


def measure(
    analysis: Analysis,
    request: RemoveRequest,
    settings: CleanPlateSettings,
    reporter: Reporter,
    cancel: CancelToken,
    total: int,
) -> None:
    """Measures motion and brightness, reading every frame once."""
    first, last = request.frames
    size = analysis.size
    meter = MotionMeter(size, None if settings.motion == "auto" else settings.motion)
    thumbs: list[Thumb] = []
    noises: list[tuple[float, float, float]] = []
    moving: dict[int, NDArray[np.uint8]] = {}
    before: NDArray[np.uint8] | None = None
    to_small = small_scaling(size)
    tracker = Tracker(meter.from_work)
    nearby = _nearby(analysis, small_size(size))
    for index in range(first, last + 1):
        cancel.check()
        reporter.progress(index - first, total, "Measuring the camera")
        picture = request.plate.read(index)
        gray = _gray(picture)
        meter.add(index, gray, analysis.covered.get(index))
        thumbs.append(thumb(picture))
        if settings.grain > 0:
            noises.append(noise_of(picture))
        small = cv2.resize(gray, small_size(size), interpolation=cv2.INTER_AREA).astype(np.uint8)
        step = meter.step()
        if before is None or step is None:
            tracker.cut()
        else:
            moving[index] = changed(before, small, to_small @ step @ np.linalg.inv(to_small))
            work, free = meter.work
            tracker.add(index, work, free, _near(moving[index], nearby, work))
        before = small
    analysis.scenes = meter.scenes()
    analysis.tracks = tracker.tracks
    if noises:
        red, green, blue = np.median(noises, axis=0)
        analysis.noise = (float(red), float(green), float(blue))
    for scene in analysis.scenes:
        frames = range(scene.first, scene.last + 1)
        if settings.exposure:
            scene_thumbs = thumbs[scene.first - first : scene.last - first + 1]
            open_masks = [_free(analysis.covered.get(i), scene_thumbs[0].shape[:2]) for i in frames]
            exposures = match(scene, scene_thumbs, open_masks, size)
        else:
            exposures = [Exposure()] * len(frames)
        analysis.exposures.update(zip(frames, exposures, strict=True))
        analysis.untrusted.update(passing(Coverage(scene, size, analysis.covered), moving))


def _gray(picture: Picture) -> NDArray[np.uint8]:
    if picture.dtype == np.uint16:
        deep = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        return np.asarray(cv2.convertScaleAbs(deep, alpha=1 / 257), np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _nearby(analysis: Analysis, small: tuple[int, int]) -> Plane:
    """Where a thing must move to matter: around what is ever covered; small, 0/255."""
    union = np.zeros((small[1], small[0]), np.uint8)
    for mask in analysis.covered.values():
        union |= mask
    reach = max(small) // 6
    return cv2.dilate(union, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)).astype(np.uint8)


def _near(moving: Plane, nearby: Plane, work: Plane) -> Plane:
    """Where points are worth following, at the size of ``work``."""
    size = (work.shape[1], work.shape[0])
    both = cv2.resize(cv2.bitwise_and(moving, nearby), size, interpolation=cv2.INTER_NEAREST)
    return both.astype(np.uint8)


def _free(covered: NDArray[np.uint8] | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if covered is None:
        return np.ones(shape[:2], bool)
    small = cv2.resize(covered, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small == 0)
