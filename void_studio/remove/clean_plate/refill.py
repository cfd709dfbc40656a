"""One frame refilled: near samples first, the clean plate for the rest, no seam at the matte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.background import BAND_PIXELS, Background
from void_studio.remove.clean_plate.exposure import Exposure
from void_studio.remove.clean_plate.frames import Box, FrameWindow, Mask
from void_studio.remove.clean_plate.geometry import Matrix, moved_crop, shift
from void_studio.remove.clean_plate.labels import NEVER_SEEN, chosen, explanations
from void_studio.remove.clean_plate.layers import Layer, layers_near
from void_studio.remove.clean_plate.membrane import seam_correction
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.samples import Samples, combined
from void_studio.remove.clean_plate.tracks import Tracks
from void_studio.remove.protocol import Picture

Values = NDArray[np.float32]

SIDE_SAMPLES = 3
"""Samples looked at before and after where things move."""


def ring_width(size: tuple[int, int]) -> int:
    """Pixels of plate around a matte that a filling is fitted to: 6 at 720 lines."""
    return max(3, round(min(size) / 120))


@dataclass(frozen=True)
class Refiller:
    """What refilling the frames of one scene needs.

    Attributes:
        exposures: Of the scene's frames, in order.
        backgrounds: The scene's clean plates.
        tracks: Of what moves past the background.
        window: The frames within reach, already read when a frame is refilled.
        reach: How many frames either side are looked at.
        samples: How many samples of a pixel are combined.
        ring: Pixels of plate around a matte that a filling is fitted to.
    """

    scene: Scene
    exposures: list[Exposure]
    backgrounds: list[Background]
    window: FrameWindow
    tracks: Tracks
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
        layers = layers_near(self.tracks, self.scene, index, box)
        if layers:
            filled, known = self._with_layers(index, layers, source, filled, known, hole, box, full)
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

    def _with_layers(
        self,
        index: int,
        layers: list[Layer],
        plate: Values,
        filled: Values,
        known: Mask,
        hole: Mask,
        box: Box,
        full: float,
    ) -> tuple[Values, Mask]:
        """The near filling, and where things moved behind the matte what they look like now."""
        unit = np.float32(full / 255.0)
        motions = [self._background_motion(index), *[layer.to_frame for layer in layers]]
        options = []
        for to_frame in motions:
            before, after = (self._one_side(index, to_frame, s, box, full) for s in (-1, 1))
            options += explanations(before, after, hole.shape)
        picked = chosen(options, plate / unit, ~hole)[None].astype(np.int64)
        colours = np.array([option.colours for option in options])
        layered = np.take_along_axis(colours, picked[..., None], axis=0)[0]
        costs = np.array([option.cost for option in options])
        seen = np.take_along_axis(costs, picked, axis=0)[0] < NEVER_SEEN
        # What is at rest keeps the mean of more samples.
        layered_here = seen & (picked[0] > 0)
        result = np.where(layered_here[..., None], layered * unit, filled)
        return result, known | layered_here

    def _background_motion(self, index: int) -> Callable[[int], Matrix | None]:
        return lambda other: self.scene.to_target(index, other)

    def _one_side(
        self, index: int, to_frame: Callable[[int], Matrix | None], sign: int, box: Box, full: float
    ) -> Samples:
        """The nearest samples before (-1) or after (1) of every pixel of ``box``, 8-bit levels."""
        _, _, width, height = box
        samples = Samples.empty(SIDE_SAMPLES, width * height)
        target = self.exposures[index - self.scene.first]
        corner = shift(*self.window.box[:2])
        for distance in range(1, self.reach + 1):
            other = index + sign * distance
            if other not in self.scene:
                break
            there = to_frame(other)
            if there is None:
                continue
            motion = np.asarray(np.linalg.inv(there), np.float64) @ corner
            pixels = np.flatnonzero(self._shown(other, motion, box).reshape(-1) & samples.wanting)
            if len(pixels):
                seen = moved_crop(self.window.picture(other), motion, box).reshape(-1, 3)
                exposure = target.after(self.exposures[other - self.scene.first].undone())
                values = exposure.applied(seen[pixels].astype(np.float32), full)
                samples.add(pixels, values * np.float32(255.0 / full), float(distance))
            if not samples.wanting.any():
                break
        return samples

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
