"""The readers that a written quadmask must be exact for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np

from void_studio.quadmask.bits import Bytes


def pixels_that_differ(path: Path, frames: Iterable[Bytes]) -> dict[str, int]:
    """How many pixels PyAV gray, RGB24's first channel and OpenCV read otherwise than ``frames``.

    A frame too many or too few is an error.
    """
    wrong = {"gray": 0, "rgb": 0, "opencv": 0}
    capture = cv2.VideoCapture(str(path))
    with av.open(str(path)) as container:
        for levels, frame in zip(frames, container.decode(video=0), strict=True):
            wrong["gray"] += np.count_nonzero(frame.to_ndarray(format="gray") != levels)
            wrong["rgb"] += np.count_nonzero(frame.to_ndarray(format="rgb24")[..., 0] != levels)
            found, bgr = capture.read()
            assert found
            wrong["opencv"] += np.count_nonzero(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY) != levels)
    assert not capture.read()[0]
    capture.release()
    return wrong
