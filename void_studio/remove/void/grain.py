"""The plate's grain as it is: how strong, how coarse, how coloured, and how it follows brightness.

Grain is described by the spectrum of small calm blocks of the plate, with the covariance of the
channels at every frequency. Minus the spectrum of the same blocks in the model's enlarged picture
that is what the picture lacks: mostly the fine part, because the coarse part survived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.protocol import Picture

Floats = NDArray[np.float32]

BlockOf = Callable[[int, int], Floats]
"""From the left and top of a block to its BLOCK x BLOCK pixels, float32 (.., .., 3), 0 to 1."""

BLOCK = 32
BLOCKS = 600
"""Blocks looked at in one frame, on a lattice."""

CALM = 25
"""Percentile of the blocks' variance below which blocks are free of detail."""

TONES = 16
"""Ranges of brightness that are measured apart."""

FEWEST = 4
"""Blocks of one range of brightness that say something about it."""

MOST_GAIN = 2.0

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


class GrainSurvey:
    """Adds up what frames show; the order does not matter beyond rounding."""

    def __init__(self) -> None:
        self._plate = np.zeros((BLOCK, BLOCK, 3, 3))
        self._model = np.zeros((BLOCK, BLOCK, 3, 3))
        self._counts = [0, 0]
        self._variance = np.zeros(TONES)
        self._per_tone = np.zeros(TONES)

    def add(self, plate: Picture, free: NDArray[np.bool_], made: BlockOf | None) -> bool:
        """Measures one frame; False if it has no calm block.

        Args:
            plate: (h, w, 3), uint8 or uint16.
            free: bool (h, w): where the plate shows what the model was to leave alone.
            made: The model's enlarged picture of a block of it; None where there is none.
        """
        places = _free_places(free)
        if len(places) < FEWEST:
            return False
        full = float(np.iinfo(plate.dtype).max)
        cells = np.stack([plate[y : y + BLOCK, x : x + BLOCK] for x, y in places])
        blocks = np.asarray(cells.reshape(len(places), -1, 3) / full, np.float32)
        residual = _detrended(blocks)
        calm = self._calm(blocks, np.square(residual).mean(axis=(1, 2)))
        if not calm.any():
            return False
        # What rounding to the plate's own steps adds is no grain: the result is rounded too.
        rounding = np.eye(3) / full**2 / 12
        self._plate += _spectra(residual[calm]) - calm.sum() * rounding
        self._counts[0] += int(calm.sum())
        if made is not None:
            chosen = [places[i] for i in np.flatnonzero(calm)]
            same = np.stack([made(x, y) for x, y in chosen]).reshape(len(chosen), -1, 3)
            self._model += _spectra(_detrended(same))
            self._counts[1] += len(chosen)
        return True

    def _calm(self, blocks: Floats, variance: Floats) -> NDArray[np.bool_]:
        """The blocks that show grain and nothing else; counts how strong it is by brightness."""
        tones, clipped = _tones(blocks), _clipped(blocks)
        if clipped.all():
            return np.zeros(len(blocks), np.bool_)
        limit = 4.0 * float(np.percentile(variance[~clipped], CALM))
        calm = _calmest_by_tone(variance, tones) & (variance <= limit)
        np.add.at(self._variance, tones[calm], variance[calm])
        np.add.at(self._per_tone, tones[calm], 1)
        return calm & ~clipped

    def grain(self) -> Grain:
        """What the model's pictures lack of the plate's grain."""
        plate, model = (
            total / max(1, count)
            for total, count in zip((self._plate, self._model), self._counts, strict=True)
        )
        values, vectors = np.linalg.eigh(plate - model)
        positive = np.maximum(values, 0.0)
        lacking = np.einsum("...ik,...k,...jk->...ij", vectors, positive, vectors)
        return Grain(lacking.astype(np.float32), self._gain(plate))

    def _gain(self, plate: NDArray[np.float64]) -> Floats:
        known = self._per_tone >= FEWEST
        reference = float(np.trace(plate.mean(axis=(0, 1)))) / 3
        if not known.any() or reference <= 0:
            return np.ones(TONES, np.float32)
        sigma = np.sqrt(self._variance[known] / self._per_tone[known] / reference)
        gains = np.interp(np.arange(TONES), np.flatnonzero(known), np.minimum(sigma, MOST_GAIN))
        return gains.astype(np.float32)


