"""A coarse mask is cut again along the picture's own edges, near where its edge is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.colour import ColourMaps, log_odds
from void_studio.segment.classical.cut import minimum_cut
from void_studio.segment.classical.fields import Window, positions, window_around
from void_studio.segment.classical.palette import Palette, features
from void_studio.segment.classical.regions import signed_distance
from void_studio.segment.classical.view import edge_guide

_COLOUR_LIMIT = 4.0
_PLACE = 1.5  # log odds of staying on its side, at the end of the band
_SMOOTHNESS = 3.0


def sharpened(rgb: NDArray[np.uint8], mask: NDArray[np.bool_], band: float) -> NDArray[np.bool_]:
    """The mask with its edge moved by at most ``band`` pixels.

    Colours on either side of the band, and near the place, decide inside it.

    Args:
        rgb: (H, W, 3).
        mask: (H, W) bool.
    """
    window = window_around(mask, round(4 * band) + 8)
    if window is None:
        return mask
    part = window.slices
    pixels = features(np.ascontiguousarray(rgb[part]))
    distance = signed_distance(mask[part], 2 * band)
    certain = np.clip(np.abs(distance) / band, 0, 1)
    decided = np.where(distance >= band, 2, np.where(distance <= -band, 1, 0)).astype(np.uint8)
    entries = Palette(pixels.reshape(-1, 4)).entries(pixels)
    inside = 0.5 + 0.5 * np.sign(distance) * certain
    maps = ColourMaps(entries, inside.astype(np.float32), np.ones_like(certain), 6 * band)
    here = positions(Window(0, 0, window.shape[1], window.shape[0]))
    evidence = cv2.blur(log_odds(maps.probability(entries, here), _COLOUR_LIMIT), (3, 3))
    evidence = evidence + _PLACE * np.clip(distance / band, -1, 1)
    result = mask.copy()
    result[part] = minimum_cut(
        np.asarray(evidence, np.float32), edge_guide(pixels), _SMOOTHNESS, decided
    )
    return result
