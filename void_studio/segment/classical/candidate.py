"""One guess at what a click means, at one scale, and how good a guess it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.cut import minimum_cut
from void_studio.segment.classical.fields import Plane
from void_studio.segment.classical.palette import COLOURS, Palette, features
from void_studio.segment.classical.regions import parts_touching, with_holes_filled
from void_studio.segment.classical.view import edge_guide

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

_ROUNDS = 4
_COLOUR = 0.7  # how much a colour's log odds count
_UNSEEN = 0.02  # share of both sides given to colours never seen, evenly
_SMOOTHNESS = 4.0
_DOT = 0.02  # radius of a click, of the picture's short side
_NOTHING = -10.0  # the score of no object or no background
_NEAR = 2.0  # log odds of being inside, on the clicks; the same against, at the expected reach
_COLOURED = 2.0  # dots around a click that show the object's colours
_BETWEEN = 0.1  # how much what lies between clicks shows them
_CLOSE = 0.6  # how much of that stays once colours are known


@dataclass(frozen=True)
class Clicks:
    """Clicks in a picture's own pixels.

    Attributes:
        include, exclude: (N, 2) x, y.
    """

    include: Points
    exclude: Points


@dataclass(frozen=True)
class Borders:
    """Which sides of a picture are sides of the whole frame, where an object may go on unseen."""

    left: bool
    top: bool
    right: bool
    bottom: bool


@dataclass(frozen=True)
class Candidate:
    """A guess: its mask over the picture, and its score; a higher score is a likelier object."""

    mask: Mask
    score: float


def guess(rgb: NDArray[np.uint8], clicks: Clicks, reach: float, borders: Borders) -> Candidate:
    """The object around the clicks, if it ends about ``reach`` pixels beyond them.

    Colours near the clicks start the object's model and those far from them the background's; a cut
    and both models then improve each other a few times (as in GrabCut).

    Args:
        rgb: (H, W, 3) a part of a frame, reduced to a size that is quick.
        clicks: In this picture's pixels, at least one to include.
        reach: Pixels.
        borders: Where the frame ends.
    """
    shape = rgb.shape[:2]
    pixels = features(rgb)
    palette = Palette(pixels.reshape(-1, 4))
    entries = palette.entries(pixels)
    guide = edge_guide(pixels)
    dot = max(1.5, _DOT * min(shape))
    seeds, refused = _dots(shape, clicks.include, dot / 2), _dots(shape, clicks.exclude, dot)
    decided = _decided(shape, seeds, refused & ~seeds, borders)
    dots = _dots(shape, clicks.include, dot)
    from_dots = _distance(dots) / dot
    from_hull = _distance(_hull(shape, clicks.include, dot)) / reach
    prior = _NEAR * (1 - 2 * np.clip(from_hull, 0, 1.5))
    inside = np.exp(-((from_dots / _COLOURED) ** 2)) + _BETWEEN * (from_hull == 0)
    if len(clicks.include) > 2:
        # What lies between clicks is likely the object, but it may be hollow there.
        prior = np.where(from_hull == 0, prior / 2, prior)
        prior += _NEAR * np.exp(-((from_dots / (2 * _COLOURED)) ** 2))
    outside = 2 * np.clip(from_hull - 0.6, 0, None)
    if outside.sum() < dot * dot:  # the clicks span the whole picture
        outside = np.clip(from_hull - 0.3, 0, None) + 1e-3
    mask = seeds
    for turn in range(_ROUNDS):
        colour = cv2.blur(
            _odds_of_entries(entries, inside, outside + 5.0 * refused)[entries], (3, 3)
        )
        evidence = _COLOUR * colour + prior * (1.0 if turn < 2 else _CLOSE)
        cut = minimum_cut(evidence.astype(np.float32), guide, _SMOOTHNESS, decided)
        cut = with_holes_filled(parts_touching(cut, seeds), refused)
        settled = turn > 0 and float((cut ^ mask).mean()) < 0.002
        mask = cut
        if settled:
            break
        # Near the clicks counts most, so that one wrong part does not win the model over.
        inside = mask * (0.3 + np.exp(-((from_hull / 0.3) ** 2)))
        outside = ~mask * np.float32(1)
    return Candidate(mask, _score(mask, pixels, entries, borders))


def _odds_of_entries(entries: NDArray[np.uint8], inside: Plane, outside: Plane) -> Plane:
    """Log odds of object for every palette entry, each side's total counting the same."""
    shares = []
    for weights in (inside, outside):
        masses = np.bincount(entries.ravel(), weights.ravel(), COLOURS)
        shares.append(masses / (masses.sum() + 1e-9) + _UNSEEN / COLOURS)
    return np.asarray(np.log(shares[0] / shares[1]), np.float32)