class GrainField:
    """Grain for any frame, made on its own; the same seed gives the same grain."""

    def __init__(self, grain: Grain, seed: int) -> None:
        self._seed = seed
        self._any = bool(grain.spectrum.any())
        self._tile = _tile(grain.spectrum, seed) if self._any else None
        greys = (np.arange(256) + 0.5) / 256 * TONES - 0.5
        self._gain = np.interp(greys, np.arange(TONES), grain.gain).astype(np.float32)

    def added(self, index: int, picture: Floats, strength: float) -> Floats:
        """``picture``, float32 (h, w, 3) 0 to 1, with the grain of frame ``index`` over it."""
        if self._tile is None or strength == 0:
            return picture
        height, width = picture.shape[:2]
        down, across = np.random.default_rng([self._seed, index]).integers(TILE, size=2)
        noise = _wrapped(self._tile, int(down), int(across), (height, width))
        greys = np.clip(_brightness(picture) * 255, 0, 255).astype(np.uint8)
        gain = np.asarray(cv2.LUT(greys, self._gain * np.float32(strength)), np.float32)
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


def _free_places(free: NDArray[np.bool_]) -> list[tuple[int, int]]:
    height, width = free.shape
    places = [
        (x, y)
        for y in range(0, height - BLOCK + 1, BLOCK)
        for x in range(0, width - BLOCK + 1, BLOCK)
        if free[y : y + BLOCK, x : x + BLOCK].all()
    ]
    return places[:: max(1, len(places) // BLOCKS)]


def _brightness(values: Floats) -> Floats:
    return np.asarray(values @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def _tones(blocks: Floats) -> NDArray[np.int64]:
    means = _brightness(blocks.mean(axis=1))
    return np.clip((means * TONES).astype(np.int64), 0, TONES - 1)


def _clipped(blocks: Floats) -> NDArray[np.bool_]:
    """Blocks whose noise is cut off at black or white."""
    ends = ((blocks <= 0) | (blocks >= 1)).mean(axis=1)
    return np.asarray(ends.max(axis=1) > 0.01)


def _trends() -> Floats:
    y, x = np.mgrid[-1 : 1 : BLOCK * 1j, -1 : 1 : BLOCK * 1j].reshape(2, -1)
    return np.linalg.qr(np.stack([x**0, x, y, x * y, x * x, y * y], 1))[0].astype(np.float32)


_TREND = _trends()


def _detrended(blocks: Floats) -> Floats:
    """Blocks without their shading: less a plane and its squares."""
    shading = np.einsum("pk,nkc->npc", _TREND, np.einsum("pk,npc->nkc", _TREND, blocks))
    return np.asarray(blocks - shading, np.float32)


def _spectra(residual: Floats) -> NDArray[np.float64]:
    """The sum of the blocks' channel covariances per frequency, (BLOCK, BLOCK, 3, 3)."""
    waves = np.fft.fft2(residual.reshape(-1, BLOCK, BLOCK, 3), axes=(1, 2))
    sums = np.einsum("nyxi,nyxj->yxij", waves, waves.conj()).real
    return np.asarray(sums / BLOCK**2, np.float64)


def _calmest_by_tone(variance: Floats, tones: NDArray[np.int64]) -> NDArray[np.bool_]:
    calm = np.zeros(len(variance), np.bool_)
    for tone in np.unique(tones):
        here = tones == tone
        calm |= here & (variance <= np.percentile(variance[here], CALM))
    return calm
