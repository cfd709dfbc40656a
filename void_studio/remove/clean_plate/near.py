"""What the frames near one show of the pixels it hides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.background import BAND_PIXELS
from void_studio.remove.clean_plate.exposure import Exposure
from void_studio.remove.clean_plate.frames import Box, FrameWindow, Mask
from void_studio.remove.clean_plate.geometry import Matrix, moved_crop, shift
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.samples import Samples, combined, disagreement

Values = NDArray[np.float32]


@dataclass(frozen=True)
class NearFilling:
    """What a frame's neighbours show of it.

    Attributes:
        colours: float32 (h, w, 3) in the plate's values, 0 where nothing is known.
        known: bool (h, w).
        apart: float32 (h, w): by how much the samples of a pixel differ.
        lost: float32 (h, w): the share of the noise that averaging took away.
    """

    colours: Values
    known: Mask
    apart: Values
    lost: Values


@dataclass(frozen=True)
class Near:
    """The frames around the one that is refilled.

    Attributes:
        exposures: Of the scene's frames, in order.
        window: Holds all frames within reach.
        reach: How many frames either side are looked at.
        full: The plate's full scale.
    """

    scene: Scene
    exposures: list[Exposure]
    window: FrameWindow
    reach: int
    full: float

    def filling(self, index: int, wanted: Mask, box: Box, most: int) -> NearFilling:
        """What neighbours show of ``wanted`` at ``box``, from up to ``most`` samples a pixel."""
        height, width = wanted.shape
        result = NearFilling(
            np.zeros((height, width, 3), np.float32),
            np.zeros((height, width), bool),
            np.zeros((height, width), np.float32),
            np.zeros((height, width), np.float32),
        )
        rows = max(1, BAND_PIXELS // width)
        for top in range(0, height, rows):
            band = np.s_[top : min(top + rows, height)]
            here = wanted[band]
            if here.any():
                part = (box[0], box[1] + top, width, here.shape[0])
                samples = self._samples(index, here, part, most)
                colours, lost = combined(samples, self.full / 255.0)
                result.colours[band][here] = colours
                result.lost[band][here] = lost
                result.known[band][here] = samples.count > 0
                result.apart[band][here] = disagreement(samples)
        return result

    def one_side(
        self,
        index: int,
        to_frame: Callable[[int], Matrix | None],
        sign: int,
        box: Box,
        most: int,
    ) -> Samples:
        """The nearest samples before (-1) or after (1) of every pixel of ``box``.

        Args:
            to_frame: The motion from frame ``index`` to another; None where that is not known.
        """
        samples = Samples.empty(most, box[2] * box[3])
        for distance in range(1, self.reach + 1):
            other = index + sign * distance
            there = to_frame(other) if other in self.scene else None
            if there is not None:
                motion = np.asarray(np.linalg.inv(there), np.float64)
                self._add(samples, None, index, other, motion, box)
            if not samples.wanting.any():
                break
        return samples

    def exposure(self, source: int, target: int) -> Exposure:
        """What takes the brightness of frame ``source`` to that of ``target``."""
        first = self.scene.first
        return self.exposures[target - first].after(self.exposures[source - first].undone())

    def _samples(self, index: int, wanted: Mask, box: Box, most: int) -> Samples:
        chosen = np.flatnonzero(wanted)
        samples = Samples.empty(most, len(chosen))
        for distance in range(1, self.reach + 1):
            for other in (index - distance, index + distance):
                if other in self.scene:
                    motion = self.scene.to_target(other, index)
                    self._add(samples, chosen, index, other, motion, box)
            if not samples.wanting.any():
                break
        return samples

    def _add(
        self,
        samples: Samples,
        chosen: NDArray[np.int64] | None,
        index: int,
        other: int,
        motion: Matrix,
        box: Box,
    ) -> None:
        """Adds what frame ``other`` moved by ``motion`` shows of ``chosen`` places of ``box``."""
        motion = motion @ shift(*self.window.box[:2])
        shown = self._shown(other, motion, box).reshape(-1)
        shown = shown if chosen is None else shown[chosen]
        pixels = np.flatnonzero(shown & samples.wanting)
        if len(pixels):
            seen = moved_crop(self.window.picture(other), motion, box).reshape(-1, 3)
            places = pixels if chosen is None else chosen[pixels]
            values = self.exposure(other, index).applied(seen[places].astype(np.float32), self.full)
            samples.add(pixels, values, float(abs(other - index)))

    def _shown(self, other: int, motion: Matrix, box: Box) -> Mask:
        covered = self.window.covered(other)
        return np.asarray(moved_crop(covered, motion, box, outside=255, sampling="touch") == 0)
