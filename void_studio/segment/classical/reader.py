"""Frames read in either direction at a bounded size, with bounded memory.

Video decodes forwards only. Going backwards, a run of frames is read forwards and handed out from
its end, so that a long group of pictures is decoded once per run and not once per frame.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken
from void_studio.segment.protocol import FrameSource

_RUN_BYTES = 160 * 2**20
_RUN_FRAMES = 48


def frames_in_order(
    source: FrameSource,
    first: int,
    last: int,
    size: tuple[int, int],
    cancel: CancelToken,
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(index, RGB) from ``first`` to ``last``, both included; backwards if ``last`` is smaller.

    Raises:
        Cancelled: the token was set; checked before every frame read.
    """
    if last >= first:
        for index in range(first, last + 1):
            cancel.check()
            yield index, source.read_rgb8(index, size)
        return
    length = max(2, min(_RUN_FRAMES, _RUN_BYTES // (size[0] * size[1] * 3)))
    for end in range(first, last - 1, -length):
        run = []
        for index in range(max(last, end - length + 1), end + 1):
            cancel.check()
            run.append((index, source.read_rgb8(index, size)))
        while run:
            yield run.pop()
