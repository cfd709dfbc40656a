"""What other frames show of the pixels this one hides, and what to make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.remove.composite import average, largest

Values = NDArray[np.float32]


@dataclass
class Samples:
    """Up to K samples of P pixels.

    Attributes:
        values: float32 (K, P, 3).
        distance: float32 (K, P), frames away in time, at least 1; 0 where there is no sample.
        count: int64 (P,), how many samples each pixel has; they fill the first places.
    """

    values: Values
    distance: NDArray[np.float32]
    count: NDArray[np.int64]

    @classmethod
    def empty(cls, most: int, pixels: int) -> Samples:
        return cls(
            np.zeros((most, pixels, 3), np.float32),
            np.zeros((most, pixels), np.float32),
            np.zeros(pixels, np.int64),
        )

    @property
    def wanting(self) -> NDArray[np.bool_]:
        """Pixels that have room for more samples."""
        return self.count < len(self.values)

    def add(self, pixels: NDArray[np.int64], values: Values, distance: float) -> None:
        """One more sample of each of ``pixels`` (indices); they must be ``wanting``."""
        place = self.count[pixels]
        self.values[place, pixels] = values
        self.distance[place, pixels] = distance
        self.count[pixels] += 1


def combined(samples: Samples, unit: float) -> tuple[Values, NDArray[np.float32]]:
    """One colour per pixel, float32 (P, 3), and the share of noise averaging took away, (P,).

    Both are 0 where there is no sample.

    Near samples weigh more, by the inverse square of their distance in time: where the scene is at
    rest this averages noise, where it changes the nearest sample decides. The mean is taken around
    the weighted median, and samples far from it (something passed by) count next to nothing.

    Args:
        unit: One 8-bit level in the units of the values.
    """
    depth = int(samples.count.max(initial=0))
    if depth == 0:
        return np.zeros((len(samples.count), 3), np.float32), np.zeros(
            len(samples.count), np.float32
        )
    values, distance = samples.values[:depth], samples.distance[:depth]
    has = distance > 0
    weights = np.where(has, 1.0 / np.square(np.maximum(distance, 1.0)), 0.0).astype(np.float32)
    if depth > 2:
        middle = _weighted_median(values, weights)
        away = largest(np.abs(values - middle))
        typical = float(np.median(away[has])) if has.any() else 0.0
        scale = np.float32(3.0 * typical + 2.0 * unit)
        weights = weights * np.exp(-np.square(away / scale))
    total = np.maximum(weights.sum(axis=0), 1e-12)
    mean = np.einsum("kp,kpc->pc", weights, values) / total[:, None]
    kept = np.square(weights).sum(axis=0) / np.square(total)
    lost = np.where(samples.count > 0, 1.0 - kept, 0.0)
    return np.asarray(mean, np.float32), np.asarray(lost, np.float32)


def disagreement(samples: Samples) -> NDArray[np.float32]:
    """How far apart the samples of each pixel are on average, (P,); 0 where there is but one."""
    depth = int(samples.count.max(initial=0))
    values = average(samples.values[:depth])
    has = samples.distance[:depth] > 0
    count = np.maximum(samples.count, 1)
    middle = np.where(has, values, 0.0).sum(axis=0) / count
    return np.asarray(np.where(has, np.abs(values - middle), 0.0).sum(axis=0) / count, np.float32)


def _weighted_median(values: Values, weights: NDArray[np.float32]) -> Values:
    """The sample (P, 3) in the weighted middle by brightness: a colour that was really there."""
    brightness = average(values)
    brightness[weights <= 0] = np.inf
    order = np.argsort(brightness, axis=0)
    running = np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0)
    chosen = np.argmax(running >= 0.5 * running[-1], axis=0)
    index = np.take_along_axis(order, chosen[None], axis=0)[0]
    return np.asarray(values[index, np.arange(values.shape[1])])
