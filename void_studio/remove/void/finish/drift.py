"""How far a model's colours are from the plate's, around what was removed, and steadily so.

A video model brings back all of its picture a little changed. What it changed is measured per frame
on a ring around the matte, where nothing was to change, averaged over neighbouring frames so that
the correction does not flicker, and spread over the matte (``membrane``). All of it is coarse:
drift is smooth, and what is not smooth is picture.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.membrane import membrane, seam_weights
from void_studio.remove.composite import largest

Floats = NDArray[np.float32]

CELL = 8
"""Model pixels along one side of a cell that drift is averaged over."""

GAP = 3
"""Model pixels beside the matte that are not trusted: the network's decoder mixes them."""

RING = 12
"""Model pixels beyond the gap that the drift is measured on."""

STEADY = 2.0
"""Frames, the sigma of the average over time; a latent stands for 4 frames."""

UNIT = 1 / 255


def ring_drift(seen: Floats, made: Floats, matte: NDArray[np.bool_]) -> tuple[Floats, float]:
    """The drift on the ring around a matte, and how far the pictures are apart there besides.

    Args:
        seen, made: What the model was given and what it gave, float32 (h, w, 3), 0 to 1.
        matte: bool (h, w); sides are multiples of ``CELL``.

    Returns:
        float32 (h / CELL, w / CELL, 4): seen minus made, weighted, and the weight, 0 to 1; and
        the spread of the differences on the ring, 0 to 1.
    """
    height, width = matte.shape
    cells = height // CELL, CELL, width // CELL, CELL
    ring = _widened(matte, GAP + RING) & ~_widened(matte, GAP)
    if not ring.any():
        return np.zeros((cells[0], cells[2], 4), np.float32), 0.0
    difference = seen - made
    weights = seam_weights(difference, ring, UNIT)
    weighted = np.dstack([difference * weights[..., None], weights])
    middle = np.median(difference[ring], axis=0)
    spread = float(np.median(largest(np.abs(difference[ring] - middle))))
    return np.asarray(weighted.reshape(*cells, 4).mean(axis=(1, 3)), np.float32), spread


def corrections(drifts: Floats) -> Floats:
    """What to add to the model's picture of every frame, float32 (n, h, w, 3), in cells.

    Args:
        drifts: ``ring_drift`` of n consecutive frames, float32 (n, h, w, 4).
    """
    reach = int(3 * STEADY)
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / STEADY)).astype(np.float32)
    result = np.empty((*drifts.shape[:3], 3), np.float32)
    for index in range(len(drifts)):
        first, last = max(0, index - reach), min(len(drifts), index + reach + 1)
        near = kernel[first - index + reach : last - index + reach, None, None, None]
        # Not a matrix product: its sums depend on the number of threads.
        result[index] = _spread((near * drifts[first:last]).sum(axis=0))
    return result


def _spread(drift: NDArray[Any]) -> Floats:
    smooth = np.asarray(cv2.GaussianBlur(drift, (0, 0), 1.0), np.float32)
    # The blur knows a colour wherever any is near; only cells with a ring hold the membrane.
    colours = smooth[..., :3] / np.maximum(smooth[..., 3:], np.float32(1e-6))
    held = np.minimum(drift[..., 3] * 4, np.float32(1.0))
    return membrane(np.asarray(colours, np.float32), np.asarray(held, np.float32))


def _widened(matte: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(matte.astype(np.uint8), kernel) > 0)
