"""A small palette of the colours and textures of a picture."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

COLOURS = 64
"""Entries of a palette."""

_SAMPLES = 12_000  # pixels a palette is made from: enough for 64 entries, fits in milliseconds
_CHROMA_WEIGHT = 1.6  # Lab as 8 bits squeezes chroma against lightness
_TEXTURE_WEIGHT = 12.0  # per doubling of the local contrast
_FEW = 100_000  # pixels; up to here comparing is quicker than making a table
_BLOCK = 1024  # pixels compared at once: too few for BLAS to wake its threads
_STEPS = (32, 32, 32, 8)  # how finely the look-up table divides L, a, b and texture


def features(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lightness, a, b and texture of each pixel: (H, W, 4) uint8.

    Texture is the local contrast of lightness on a logarithmic scale, so that a sharp surface is
    told from a blurred one of the same colour.
    """
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab)
    light = lab[..., 0].astype(np.float32)
    mean = cv2.blur(light, (5, 5))
    variance = cv2.blur(light * light, (5, 5)) - mean * mean
    texture = np.log2(1.0 + np.maximum(variance, 0.0)) * (32.0 / 2.0)
    smooth = np.clip(cv2.blur(texture, (5, 5)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([*cv2.split(lab), smooth]), np.uint8)


def _codes(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The table cell of each pixel. a and b are divided finely around grey, where pictures live."""
    light = pixels[..., 0].astype(np.int32) >> 3
    a = np.clip((pixels[..., 1].astype(np.int32) - 64) >> 2, 0, 31)
    b = np.clip((pixels[..., 2].astype(np.int32) - 64) >> 2, 0, 31)
    texture = np.minimum(pixels[..., 3].astype(np.int32) >> 4, 7)
    return np.asarray(((light * 32 + a) * 32 + b) * 8 + texture, np.int32)


def _scaled(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    weights = np.array([1.0, _CHROMA_WEIGHT, _CHROMA_WEIGHT, _TEXTURE_WEIGHT / 32.0], np.float32)
    return pixels.astype(np.float32) * weights


def _median_cut(points: NDArray[np.float32], parts: int) -> NDArray[np.int32]:
    """Labels from halving the widest box again and again: the same every time, unlike chance."""
    labels = np.zeros(len(points), np.int32)
    boxes = [np.arange(len(points))]
    worth = [_spread(points)]
    while len(boxes) < parts:
        widest = int(np.argmax(worth))
        box = boxes.pop(widest)
        worth.pop(widest)
        axis = int(np.argmax(np.ptp(points[box], axis=0)))
        order = box[np.argsort(points[box, axis], kind="stable")]
        middle = len(order) // 2
        if middle == 0:
            boxes.append(order)
            break
        for half in (order[:middle], order[middle:]):
            boxes.append(half)
            worth.append(_spread(points[half]))
    for label, box in enumerate(boxes):
        labels[box] = label
    return labels


def _spread(points: NDArray[np.float32]) -> float:
    """How much there is to gain from dividing these points."""
    return float(np.ptp(points, axis=0).max() * np.sqrt(len(points)))


class Palette:
    """Divides colours and textures into at most 64 entries, learnt from one picture."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """pixels: (N, 4) uint8 features, in a fixed order."""
        step = max(1, len(pixels) // _SAMPLES)
        samples = _scaled(pixels[::step])
        count = min(COLOURS, len(samples))
        labels = _median_cut(samples, count)
        count = int(labels.max()) + 1
        if count > 1:
            criteria = (cv2.TERM_CRITERIA_MAX_ITER, 6, 0.0)
            _, _, centres = cv2.kmeans(
                samples, count, labels, criteria, 1, cv2.KMEANS_USE_INITIAL_LABELS
            )
        else:
            centres = samples.mean(axis=0, keepdims=True)
        self._centres = centres.astype(np.float32)

    def entries(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The entry of each pixel: features (H, W, 4) uint8 -> (H, W) uint8."""
        if picture.shape[0] * picture.shape[1] < _FEW:
            return self._nearest(picture.reshape(-1, 4)).reshape(picture.shape[:2])
        return self._table[_codes(picture)]

    @cached_property
    def _table(self) -> NDArray[np.uint8]:
        """The entry of every cell of ``_codes``, for large pictures."""
        light, a, b, texture = np.indices(_STEPS, np.uint8).reshape(4, -1)
        cells = np.stack([light * 8 + 4, a * 4 + 66, b * 4 + 66, texture * 16 + 8], axis=-1)
        return self._nearest(cells)

    def _nearest(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The nearest entry for (N, 4) features."""
        lengths = np.square(self._centres).sum(axis=1)
        entries = np.empty(len(pixels), np.uint8)
        for first in range(0, len(pixels), _BLOCK):
            block = _scaled(pixels[first : first + _BLOCK])
            distances = lengths - 2 * (block @ self._centres.T)
            entries[first : first + _BLOCK] = distances.argmin(axis=1)
        return entries
