"""Grain like the plate's, for any frame on its own: as strong, as coarse, as coloured."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK = 32
"""Pixels along one side of the blocks that grain is described by."""

TONES = 16
"""Ranges of brightness whose grain differs."""

TILE = 1024
"""Pixels along one side of the periodic field that every frame's grain is cut from."""


@dataclass(frozen=True)
class Grain:
    """What a picture lacks.

    Attributes:
        spectrum: float32 (BLOCK, BLOCK, 3, 3), covariance of the channels per frequency in squared
            shares of full scale; the mean over the frequencies is that of the pixels.
        gain: float32 (TONES,), the grain's strength by brightness; 1 is that of ``spectrum``.
    """

    spectrum: Floats
    gain: Floats

    @property
    def sigma(self) -> tuple[float, float, float]:
        """Of every channel, in shares of full scale."""
        variance = np.diagonal(self.spectrum.mean(axis=(0, 1)))
        red, green, blue = np.sqrt(np.maximum(variance, 0))
        return float(red), float(green), float(blue)


class GrainField:
    """Grain for any frame, made on its own; the same seed gives the same grain.

    ``strength`` 1 is all that is lacking, 0 none.
    """

    def __init__(self, grain: Grain, seed: int, strength: float) -> None:
        self._seed = seed
        wanted = strength > 0 and bool(grain.spectrum.any())
        self._tile = _tile(grain.spectrum, seed) if wanted else None
        greys = (np.arange(256) + 0.5) / 256 * TONES - 0.5
        gain = strength * np.interp(greys, np.arange(TONES), grain.gain)
        self._gain = gain.astype(np.float32)

    def added(self, index: int, picture: Floats) -> Floats:
        """``picture``, float32 (h, w, 3) 0 to 1, with the grain of frame ``index`` over it."""
        if self._tile is None:
            return picture
        height, width = picture.shape[:2]
        down, across = np.random.default_rng([self._seed, index]).integers(TILE, size=2)
        noise = _wrapped(self._tile, int(down), int(across), (height, width))
        greys = np.clip(brightness(picture) * 255, 0, 255).astype(np.uint8)
        gain = np.asarray(cv2.LUT(greys, self._gain), np.float32)
        noise *= gain[..., None]
        return np.asarray(np.add(noise, picture, out=noise))


def _tile(spectrum: Floats, seed: int) -> Floats:
    values, vectors = np.linalg.eigh(spectrum.astype(np.float64))
    root = np.einsum("...ik,...k,...jk->...ij", vectors, np.sqrt(np.maximum(values, 0)), vectors)
    # The filter of a block, its middle at the corner, on a larger periodic field.
    kernel = np.fft.ifft2(root, axes=(0, 1)).real
    place = np.arange(BLOCK)
    place = np.where(place < BLOCK // 2, place, place - BLOCK)
    filters = np.zeros((TILE, TILE, 3, 3), np.float32)
    filters[np.ix_(place, place)] = kernel
    white = np.random.default_rng(seed).standard_normal((TILE, TILE, 3), dtype=np.float32)
    transformed = np.fft.rfft2(white, axes=(0, 1))
    result = np.empty((TILE, TILE, 3), np.float32)
    for channel in range(3):
        response = np.fft.rfft2(filters[..., channel, :], axes=(0, 1))
        mixed = (response * transformed).sum(axis=2)
        result[..., channel] = np.fft.irfft2(mixed, s=(TILE, TILE))
    return result


def _wrapped(tile: Floats, down: int, across: int, shape: tuple[int, int]) -> Floats:
    rows = (np.arange(shape[0]) + down) % TILE
    columns = (np.arange(shape[1]) + across) % TILE
    return np.asarray(tile.take(rows, axis=0).take(columns, axis=1))


def brightness(values: Floats) -> Floats:
    """Luma (Rec. 709 weights) of (..., 3)."""
    return np.asarray(values @ np.array([0.2126, 0.7152, 0.0722], np.float32))
