"""One frame refilled: near samples first, the clean plate for the rest, no seam at the matte."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.background import BAND_PIXELS, Background
from void_studio.remove.clean_plate.exposure import Exposure
from void_studio.remove.clean_plate.frames import Box, FrameWindow, Mask
from void_studio.remove.clean_plate.geometry import moved_crop, shift
from void_studio.remove.clean_plate.membrane import seam_correction
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.samples import Samples, combined
from void_studio.remove.protocol import Picture

Values = NDArray[np.float32]


def ring_width(size: tuple[int, int]) -> int:
    """Pixels of plate around a matte that a filling is fitted to: 6 at 720 lines."""
    return max(3, round(min(size) / 120))


@dataclass(frozen=True)
class Refiller:
    """What refilling the frames of one scene needs.

    Attributes:
        exposures: Of the scene's frames, in order.
        backgrounds: The scene's clean plates.
        window: The frames within reach, already read when a frame is refilled.
        reach: How many frames either side are looked at.
        samples: How many samples of a pixel are combined.
        ring: Pixels of plate around a matte that a filling is fitted to.
    """

    scene: Scene
    exposures: list[Exposure]
    backgrounds: list[Background]
    window: FrameWindow
    reach: int
    samples: int
    ring: int

    def refill(self, index: int, plate: Picture, hole: Mask, box: Box) -> tuple[Picture, float]:
        """``plate`` of rectangle ``box`` with ``hole`` refilled.

        Also returns how far filling and plate are typically apart around the hole, in 8-bit
        levels; 0 if no other frame shows what is around it.

        Args:
            plate: (h, w, 3), the rectangle of frame ``index``.
            hole: bool (h, w), what to refill.
        """
        full = float(np.iinfo(plate.dtype).max)
        unit = full / 255.0
        around = _widened(hole, self.ring) & ~hole
        source = plate.astype(np.float32)
        filled, known = self._from_near(index, hole | around, box, full)
        seam = around & known
        correction = seam_correction(source - filled, seam, self.ring / 2, unit)
        result = np.where(hole[..., None], filled + correction, source)
        unknown = hole & ~known
        if unknown.any():
            result = self._from_afar(index, result, unknown, hole | around, box, full)
        result = np.rint(np.clip(result, 0.0, full)).astype(plate.dtype)
        apart = np.abs(source - filled - correction).max(axis=2)[seam] / unit
        noise = float(np.median(apart)) if len(apart) else 0.0
        return np.where(hole[..., None], result, plate), noise

    def _from_near(self, index: int, wanted: Mask, box: Box, full: float) -> tuple[Values, Mask]:
        """What frames within reach show of ``wanted``: colours (h, w, 3), and where."""
        height, width = wanted.shape
        result = np.zeros((height, width, 3), np.float32)
        known = np.zeros((height, width), bool)
        rows = max(1, BAND_PIXELS // width)
        for top in range(0, height, rows):
            band = np.s_[top : min(top + rows, height)]
            if not wanted[band].any():
                continue
            part = (box[0], box[1] + top, width, wanted[band].shape[0])
            samples = self._samples(index, wanted[band], part, full)
            result[band][wanted[band]] = combined(samples, full / 255.0)
            known[band][wanted[band]] = samples.count > 0
        return result, known

    def _samples(self, index: int, wanted: Mask, box: Box, full: float) -> Samples:
        chosen = np.flatnonzero(wanted)
        samples = Samples.empty(self.samples, len(chosen))
        left, top = self.window.box[:2]
        target = self.exposures[index - self.scene.first]
        for distance in range(1, self.reach + 1):
            for other in (index - distance, index + distance):
                if other not in self.scene:
                    continue
                motion = self.scene.to_target(other, index) @ shift(left, top)
                shown = self._shown(other, motion, box).reshape(-1)[chosen]
                pixels = np.flatnonzero(shown & samples.wanting)
                if not len(pixels):
                    continue
                seen = moved_crop(self.window.picture(other), motion, box).reshape(-1, 3)
                values = seen[chosen[pixels]].astype(np.float32)
                exposure = target.after(self.exposures[other - self.scene.first].undone())
                samples.add(pixels, exposure.applied(values, full), float(distance))
            if not samples.wanting.any():
                break
        return samples

    def _shown(self, other: int, motion: NDArray[np.float64], box: Box) -> Mask:
        covered = self.window.covered(other)
        _, _, width, height = self.window.box
        plane = np.zeros((height, width), np.uint8)
        if covered is not None:
            plane[covered] = 255
        return np.asarray(moved_crop(plane, motion, box, outside=255, sampling="touch") == 0)

    def _from_afar(
        self, index: int, picture: Values, hole: Mask, trusted: Mask, box: Box, full: float
    ) -> Values:
        background = next(b for b in self.backgrounds if b.part.first <= index <= b.part.last)
        motion = self.scene.to_target(background.part.reference, index)
        seen = background.seen_from(motion, box).astype(np.float32)
        first = self.scene.first
        exposure = self.exposures[index - first].after(
            self.exposures[background.part.reference - first].undone()
        )
        seen = exposure.applied(seen, full)
        seam = _widened(hole, self.ring) & ~hole & trusted
        correction = seam_correction(picture - seen, seam, self.ring / 2, full / 255.0)
        return np.where(hole[..., None], seen + correction, picture)


def _widened(mask: Mask, pixels: int) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
