"""One picture made of two: wiped, their difference, or one fading into the other.

All pictures are uint8 (height, width, 4) BGRA of the same view, alpha 255.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.compare import WipeLine
from void_studio.app.viewer.transform import Box

Pixels = NDArray[np.uint8]


def mix_wipe(out: Pixels, a: Pixels, b: Pixels, box: Box, line: WipeLine) -> None:
    """Writes A on its side of the line into ``box`` of ``out``, and B on the other."""
    part = _slices(box)
    np.copyto(out[part], a[part])
    cv2.copyTo(b[part], line.b_mask(box), out[part])


def mix_difference(out: Pixels, a: Pixels, b: Pixels, box: Box, gain: float) -> None:
    """Writes what A and B differ by, ``gain`` times, into ``box`` of ``out``."""
    part = _slices(box)
    target = out[part]
    cv2.absdiff(a[part], b[part], dst=target)
    if gain != 1:
        cv2.convertScaleAbs(target, dst=target, alpha=gain)
    target[..., 3] = 255


def mix_blend(out: Pixels, a: Pixels, b: Pixels, box: Box, share: float) -> None:
    """Writes ``share`` of B (0 to 1) and the rest of A into ``box`` of ``out``."""
    part = _slices(box)
    cv2.addWeighted(a[part], 1 - share, b[part], share, 0, dst=out[part])


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)
