"""The clean plate itself: the background of many frames in one picture, holes filled once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.clean_plate.exposure import Exposure
from void_studio.remove.clean_plate.frames import Mattes
from void_studio.remove.clean_plate.geometry import Matrix, moved_crop, shift
from void_studio.remove.clean_plate.inpaint import inpaint
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.plan import Part
from void_studio.remove.clean_plate.samples import Samples, combined
from void_studio.remove.protocol import Picture

BAND_PIXELS = 400_000


@dataclass(frozen=True)
class Background:
    """A clean plate: ``picture`` (h, w, 3) lies at ``part.box`` of frame ``part.reference``."""

    part: Part
    picture: Picture

    def seen_from(self, to_target: Matrix, box: tuple[int, int, int, int]) -> Picture:
        """The rectangle ``box`` of a frame; ``to_target`` moves the reference to it."""
        x, y = self.part.box[:2]
        return moved_crop(self.picture, to_target @ shift(x, y), box)


def build_background(
    part: Part,
    scene: Scene,
    exposures: list[Exposure],
    read: Callable[[int], Picture],
    mattes: Mattes,
    cancel: CancelToken,
    tell: Callable[[str], None],
) -> Background:
    """Makes the clean plate of a part: the robust mean of its anchors, the rest inpainted.

    Raises:
        VoidError: no frame shows any background.
    """
    width, height = part.box[2:]
    box = (0, 0, width, height)
    to_box = shift(-part.box[0], -part.box[1])
    pictures: list[Picture] = []
    shown: list[NDArray[np.bool_]] = []
    inside = np.zeros((height, width), bool)
    for anchor in part.anchors:
        cancel.check()
        tell("Building the clean plate")
        motion = to_box @ scene.to_target(anchor, part.reference)
        picture = read(anchor)
        covered = mattes.covered(anchor)
        plane = np.zeros(picture.shape[:2], np.uint8)
        beyond = moved_crop(plane, motion, box, outside=255, sampling="touch") > 0
        inside |= ~beyond
        if covered is not None:
            plane[covered] = 255
            beyond |= moved_crop(plane, motion, box, outside=255, sampling="touch") > 0
        pictures.append(np.ascontiguousarray(moved_crop(picture, motion, box)))
        shown.append(~beyond)
    seen = np.any(shown, axis=0) if shown else np.zeros((height, width), bool)
    if not seen.any():
        raise VoidError(
            "There is no background to fill with",
            f"The matte covers everything that frames {part.first} to {part.last} show",
            "Mark less, or include frames that show the background",
        )
    picture = _mean_of(pictures, shown, part, scene, exposures)
    cancel.check()
    tell("Filling what no frame shows")
    if not seen.all():
        picture = inpaint(picture, ~seen, seen & inside, cancel)
    return Background(part, picture)


def _mean_of(
    pictures: list[Picture],
    shown: list[NDArray[np.bool_]],
    part: Part,
    scene: Scene,
    exposures: list[Exposure],
) -> Picture:
    """The robust mean of what the anchors show, in bands of bounded memory; 0 where nothing is."""
    full = float(np.iinfo(pictures[0].dtype).max)
    result = np.zeros_like(pictures[0])
    height, width = result.shape[:2]
    rows = max(1, BAND_PIXELS // width)
    target = exposures[part.reference - scene.first]
    for top in range(0, height, rows):
        band = np.s_[top : min(top + rows, height)]
        samples = Samples.empty(len(pictures), result[band].size // 3)
        for anchor, picture, mask in zip(part.anchors, pictures, shown, strict=True):
            exposure = target.after(exposures[anchor - scene.first].undone())
            pixels = np.flatnonzero(mask[band])
            values = picture[band].reshape(-1, 3)[pixels].astype(np.float32)
            samples.add(pixels, exposure.applied(values, full), 1.0)
        mean = np.rint(np.clip(combined(samples, full / 255.0)[0], 0.0, full))
        result[band] = mean.reshape(result[band].shape).astype(result.dtype)
    return result
