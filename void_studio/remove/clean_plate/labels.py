"""Choosing, for every hidden pixel, which of several explanations to believe.

Explanations differ in what moves (the background, or a layer) and in when it was seen (before,
after, both). One is chosen per pixel so that its samples agree with one another and with the plate
around the matte, and so that neighbours with different choices look alike where they meet (the seam
cost of Kwatra et al., "Graphcut Textures", 2003, minimised by a few sweeps of belief propagation).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.samples import Samples
from void_studio.remove.composite import average

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

GRID = 48
"""Nodes along the longer side on which choices are made."""

SWEEPS = 2
SEAM = 0.3
"""What a step of one 8-bit level summed over the channels costs where choices meet."""

CHANGE = 2.0
"""What any change of choice costs."""

DISAGREEMENT = 4.0
MOST_DISAGREEMENT = 10.0
"""Samples that disagree cost this much per pixel they seem misplaced by, and at most that much."""

ONE_SIDED = 5.0
"""Seen only before or only after: nothing says the thing was still, or already, there."""

ONE_SAMPLE = 6.0
FRAME_AWAY = 0.05
NEVER_SEEN = 40.0
FROM_AFAR = 9.0
"""The clean plate: a layer that is well seen is better, one that merely could be there is not."""

RING_LIMIT = 60.0


@dataclass(frozen=True)
class Explanation:
    """Colours (h, w, 3) in 8-bit levels, and what believing them costs, (h, w)."""

    colours: Field
    cost: Field


def explanations(before: Samples, after: Samples, shape: tuple[int, int]) -> list[Explanation]:
    """Both sides in time, the past alone, the future alone.

    Args:
        before, after: Samples of all h*w pixels, values in 8-bit levels.
        shape: (h, w).
    """
    both = Samples(
        np.concatenate([before.values, after.values]),
        np.concatenate([before.distance, after.distance]),
        before.count + after.count,
    )
    two_sided = np.where((before.count > 0) & (after.count > 0), 0.0, NEVER_SEEN)
    result = [_explanation(both, two_sided, shape)]
    for side in (before, after):
        extra = np.select([side.count >= 2, side.count == 1], [0.0, ONE_SAMPLE], NEVER_SEEN)
        result.append(_explanation(side, ONE_SIDED + extra, shape))
    return result


def _explanation(
    samples: Samples, extra: NDArray[np.float64], shape: tuple[int, int]
) -> Explanation:
    height, width = shape
    has = samples.distance > 0
    # All but the nearest count for little: things turn and bend as they move.
    weights = np.where(has, np.maximum(samples.distance, 1.0) ** np.float32(-6.0), 0.0)
    total = np.maximum(weights.sum(axis=0), 1e-30)
    colours = np.einsum("kp,kpc->pc", weights, samples.values) / total[:, None]
    picture = colours.reshape(height, width, 3).astype(np.float32)
    smooth = cv2.GaussianBlur(picture, (0, 0), 0.8)
    apart = np.zeros(len(colours), np.float32)
    for values, there in zip(samples.values, has, strict=True):
        other = cv2.GaussianBlur(values.reshape(height, width, 3), (0, 0), 0.8)
        difference = average(np.abs(other - smooth)).reshape(-1)
        apart += np.where(there, difference, 0.0)
    apart /= np.maximum(np.count_nonzero(has, axis=0), 1)
    # Where the picture is steep a small misplacement makes a large difference.
    steepness = _steepness(picture).reshape(-1)
    misplaced = apart / (4.0 + steepness)
    nearest = np.where(has, samples.distance, 60.0).min(axis=0)
    cost = np.minimum(DISAGREEMENT * misplaced, MOST_DISAGREEMENT) + FRAME_AWAY * nearest + extra
    return Explanation(picture, cost.reshape(height, width).astype(np.float32))


def _steepness(picture: Field) -> Field:
    gray = cv2.GaussianBlur(average(picture), (0, 0), 1.0)
    across = cv2.Sobel(gray, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(gray, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.dilate(np.hypot(across, down), np.ones((3, 3), np.uint8)), np.float32)


def chosen(options: list[Explanation], plate: Field, known: Mask) -> NDArray[np.uint8]:
    """Which option to believe at every pixel, (h, w).

    Args:
        plate: float32 (h, w, 3) in 8-bit levels.
        known: bool (h, w): where the plate shows the truth.
    """
    height, width = known.shape
    factor = min(1.0, GRID / max(height, width))
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    costs, colours = [], []
    for option in options:
        wrong = np.minimum(average(np.abs(plate - option.colours)), RING_LIMIT)
        cost = np.where(known, wrong, option.cost).astype(np.float32)
        costs.append(cv2.resize(cost, size, interpolation=cv2.INTER_AREA))
        colours.append(cv2.resize(option.colours, size, interpolation=cv2.INTER_AREA))
    labels = _belief(np.array(costs, np.float32), np.array(colours, np.float32))
    return np.asarray(
        cv2.resize(labels.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST),
        np.uint8,
    )


def _belief(costs: Field, colours: Field) -> NDArray[np.intp]:
    """Labels (h, w) of low total cost, by min-sum sweeps down, up, right and left.

    Args:
        costs: (L, h, w).
        colours: (L, h, w, 3).
    """
    messages = np.zeros((4, *costs.shape), np.float32)
    # Rows of the picture, then its columns as rows: the same sweep serves both directions.
    upright = (costs, messages, (0, 1), colours)
    sideways = (
        costs.transpose(0, 2, 1),
        messages.transpose(0, 1, 3, 2),
        (2, 3),
        colours.transpose(0, 2, 1, 3),
    )
    passes = [(way, _seams(way[3])) for way in (upright, sideways)]
    for _ in range(SWEEPS):
        for (cost, held, (forward, backward), _), seams in passes:
            rows = cost.shape[1]
            for row in range(rows - 1):
                _send(cost, held, forward, backward, row, row + 1, seams[row])
            for row in range(rows - 1, 0, -1):
                _send(cost, held, backward, forward, row, row - 1, seams[row - 1])
    return np.asarray(np.argmin(costs + messages.sum(axis=0), axis=0))


def _send(
    cost: Field, held: Field, way: int, opposite: int, row: int, to: int, seam: Field
) -> None:
    """Passes on what ``row`` believes, but for what it was told by ``to`` itself."""
    belief = cost[:, row] + held[:, :, row].sum(axis=0) - held[opposite, :, row]
    message = (belief[:, None] + seam).min(axis=0)
    held[way, :, to] = message - message.min(axis=0)


def _seams(colours: Field) -> list[Field]:
    """What changing from one label to another costs between successive rows, each (L, L, w)."""
    apart = 3.0 * average(np.abs(colours[:, None] - colours[None]))
    change = np.float32(CHANGE) * (1.0 - np.eye(len(colours), dtype=np.float32))
    return [
        np.float32(SEAM / 2) * (apart[:, :, row] + apart[:, :, row + 1]) + change[..., None]
        for row in range(colours.shape[1] - 1)
    ]
