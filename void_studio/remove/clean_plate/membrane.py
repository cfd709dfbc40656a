"""Differences along a seam, spread smoothly over what the seam encloses.

A membrane stretched over the differences (the Laplace equation with the seam as its boundary) is
what makes a pasted region meet its surroundings without an edge: Perez, Gangnet, Blake, "Poisson
Image Editing", 2003. It is solved coarse to fine, as the pull-push pyramids of Gortler et al. 1996
with a few relaxations on every level.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.composite import largest

Field = NDArray[np.float32]

RELAXATIONS = 4
CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4


def membrane(values: Field, weights: Field) -> Field:
    """A smooth field through ``values`` where ``weights`` is positive.

    Args:
        values: float32 (H, W, 3).
        weights: float32 (H, W), 0 to 1: how much each value counts; 0 is free.

    Returns:
        float32 (H, W, 3); 0 everywhere if all weights are 0.
    """
    height, width = weights.shape
    if min(height, width) <= 1 or height * width <= 4:
        total = weights.sum()
        if total <= 0:
            return np.zeros_like(values)
        mean = (values * weights[..., None]).sum(axis=(0, 1)) / total
        return np.broadcast_to(mean, values.shape).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse_weights = _resized(weights, half, cv2.INTER_AREA)
    coarse = _resized(values * weights[..., None], half, cv2.INTER_AREA)
    coarse /= np.maximum(coarse_weights, np.float32(1e-6))[..., None]
    # A coarse cell that holds any seam is held by it.
    coarse_weights = np.minimum(coarse_weights * 4, 1.0)
    field = _resized(membrane(coarse, coarse_weights), (width, height), cv2.INTER_LINEAR)
    kept = np.minimum(weights, np.float32(1.0))[..., None]
    anchored = values * kept
    free = np.float32(1.0) - kept
    for _ in range(RELAXATIONS):
        held = anchored + free * field
        field = np.asarray(
            cv2.filter2D(held, -1, CROSS, borderType=cv2.BORDER_REPLICATE), np.float32
        )
    return np.asarray(anchored + free * field)


def _resized(field: Field, size: tuple[int, int], interpolation: int) -> Field:
    return np.asarray(cv2.resize(field, size, interpolation=interpolation), np.float32)


def seam_correction(
    difference: Field, seam: NDArray[np.bool_], radius: float, unit: float
) -> Field:
    """What to add inside a seam so that a filling meets the plate.

    Args:
        difference: plate minus filling, float32 (H, W, 3); only its values on ``seam`` count.
        seam: bool (H, W), a ring a few pixels wide where both are known.
        radius: Pixels over which differences are averaged along the ring, so that grain and
            texture do not bleed into the filling.
        unit: One 8-bit level in the units of ``difference``.

    Returns:
        float32 (H, W, 3).
    """
    if not seam.any():
        return np.zeros_like(difference)
    weights = seam_weights(difference, seam, unit)
    smooth_weights = cv2.GaussianBlur(weights, (0, 0), radius)
    smooth = cv2.GaussianBlur(difference * weights[..., None], (0, 0), radius)
    smooth = smooth / np.maximum(smooth_weights, 1e-6)[..., None]
    return membrane(np.asarray(smooth, np.float32), weights)


def seam_weights(difference: Field, seam: NDArray[np.bool_], unit: float) -> Field:
    """How much each pixel of a seam counts, float32 (H, W), 0 to 1; arguments as above.

    Something else that crosses the seam must not colour the filling: what is far from the median,
    measured in the spread of all, counts little or nothing.
    """
    inside = difference[seam]
    middle = np.median(inside, axis=0)
    away = largest(np.abs(difference - middle))
    spread = 1.5 * float(np.median(away[seam]))
    scale = max(3.0 * spread, 4.0 * unit)
    weights = np.where(seam, 1.0 / (1.0 + np.square(away / scale)), 0.0).astype(np.float32)
    weights[weights < 0.02] = 0.0
    return weights
