"""The plate's own noise: how strong it is, and as much of it as a filling lacks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.protocol import Picture

Field = NDArray[np.float32]

LAPLACE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""Blind to planes; white noise of sigma 1 comes out with sigma 6 (Immerkaer, "Fast Noise Variance
Estimation", 1996)."""

BLOCK = 16
BLOCKS = 400
"""Blocks looked at in one frame, on a lattice."""

CALM = 25
"""Percentile of the blocks that is taken for free of detail."""


def noise_of(picture: Picture) -> tuple[float, float, float]:
    """Sigma of the noise per channel, in shares of full scale; 0 for tiny pictures."""
    height, width = picture.shape[:2]
    rows = np.arange(0, height - BLOCK - 1, BLOCK)
    columns = np.arange(0, width - BLOCK - 1, BLOCK)
    places = [(int(y), int(x)) for y in rows for x in columns]
    places = places[:: max(1, len(places) // BLOCKS)]
    if not places:
        return (0.0, 0.0, 0.0)
    sigmas = []
    for y, x in places:
        block = picture[y : y + BLOCK, x : x + BLOCK].astype(np.float32)
        detail = cv2.filter2D(block, -1, LAPLACE)[1:-1, 1:-1]
        # The mean of |x| of a Gaussian is 0.798 sigma.
        sigmas.append(np.abs(detail).mean(axis=(0, 1)) / (6.0 * 0.798))
    red, green, blue = np.percentile(sigmas, CALM, axis=0) / np.iinfo(picture.dtype).max
    return (float(red), float(green), float(blue))


@dataclass(frozen=True)
class Grain:
    """Noise for fillings.

    Attributes:
        sigma: Of every channel, in the plate's values; all 0 for none.
        seed: The same seed gives the same noise.
    """

    sigma: tuple[float, float, float]
    seed: int

    def of(self, index: int, lost: Field) -> Field:
        """What a filling of frame ``index`` lacks, float32 (h, w, 3).

        Args:
            lost: (h, w), 0 to 1: the share of the noise's variance that averaging took away.
        """
        if not any(self.sigma):
            return np.zeros((*lost.shape, 3), np.float32)
        random = np.random.default_rng([self.seed, index])
        noise = random.standard_normal((*lost.shape, 3), dtype=np.float32)
        sigma = np.array(self.sigma, np.float32)
        return np.asarray(noise * sigma * np.sqrt(lost)[..., None], np.float32)
