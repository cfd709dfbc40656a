"""Carrying a mask along with the picture: where what is inside it has gone, and how sure that is.

The motion is measured by dense inverse search (T. Kroeger et al., "Fast Optical Flow using Dense
Inverse Search", ECCV 2016) in both directions on small grey pictures. Only the motion inside the
mask counts, spread softly over its edge: there the flow of the thing and of what is behind it blur
into each other.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Bytes, Mask, Rect

Flow = NDArray[np.float32]
Grey = NDArray[np.uint8]

WORKING_SIDE = 960
"""The long side, in pixels, of the pictures that motion is measured on."""

ENOUGH_TRUST = 0.5
"""Of what is followed this share must have moved the same there and back."""

_AGREES = 0.05
"""There and back may miss by 0.8 pixels and this share of the way."""
_SLACK = 0.8
_WIDTHS = (2.0, 8.0, 32.0, 128.0)
"""Sigmas, in pixels, over which motion is spread: the finest that reaches a place is taken."""
_LITTLE = 1e-2
_AREA = cv2.INTER_AREA
_DEEP = 8.0
"""Pixels from the edge of the mask at which its flow counts in full."""
_FIXED_POINT_STEPS = 4
_ROWS = 256


def working_size(size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the pictures to give for a plate of ``size``."""
    scale = min(1.0, WORKING_SIDE / max(size))
    return max(16, round(size[0] * scale)), max(16, round(size[1] * scale))


class Carrier:
    """Follows one mask from frame to frame; each frame's place is found in the frame it began in.

    Attributes:
        trust: The share of the mask, 0 to 1, whose motion was the same there and back in the last
            step; 0 if nothing of it is left in the picture.
    """

    def __init__(self, mask: Mask, picture: Grey) -> None:
        """
        Args:
            mask: (H, W) bool on the plate: what is followed.
            picture: The frame it is on, of ``working_size``.
        """
        self.trust = 1.0
        self._size = mask.shape[1], mask.shape[0]
        width, height = picture.shape[1], picture.shape[0]
        self._grid = _grid(width, height)
        whole = mask.view(np.uint8) * np.uint8(255)
        self._mask: Grey = np.asarray(
            cv2.resize(whole, (width, height), interpolation=_AREA), np.uint8
        )
        # Where each pixel of the frame that was reached came from in the first one.
        self._map = self._grid
        self._picture = picture
        self._begin_at(picture)

    def _begin_at(self, picture: Grey) -> None:
        """Measures motion from this frame on, which was reached."""
        self._key = picture
        self._key_map = self._map
        self._inside = self._now() > 0
        self._depth = _depth(self._inside)
        self._motion = self._motion_before = np.zeros_like(self._grid)

    def step(self, picture: Grey) -> None:
        """Goes on to the next frame, of the same size as the first.

        Motion is measured from the first frame, which does not drift, as long as that is sure.
        """
        if not self._try(picture) and self._key is not self._picture:
            self._begin_at(self._picture)
            self._try(picture)
        self._picture = picture
        if not self._now().any():
            self.trust = 0.0

    def _try(self, picture: Grey) -> bool:
        guess = 2 * self._motion - self._motion_before
        there = _flow(self._key, picture, guess)
        back = _flow(picture, self._key, _inverse(guess, self._grid) - self._grid)
        missed = _length(there + _sample(back, self._grid + there))
        sure = self._inside & (missed < _SLACK + _AGREES * _length(there))
        self.trust = int(np.count_nonzero(sure)) / max(1, int(np.count_nonzero(self._inside)))
        if self.trust < ENOUGH_TRUST:
            return False
        motion = _spread(there, self._depth * sure)
        self._motion_before, self._motion = self._motion, motion
        self._map = _sample(self._key_map, _inverse(motion, self._grid))
        return True

    def _now(self) -> Grey:
        """Where what is followed is on the frame that was reached."""
        return _moved(self._mask, self._map)

    def carry(self, masks: list[Mask]) -> tuple[Rect, list[Mask]]:
        """Masks of the first frame's plate, (H, W) bool, inside the one that is followed, as they
        lie on the frame that was reached: a rectangle of the plate, and of each what is in it."""
        width, height = self._size
        across, down = width / self._picture.shape[1], height / self._picture.shape[0]
        near = Rect(*cv2.boundingRect(self._now()))
        rect = Rect(
            int((near.x - 2) * across),
            int((near.y - 2) * down),
            int((near.width + 4) * across) + 2,
            int((near.height + 4) * down) + 2,
        ).clip(self._size)
        carried = [np.zeros((rect.height, rect.width), np.bool_) for _ in masks]
        moved = self._map - self._grid
        scale, half = np.array((across, down), np.float32), np.float32(0.5)
        for top in range(0, rect.height, _ROWS):
            rows = min(_ROWS, rect.height - top)
            at = _grid(rect.width, rows) + np.array((rect.x, rect.y + top), np.float32)
            source = at + _sample(moved, (at + half) / scale - half) * scale
            for mask, result in zip(masks, carried, strict=True):
                grey = mask.view(np.uint8) * np.uint8(255)
                result[top : top + rows] = _moved(grey, source) >= 128
        return rect, carried


