"""The plate's grain measured: its spectrum, and how it follows brightness.

Grain is described by the spectrum of small calm blocks of the plate, with the covariance of the
channels at every frequency. Minus the spectrum of the same blocks in the model's enlarged picture
that is what the picture lacks: mostly the fine part, because the coarse part survived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.remove.protocol import Picture
from void_studio.remove.void.finish.grain import BLOCK, TONES, Grain, brightness

Floats = NDArray[np.float32]
Places = list[tuple[int, int]]

BLOCKS = 600
"""Blocks looked at in one frame, on a lattice."""

CALM = 25
"""Percentile of the blocks' variance at which blocks are free of detail."""

SCATTER = 1.3
"""How much the variance of equally grainy blocks differs: what is a little above is calm too, as
the calmest alone would be calmer than the plate is."""

FEWEST = 4
"""Blocks of one range of brightness that say something about it."""

MOST_GAIN = 2.0

HALVED = np.float32(0.5**0.5)
"""The difference of two frames has twice the variance of one."""


@dataclass(frozen=True)
class Shown:
    """What there is of one frame.

    Attributes:
        plate: (h, w, 3), uint8 or uint16.
        free: bool (h, w): where the plate shows what the model was to leave alone.
        made: Makes the model's enlarged picture of the same place, float32 (h, w, 3), 0 to 1;
            None where there is none.
    """

    plate: Picture
    free: NDArray[np.bool_]
    made: Callable[[], Floats] | None = None

    @property
    def rounding(self) -> float:
        """The variance that the plate's own steps add: no grain, as the result is rounded too."""
        return 1 / 12 / float(np.iinfo(self.plate.dtype).max) ** 2

    def blocks(self, places: Places) -> Floats:
        """The plate's blocks at these lefts and tops, float32 (n, BLOCK * BLOCK, 3), 0 to 1."""
        full = float(np.iinfo(self.plate.dtype).max)
        return np.asarray(_cut(self.plate, places) / full, np.float32)

    def made_blocks(self, places: Places) -> Floats:
        """The model's, likewise; there must be some."""
        assert self.made is not None
        return np.asarray(_cut(self.made(), places), np.float32)


class GrainSurvey:
    """Adds up what frames show; the order does not matter beyond rounding."""

    def __init__(self) -> None:
        self._plate = np.zeros((BLOCK, BLOCK, 3, 3))
        self._model = np.zeros((BLOCK, BLOCK, 3, 3))
        self._counts = [0, 0]
        self._variance = np.zeros(TONES)
        self._per_tone = np.zeros(TONES)

    def add(self, shown: Shown, before: Shown | None = None) -> bool:
        """Measures one frame; False if it has no calm block.

        ``before`` is the frame before it, of the same place. Where the two differ less than the
        picture itself varies, what differs is measured: that is free of texture that stays.
        """
        free = shown.free if before is None else shown.free & before.free
        places = _free_places(free)
        if len(places) < FEWEST:
            return False
        blocks = shown.blocks(places)
        tones, clipped = _tones(blocks), _clipped(blocks)
        residual = _detrended(blocks)
        still = np.zeros(len(places), np.bool_)
        if before is not None:
            change = _detrended((blocks - before.blocks(places)) * HALVED)
            still = np.square(change).mean(axis=(1, 2)) < np.square(residual).mean(axis=(1, 2))
            residual = np.where(still[:, None, None], change, residual)
        calm = self._calm(residual, tones, clipped, shown.rounding)
        if not calm.any():
            return False
        self._plate += _spectra(residual[calm]) - calm.sum() * shown.rounding * np.eye(3)
        self._counts[0] += int(calm.sum())
        if shown.made is not None:
            self._model += _spectra(_made_residual(shown, before, places, calm, still))
            self._counts[1] += int(calm.sum())
        return True

    def _calm(
        self,
        residual: Floats,
        tones: NDArray[np.int64],
        clipped: NDArray[np.bool_],
        rounding: float,
    ) -> NDArray[np.bool_]:
        """The blocks that show grain and nothing else; notes how strong it is by brightness."""
        if clipped.all():
            return clipped ^ True
        variance = np.square(residual).mean(axis=(1, 2))
        limit = 4.0 * float(np.percentile(variance[~clipped], CALM))
        calm = _calmest_by_tone(variance, tones) & (variance <= limit)
        np.add.at(self._variance, tones[calm], np.maximum(variance[calm] - rounding, 0))
        np.add.at(self._per_tone, tones[calm], 1)
        return np.asarray(calm & ~clipped)

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


def _made_residual(
    shown: Shown,
    before: Shown | None,
    places: Places,
    calm: NDArray[np.bool_],
    still: NDArray[np.bool_],
) -> Floats:
    """The model's blocks measured as the plate's calm ones were."""
    chosen = [place for place, wanted in zip(places, calm, strict=True) if wanted]
    blocks = shown.made_blocks(chosen)
    if before is None:
        return _detrended(blocks)
    change = (blocks - before.made_blocks(chosen)) * HALVED
    return _detrended(np.where(still[calm][:, None, None], change, blocks))


def _cut(picture: NDArray[Any], places: Places) -> NDArray[Any]:
    cells = [picture[y : y + BLOCK, x : x + BLOCK] for x, y in places]
    return np.stack(cells).reshape(len(places), -1, 3)


def _free_places(free: NDArray[np.bool_]) -> Places:
    height, width = free.shape
    places = [
        (x, y)
        for y in range(0, height - BLOCK + 1, BLOCK)
        for x in range(0, width - BLOCK + 1, BLOCK)
        if free[y : y + BLOCK, x : x + BLOCK].all()
    ]
    return places[:: max(1, len(places) // BLOCKS)]


def _tones(blocks: Floats) -> NDArray[np.int64]:
    means = brightness(blocks.mean(axis=1))
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
    return np.asarray(blocks - _TREND @ (_TREND.T @ blocks), np.float32)


def _spectra(residual: Floats) -> NDArray[np.float64]:
    """The sum of the blocks' channel covariances per frequency, (BLOCK, BLOCK, 3, 3)."""
    waves = np.fft.fft2(residual.reshape(-1, BLOCK, BLOCK, 3), axes=(1, 2))
    sums = np.einsum("nyxi,nyxj->yxij", waves, waves.conj()).real
    return np.asarray(sums / BLOCK**2, np.float64)


def _calmest_by_tone(variance: Floats, tones: NDArray[np.int64]) -> NDArray[np.bool_]:
    calm = np.zeros(len(variance), np.bool_)
    for tone in np.unique(tones):
        here = tones == tone
        calm |= here & (variance <= SCATTER * np.percentile(variance[here], CALM))
    return calm
