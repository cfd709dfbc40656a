"""One exact minimum cut with any per-pixel evidence, through OpenCV's GrabCut.

OpenCV offers a minimum cut only inside ``cv2.grabCut``, whose evidence comes from two colour
mixtures. With frozen mixtures of one Gaussian each, of equal spread and apart only in the first
channel, the difference of their negative log likelihoods is linear in that channel; so a picture
whose first channel *is* the evidence gets exactly that evidence, and the other two channels steer
where the cut may run cheaply (Rother, Kolmogorov, Blake: "GrabCut", 2004).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

EVIDENCE_LIMIT = 8.0
"""Evidence (natural log odds) is clipped to plus or minus this before the cut."""

_PAIR_WEIGHT = 50.0  # gamma in OpenCV's grabcut.cpp, the price of a cut between equal pixels


def _mixture(mean: float, deviation: float) -> NDArray[np.float64]:
    """A 5-component mixture in OpenCV's layout with all its weight on one Gaussian."""
    model = np.zeros(65)
    model[0] = 1.0
    model[5] = mean
    covariance = np.diag([deviation**2, 1e6, 1e6])
    for component in range(5):
        model[20 + 9 * component : 29 + 9 * component] = covariance.ravel()
    return model.reshape(1, -1)


def minimum_cut(
    evidence: NDArray[np.float32],
    guide: NDArray[np.uint8],
    smoothness: float,
    decided: NDArray[np.uint8] | None = None,
) -> NDArray[np.bool_]:
    """The labelling of least energy.

    Args:
        evidence: (H, W) log odds of object against background.
        guide: (H, W, 2) uint8; a label change is cheap where it changes.
        smoothness: Price, in log odds, of a label change between two equal neighbours.
        decided: (H, W) uint8: 0 open, 1 surely background, 2 surely object.

    Returns:
        (H, W) bool, True on the object.
    """
    height, width = evidence.shape
    mask = np.where(evidence > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    if decided is not None:
        mask[decided == 1] = cv2.GC_BGD
        mask[decided == 2] = cv2.GC_FGD
    if not (mask & 1).any() or (mask & 1).all():
        return (mask & 1).astype(bool)
    picture = np.empty((height, width, 3), np.uint8)
    limited = np.clip(evidence, -EVIDENCE_LIMIT, EVIDENCE_LIMIT)
    picture[..., 0] = np.round(127.5 + limited * (32.0 / EVIDENCE_LIMIT))
    picture[..., 1:] = guide
    # Means at 64 above and below the middle: odds = (x - 127.5) * 256 / (2 * deviation^2).
    scale = _PAIR_WEIGHT / smoothness
    deviation = float(np.sqrt(128.0 * (32.0 / EVIDENCE_LIMIT) / scale))
    cv2.grabCut(
        picture,
        mask,
        (0, 0, 0, 0),
        _mixture(127.5 - 64.0, deviation),
        _mixture(127.5 + 64.0, deviation),
        1,
        cv2.GC_EVAL_FREEZE_MODEL,
    )
    return (mask & 1).astype(bool)
