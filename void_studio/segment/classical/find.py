"""Finds a known piece of picture in another one: for jumps that flow is too local to follow."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from void_studio.segment.classical.fields import is_inside, look_up, positions, window_around
from void_studio.segment.classical.motion import SAME_COLOUR, Flows, likeness
from void_studio.segment.classical.view import View

_TEMPLATE_SIDE = 40  # pixels an object is reduced to before it is searched for
_LEAST_REACH = 48.0  # pixels
_FOLLOWED = 0.9  # likeness along the flow from which it needs no help
_BETTER = 0.05
_DISTANCE_PRICE = 0.1  # of SAME_COLOUR squared, for a match at the far end of the search


@dataclass(frozen=True)
class Sighting:
    """Where a piece was found.

    Attributes:
        shift: (2,) x, y from where the piece was to where it is, pixels.
        likeness: 0..1, how much it looks the same there.
    """

    shift: NDArray[np.float32]
    likeness: float


def find(
    piece: View,
    mask: NDArray[np.bool_],
    view: View,
    expected: NDArray[np.float32],
    reach: float,
) -> Sighting | None:
    """Looks for what ``mask`` shows of ``piece`` in another view of the same size.

    Args:
        expected: (2,) the likeliest shift, x, y.
        reach: How far from there it may be in x and in y, pixels.

    Returns:
        The best place where all of it is inside the picture; None if there is no such place.
    """
    box = window_around(mask, 1)
    if box is None:
        return None
    height, width = view.shape
    scale = min(1.0, _TEMPLATE_SIDE / max(box.shape))
    left = max(0, round(box.left + float(expected[0]) - reach))
    top = max(0, round(box.top + float(expected[1]) - reach))
    right = min(width, round(box.right + float(expected[0]) + reach))
    bottom = min(height, round(box.bottom + float(expected[1]) + reach))
    if right - left < box.right - box.left or bottom - top < box.bottom - box.top:
        return None
    template: MatLike = piece.lab[box.slices]
    flat: MatLike = mask[box.slices].astype(np.float32)
    area: MatLike = view.lab[top:bottom, left:right]
    if scale < 1:
        template, flat, area = (_reduced(part, scale) for part in (template, flat, area))
    weights = (flat > 0.5).astype(np.float32)
    if not weights.any() or any(a < t for a, t in zip(area.shape, template.shape, strict=True)):
        return None
    squares = cv2.matchTemplate(
        area, template, cv2.TM_SQDIFF, mask=np.dstack([weights, weights, weights])
    )
    squares = np.maximum(squares, 0) / weights.sum()
    rows, columns = np.indices(squares.shape)
    off_x = (columns / scale + left - box.left - expected[0]) / max(reach, 1)
    off_y = (rows / scale + top - box.top - expected[1]) / max(reach, 1)
    price = squares + _DISTANCE_PRICE * SAME_COLOUR**2 * (off_x**2 + off_y**2)
    row, column = np.unravel_index(int(np.argmin(price)), price.shape)
    shift = np.array([column / scale + left - box.left, row / scale + top - box.top], np.float32)
    likeness = float(np.exp(-squares[row, column] / SAME_COLOUR**2))
    return Sighting(shift, likeness)


def _reduced(picture: MatLike, scale: float) -> MatLike:
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def jump_between(
    flows: Flows,
    old: View,
    mask: NDArray[np.bool_],
    new: View,
    velocity: NDArray[np.float32],
) -> NDArray[np.float32] | None:
    """The shift of an object between two frames where flow alone does not follow it; else None.

    Args:
        velocity: (2,) the object's shift between the two frames before.
    """
    box = window_around(mask, 0)
    if box is None:
        return None
    subject = mask[box.slices]
    here = positions(box)

    def alike(shift: NDArray[np.float32]) -> float:
        where = here + shift
        same = likeness(old.lab[box.slices], look_up(new.lab, where))
        seen = subject & is_inside(where, new.shape)
        return float(same[seen].sum()) / max(1, int(seen.sum()))

    by_flow = alike(flows.between(old, new)[box.slices])
    if by_flow > _FOLLOWED:
        return None
    reach = max(_LEAST_REACH, float(max(box.shape)), 2 * float(np.abs(velocity).max()))
    sighting = find(old, mask, new, velocity, reach)
    shifts = [velocity] if sighting is None else [velocity, sighting.shift]
    best = max(shifts, key=alike)
    return best if alike(best) > by_flow + _BETTER else None
