"""Clicks on one frame become a mask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.candidate import Borders, Candidate, Clicks, Points, guess
from void_studio.segment.classical.fields import Window
from void_studio.segment.classical.sharpen import sharpened
from void_studio.segment.classical.view import shrink

_SIDE = 256
"""Longest side of the picture a guess is made in, pixels."""

_BAND = 2.0
"""Pixels of that picture by which the edge of a guess may be off."""

_SIZE = 0.2
"""What an object twice or half as large as its clicks say costs, if they say it for certain."""

_OWN_DOT = 0.003
"""Radius of the dot where a click was not followed, of the frame's longer side."""

_REACHES = (1 / 24, 1 / 12, 1 / 6, 1 / 3)
"""How far an object may go beyond one or two clicks, of the frame's longer side."""

_SPREAD_REACHES = (0.15, 0.3, 0.6, 1.0)
"""The same beyond three or more clicks, of the clicks' own extent."""


def mask_from_clicks(rgb: NDArray[np.uint8], clicks: Clicks) -> NDArray[np.bool_]:
    """The likeliest object under the clicks.

    It is looked for at several scales; the guess that stands out best from its surroundings wins.

    Args:
        rgb: (H, W, 3) the frame.
        clicks: In the frame's pixels, at least one to include.

    Returns:
        (H, W) bool.
    """
    height, width = rgb.shape[:2]
    reaches = _reaches(clicks.include, max(width, height))
    windows = [_window(clicks.include, reach, (width, height)) for reach in reaches]
    with ThreadPoolExecutor(2, "click") as pool:  # OpenCV works outside Python's lock
        candidates = pool.map(partial(_guess_in, rgb, clicks), reaches, windows)
        guesses = list(zip(candidates, windows, strict=True))
    candidate, window = max(guesses, key=lambda entry: _worth(entry[0], entry[1], clicks.include))
    mask = np.zeros((height, width), bool)
    mask[window.slices] = _enlarged(candidate.mask, window)
    return sharpened(rgb, mask, _BAND * max(1.0, max(window.shape) / _SIDE))


def keep_promises(mask: NDArray[np.bool_], clicks: Clicks) -> None:
    """Puts a dot of its own where a click was not followed, in place.

    An object too faint or too small to be found still begins with what was clicked.
    """
    radius = max(0, round(_OWN_DOT * max(mask.shape)))
    flat = mask.view(np.uint8)
    for points, wanted in ((clicks.include, True), (clicks.exclude, False)):
        for x, y in points.astype(int).tolist():
            if mask[y, x] != wanted:
                cv2.circle(flat, (x, y), radius, int(wanted), -1)


def _worth(candidate: Candidate, window: Window, points: Points) -> float:
    """The score, less what the object's size is off from what many clicks tell about it."""
    if len(points) < 3:
        return candidate.score
    hull = float(cv2.contourArea(cv2.convexHull(points.astype(np.float32)))) + 1
    # The share of a convex shape's area that the hull of so many random points in it has, roughly.
    covered = (len(points) - 2) / (len(points) + 6)
    area = float(candidate.mask.mean()) * window.shape[0] * window.shape[1] + 1
    return candidate.score - _SIZE * covered * abs(float(np.log2(area * covered / hull)))


def _reaches(points: Points, longest: int) -> list[float]:
    extent = float(np.ptp(points, axis=0).max())
    if len(points) >= 3:
        return [max(8.0, part * extent) for part in _SPREAD_REACHES]
    return sorted({max(part * longest, 0.3 * extent) for part in _REACHES})


def _window(points: Points, reach: float, size: tuple[int, int]) -> Window:
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    return Window(
        max(0, int(low[0])),
        max(0, int(low[1])),
        min(size[0], int(np.ceil(high[0])) + 1),
        min(size[1], int(np.ceil(high[1])) + 1),
    )


def _guess_in(rgb: NDArray[np.uint8], clicks: Clicks, reach: float, window: Window) -> Candidate:
    height, width = window.shape
    scale = min(1.0, _SIDE / max(width, height))
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    picture = shrink(rgb[window.slices], small)
    factor = np.array([small[0] / width, small[1] / height])
    corner = np.array([window.left, window.top])
    include = (clicks.include - corner) * factor
    exclude = (clicks.exclude - corner) * factor
    seen = ((exclude >= 0) & (exclude < np.array(small))).all(axis=1)
    borders = Borders(
        window.left == 0,
        window.top == 0,
        window.right == rgb.shape[1],
        window.bottom == rgb.shape[0],
    )
    return guess(picture, Clicks(include, exclude[seen]), reach * float(factor.min()), borders)


def _enlarged(mask: NDArray[np.bool_], window: Window) -> NDArray[np.bool_]:
    height, width = window.shape
    soft = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return soft > 0.5
