"""Small pictures for lists and the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.plate import Source


def fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same shape as ``size`` within ``box``, not larger than itself."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def thumbnails(
    source: Source, indices: Iterable[int], box: tuple[int, int]
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(index, RGB uint8 within ``box``) for each of ``indices`` that can be read, rising.

    In rising order a file is decoded through once.
    """
    size = fit(source.size, box)
    for index in sorted(set(indices)):
        try:
            picture = source.read_rgb8(index, size)
        except VoidError:
            continue
        yield index, picture