def _flow(start: Grey, end: Grey, guess: Flow) -> Flow:
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(start, end, guess.copy()), np.float32)


def _inverse(motion: Flow, grid: Flow) -> Flow:
    """Where each pixel that ``motion`` leads to comes from."""
    source = grid - motion
    for _ in range(_FIXED_POINT_STEPS):
        source = grid - _sample(motion, source)
    return source


def _length(flow: Flow) -> Flow:
    return cv2.magnitude(flow[..., 0], flow[..., 1]).astype(np.float32)


def _depth(inside: Mask) -> Flow:
    """How much each pixel says of the motion: little near the edge, nothing outside."""
    padded = np.pad(inside.view(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    return ((np.minimum(depth, _DEEP) / _DEEP) ** 2).astype(np.float32)


def _grid(width: int, height: int) -> Flow:
    """The (x, y) of each pixel: float32 (height, width, 2)."""
    return np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)


def _sample(values: Flow, at: Flow) -> Flow:
    """``values`` between its pixels, and beyond its border as at it."""
    x, y = cv2.split(at)
    sampled = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float32)


def _moved(picture: Grey, source: Flow) -> Grey:
    """A picture whose pixels come from ``source``; black comes from outside."""
    x, y = cv2.split(source)
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR), np.uint8)


def _spread(flow: Flow, weight: Flow) -> Flow:
    """The flow smoothed where it has weight, and around that the mean of what is nearest."""
    result = np.zeros_like(flow)
    missing = np.ones(weight.shape, np.bool_)
    weighted = np.dstack([flow * weight[..., None], weight]).astype(np.float32)
    for width in _WIDTHS:
        blurred = _blurred(weighted, width)
        share = blurred[..., 2]
        reached = missing & (share > _LITTLE)
        result[reached] = blurred[reached, :2] / share[reached][:, None]
        missing &= ~reached
    result[missing] = np.average(flow[weight > 0], axis=0, weights=weight[weight > 0])
    return result


def _blurred(values: Flow, width: float) -> Flow:
    """A soft mean over ``width`` pixels, made on a smaller picture where that shows the same."""
    height, across = values.shape[:2]
    factor = max(1, int(width / 2))
    small = cv2.resize(values, (-(-across // factor), -(-height // factor)), None, 0, 0, _AREA)
    soft = cv2.GaussianBlur(small, (0, 0), width / factor)
    return np.asarray(cv2.resize(soft, (across, height)), np.float32)


def grey_of(picture: Bytes) -> Grey:
    """An RGB picture, uint8 (H, W, 3), in grey."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
