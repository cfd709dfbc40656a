"""The first pass over a shot: what is marked, how the camera moves, how bright the frames are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken, Reporter
from void_studio.remove.clean_plate.exposure import Exposure, Thumb, match, thumb
from void_studio.remove.clean_plate.frames import Box, Mattes
from void_studio.remove.clean_plate.motion import MotionMeter, Scene
from void_studio.remove.clean_plate.plan import small_mask
from void_studio.remove.clean_plate.settings import CleanPlateSettings
from void_studio.remove.composite import bounding_box
from void_studio.remove.protocol import Picture, RemoveRequest


@dataclass
class Analysis:
    """What the first pass found.

    Attributes:
        size: Width and height of the plate.
        scenes: Runs of frames that see one another, in order.
        exposures: By plate index.
        boxes: The marked rectangle, not grown, of every frame that has one.
        covered: Small covered masks of those frames; see ``plan.small_mask``.
    """

    size: tuple[int, int]
    scenes: list[Scene] = field(default_factory=list)
    exposures: dict[int, Exposure] = field(default_factory=dict)
    boxes: dict[int, Box] = field(default_factory=dict)
    covered: dict[int, NDArray[np.uint8]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Everything but the masks, which are cheap to read again."""
        return {
            "scenes": [
                {**asdict(s), "to_first": [m.tolist() for m in s.to_first]} for s in self.scenes
            ],
            "exposures": {str(i): asdict(e) for i, e in self.exposures.items()},
        }

    def restore(self, value: dict[str, Any]) -> None:
        self.scenes = [
            Scene(s["first"], s["last"], s["model"], [np.array(m) for m in s["to_first"]])
            for s in value["scenes"]
        ]
        self.exposures = {
            int(i): Exposure(tuple(e["gain"]), tuple(e["offset"]))
            for i, e in value["exposures"].items()
        }


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
    meter = MotionMeter(analysis.size, None if settings.motion == "auto" else settings.motion)
    thumbs: list[Thumb] = []
    for index in range(first, last + 1):
        cancel.check()
        reporter.progress(index - first, total, "Measuring the camera")
        picture = request.plate.read(index)
        meter.add(index, _gray(picture), analysis.covered.get(index))
        thumbs.append(thumb(picture))
    analysis.scenes = meter.scenes()
    for scene in analysis.scenes:
        scene_thumbs = thumbs[scene.first - first : scene.last - first + 1]
        frames = range(scene.first, scene.last + 1)
        if settings.exposure:
            free = [_free(analysis.covered.get(i), scene_thumbs[0].shape[:2]) for i in frames]
            exposures = match(scene, scene_thumbs, free, analysis.size)
        else:
            exposures = [Exposure()] * len(frames)
        analysis.exposures.update(zip(frames, exposures, strict=True))


def _gray(picture: Picture) -> NDArray[np.uint8]:
    if picture.dtype == np.uint16:
        deep = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        return np.asarray(cv2.convertScaleAbs(deep, alpha=1 / 257), np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _free(covered: NDArray[np.uint8] | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if covered is None:
        return np.ones(shape[:2], bool)
    small = cv2.resize(covered, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(small == 0)
