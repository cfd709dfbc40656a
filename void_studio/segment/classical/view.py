"""One frame at the working size, with what tracking asks of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.palette import Palette, features

WORKING_SIDE = 960
"""Longest side of the pictures that are analysed, pixels."""

REFINED_SIDE = 1920
"""Longest side of the pictures that place the final edge, pixels."""


def scaled_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    """``size`` (width, height) reduced, if needed, so that no side is longer than ``side``."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture averaged over areas to ``size`` (width, height)."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def edge_guide(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Features (H, W, 4) as the two channels whose changes attract a cut: lightness and chroma."""
    chroma = cv2.addWeighted(pixels[..., 1], 0.5, pixels[..., 2], 0.5, 0)
    return np.asarray(cv2.merge([pixels[..., 0], chroma]), np.uint8)


class View:
    """A frame as features, palette entries, Lab and grey.

    Attributes:
        entries: (H, W) uint8 palette entries.
        lab: (H, W, 3) float32, each 0 to 255, a little smoothed against noise.
        grey: (H, W) uint8 lightness, for flow.
        guide: (H, W, 2) uint8, for cuts.
    """

    def __init__(self, rgb: NDArray[np.uint8], palette: Palette) -> None:
        pixels = features(rgb)
        self.entries = palette.entries(pixels)
        smooth = cv2.blur(pixels[..., :3].astype(np.float32), (3, 3))
        self.lab = np.asarray(smooth, np.float32)
        self.grey = np.ascontiguousarray(pixels[..., 0])
        self.guide = edge_guide(pixels)

    @property
    def shape(self) -> tuple[int, int]:
        return self.grey.shape[0], self.grey.shape[1]