def _dots(shape: tuple[int, ...], points: Points, radius: float) -> Mask:
    dots = np.zeros(shape, np.uint8)
    for x, y in points:
        cv2.circle(dots, (int(x), int(y)), max(0, round(radius)), 1, -1)
    return dots > 0


def _hull(shape: tuple[int, ...], points: Points, radius: float) -> Mask:
    flat = _dots(shape, points, radius).astype(np.uint8)
    if len(points) > 2:
        cv2.fillConvexPoly(flat, cv2.convexHull(points.astype(np.int32)), 1)
    elif len(points) == 2:
        first, last = points.astype(int).tolist()
        cv2.line(flat, first, last, 1, max(1, round(radius)))
    return flat > 0


def _distance(mask: Mask) -> Plane:
    flat = (~mask).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(flat, cv2.DIST_L2, 5), np.float32)


def _decided(
    shape: tuple[int, ...], seeds: Mask, refused: Mask, borders: Borders
) -> NDArray[np.uint8]:
    decided = np.zeros(shape, np.uint8)
    decided[_rim(shape, borders, 0, 1)] = 1
    decided[refused] = 1
    decided[seeds] = 2
    return decided


def _rim(shape: tuple[int, ...], borders: Borders, first: int, last: int) -> Mask:
    """Lines ``first`` up to ``last`` from each side that is not the frame's own."""
    rim = np.zeros(shape, bool)
    if not borders.left:
        rim[:, first:last] = True
    if not borders.right:
        rim[:, shape[1] - last : shape[1] - first] = True
    if not borders.top:
        rim[first:last] = True
    if not borders.bottom:
        rim[shape[0] - last : shape[0] - first] = True
    return rim


def _score(
    mask: Mask, pixels: NDArray[np.uint8], entries: NDArray[np.uint8], borders: Borders
) -> float:
    """Objects end at edges stronger than those inside them, differ from what is around them, and
    are not cut off by the window."""
    flat = mask.astype(np.uint8)
    if not mask.any() or mask.all():
        return _NOTHING
    edge = (flat - cv2.erode(flat, np.ones((3, 3), np.uint8), borderValue=1)) > 0
    around = (cv2.dilate(flat, np.ones((9, 9), np.uint8)) > 0) & ~mask
    changes = cv2.morphologyEx(pixels[..., :3], cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    contrast = changes.max(axis=2)
    at_edge = float(contrast[edge].mean())
    core = cv2.erode(flat, np.ones((5, 5), np.uint8)) > 0
    within = float(contrast[core].mean()) if core.any() else at_edge
    ours = np.bincount(entries[mask], minlength=COLOURS) / mask.sum()
    theirs = np.bincount(entries[around], minlength=COLOURS) / max(1, int(around.sum()))
    unlike = 0.5 * float(((ours - theirs) ** 2 / (ours + theirs + 1e-9)).sum())
    cut_off = float((mask & _rim(mask.shape, borders, 1, 4)).sum()) / int(edge.sum())
    clear = np.log(at_edge + 10) - 0.15 * np.log(within + 10) + 0.7 * np.log(unlike + 0.01)
    return float(clear) - cut_off
