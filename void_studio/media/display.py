"""How a stored picture is turned and mirrored to be shown (its display matrix)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from numpy.typing import NDArray

_CODES = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}


@dataclass(frozen=True)
class Turn:
    """Attributes:
    rotation: Degrees counter-clockwise, a multiple of 90, applied after mirroring.
    mirrored: Left and right are swapped.
    """

    rotation: int = 0
    mirrored: bool = False

    @property
    def sideways(self) -> bool:
        """Whether width and height change places."""
        return self.rotation in (90, 270)

    def size(self, size: tuple[int, int]) -> tuple[int, int]:
        """The shown size of a picture stored at ``size``, and the other way round."""
        return size[::-1] if self.sideways else size

    def apply(self, picture: NDArray[Any]) -> NDArray[Any]:
        """The picture as it is shown."""
        if self.mirrored:
            picture = cv2.flip(picture, 1)
        return cv2.rotate(picture, _CODES[self.rotation]) if self.rotation else picture


def display_turn(frame: VideoFrame) -> Turn:
    """The display matrix of a decoded frame, to the nearest quarter turn."""
    data = next((side for side in _side_data(frame) if side.type is Type.DISPLAYMATRIX), None)
    if data is None:
        return Turn()
    # ISO/IEC 14496-12 6.2.2: (x, y, 1) times the matrix, 16.16 fixed point, y pointing down.
    matrix = np.frombuffer(bytes(data), np.int32)[:9].reshape(3, 3)[:2, :2].astype(float)
    mirrored = bool(np.linalg.det(matrix) < 0)
    if mirrored:
        matrix = np.diag([-1.0, 1.0]) @ matrix
    clockwise = np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))
    return Turn(round(-clockwise / 90) * 90 % 360, mirrored)


def _side_data(frame: VideoFrame) -> list[SideData]:
    # By position: iterating over PyAV's container, a mapping, gives no usable keys.
    container: Any = frame.side_data
    return [container[i] for i in range(len(container))]
