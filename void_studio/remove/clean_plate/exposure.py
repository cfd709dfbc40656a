"""How bright each frame is against the others, measured on what the mattes leave free."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.geometry import moved_crop, scaling
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.protocol import Picture

THUMB_SIDE = 96
"""Long side of the pictures brightness is compared on: small enough to average noise away."""

NOTICEABLE = 0.35
"""8-bit levels; a match that brings two frames no nearer than this is not worth making."""

ALIKE = 3.0
"""8-bit levels within which matched colours count as the same."""

MOSTLY = 0.4
"""Share of the background a match must explain; less is a thing that moved, not the light."""

FLAT = 4.0
"""8-bit levels of contrast below which a gain cannot be told from an offset."""

GAINS = (0.2, 5.0)

Thumb = NDArray[np.float32]


@dataclass(frozen=True)
class Exposure:
    """``value = gain * scene + offset`` per channel; the offset in shares of full scale."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def after(self, other: Exposure) -> Exposure:
        """This exposure of what ``other`` already exposed."""
        pairs = list(zip(self.gain, self.offset, other.gain, other.offset, strict=True))
        gain = [a * c for a, _, c, _ in pairs]
        offset = [a * d + b for a, b, _, d in pairs]
        return Exposure((gain[0], gain[1], gain[2]), (offset[0], offset[1], offset[2]))

    def undone(self) -> Exposure:
        """The exposure that takes this one back."""
        gain = [1.0 / g for g in self.gain]
        offset = [-o / g for g, o in zip(self.gain, self.offset, strict=True)]
        return Exposure((gain[0], gain[1], gain[2]), (offset[0], offset[1], offset[2]))

    def applied(self, values: NDArray[np.float32], full: float) -> NDArray[np.float32]:
        """``values`` (..., 3) of 0 to ``full``, exposed; not clipped."""
        if self == Exposure():
            return values
        gain, offset = np.array(self.gain, np.float32), np.array(self.offset, np.float32)
        return np.asarray(values * gain + offset * np.float32(full))


def thumb(picture: Picture) -> Thumb:
    """A small copy of a frame in 8-bit levels, float32 (h, w, 3)."""
    height, width = picture.shape[:2]
    factor = min(1.0, THUMB_SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) * np.float32(255.0 / np.iinfo(picture.dtype).max)


def match(
    scene: Scene, thumbs: list[Thumb], free: list[NDArray[np.bool_]], size: tuple[int, int]
) -> list[Exposure]:
    """The exposure of every frame of a scene against its first.

    Args:
        thumbs: Small copies of the scene's frames, of one size.
        free: bool (h, w) of the thumbs: what is background.
        size: Width and height of the plate.
    """
    height, width = thumbs[0].shape[:2]
    to_thumb = scaling(width / size[0], height / size[1])
    back = np.linalg.inv(to_thumb)
    result = [Exposure()]
    key = 0
    for index in range(1, len(thumbs)):
        for attempt in (key, index - 1):
            motion = scene.to_target(scene.first + attempt, scene.first + index)
            motion = to_thumb @ motion @ back
            box = (0, 0, width, height)
            there = moved_crop(thumbs[attempt], motion, box)
            covered = np.where(free[attempt], 0, 255).astype(np.uint8)
            open_there = moved_crop(covered, motion, box, outside=255, sampling="touch") == 0
            both = open_there & free[index]
            key = attempt
            if float(both.mean()) >= 0.4 * float(free[index].mean()):
                break
        result.append(fit(there[both], thumbs[index][both]).after(result[key]))
    return result


def fit(before: Thumb, after: Thumb) -> Exposure:
    """The exposure that takes colours ``before`` (N, 3) to ``after``, in 8-bit levels; robust."""
    if len(before) < 32:
        return Exposure()
    gains, offsets, nearer = [], [], 0.0
    for channel in range(3):
        gain, offset, gained = _fit_channel(before[:, channel], after[:, channel])
        gains.append(gain)
        offsets.append(offset / 255.0)
        nearer = max(nearer, gained)
    matched = before * np.array(gains, np.float32) + 255.0 * np.array(offsets, np.float32)
    alike = np.mean(np.abs(after - matched).max(axis=1) <= ALIKE)
    if nearer < NOTICEABLE or alike < MOSTLY:
        return Exposure()
    return Exposure((gains[0], gains[1], gains[2]), (offsets[0], offsets[1], offsets[2]))


def _fit_channel(x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[float, float, float]:
    """(gain, offset, how many levels nearer it brings the typical colour)."""
    gain, offset = 1.0, float(np.median(y - x))
    flat = float(np.std(x)) < FLAT
    for _ in range(8):
        error = y - gain * x - offset
        scale = max(1.4826 * float(np.median(np.abs(error))), 0.25)
        weight = np.square(np.maximum(0.0, 1.0 - np.square(error / (4.685 * scale))))
        total = float(weight.sum())
        mean_x, mean_y = float((weight * x).sum()) / total, float((weight * y).sum()) / total
        spread = float((weight * np.square(x - mean_x)).sum())
        if not flat and spread > 1e-3 * total:
            product = float((weight * (x - mean_x) * (y - mean_y)).sum())
            slope = product / spread
            gain = min(max(slope, GAINS[0]), GAINS[1])
        offset = mean_y - gain * mean_x
    before = float(np.median(np.abs(y - x)))
    return gain, offset, before - float(np.median(np.abs(y - gain * x - offset)))
