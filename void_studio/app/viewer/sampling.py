"""Pictures and fields at the device pixels of a view."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.transform import Box, ViewTransform

Pixels = NDArray[np.uint8]

EXACT_FROM = 2.0  # device pixels per plate pixel from which single pixels are shown as squares


class Placement(NamedTuple):
    """Where an image of the plate, of any resolution, lies in a view.

    Attributes:
        x, y: View position of its upper left corner, device pixels.
        scale_x, scale_y: Device pixels per pixel of the image.
        width, height: The image's size in pixels.
        exact: Whether its pixels are large enough to be shown as squares.
    """

    x: float
    y: float
    scale_x: float
    scale_y: float
    width: int
    height: int
    exact: bool

    @classmethod
    def of(
        cls, transform: ViewTransform, size: tuple[int, int], own_aspect: bool = False
    ) -> Placement:
        """An image of ``size`` (width, height) stretched over the plate.

        With ``own_aspect`` its pixels are square: it is as large as it goes within the plate.
        """
        width, height = size
        x, y = transform.x, transform.y
        scale_x = transform.zoom * transform.plate[0] / width
        scale_y = transform.zoom * transform.plate[1] / height
        if own_aspect:
            scale = min(scale_x, scale_y)
            x += round(width * (scale_x - scale) / 2)
            y += round(height * (scale_y - scale) / 2)
            scale_x = scale_y = scale
        # A picture decoded smaller than the plate only stands in for the plate's pixels.
        whole = own_aspect or size == transform.plate
        return cls(x, y, scale_x, scale_y, width, height, whole and scale_x >= EXACT_FROM)

    def box(self, view: tuple[int, int]) -> Box:
        """The device pixels that show any of it, cut to a view of (width, height)."""
        right = self.x + self.width * self.scale_x
        bottom = self.y + self.height * self.scale_y
        place = Box(
            math.floor(self.x),
            math.floor(self.y),
            math.ceil(right - 1e-6),
            math.ceil(bottom - 1e-6),
        )
        return place.intersect(Box(0, 0, *view))

    def share_at(self, x: float, y: float) -> tuple[float, float]:
        """How far across and down the image a place of the view is, 0 to 1 within it."""
        across = (x - self.x) / (self.scale_x * self.width)
        return across, (y - self.y) / (self.scale_y * self.height)

    def columns(self, box: Box) -> NDArray[np.intp]:
        """The image's column under the centre of each column of ``box``."""
        return _nearest(box.left, box.right, self.x, self.scale_x, self.width)

    def rows(self, box: Box) -> NDArray[np.intp]:
        """The image's row under the centre of each row of ``box``."""
        return _nearest(box.top, box.bottom, self.y, self.scale_y, self.height)


def sample_field(field: Pixels, box: Box, place: Placement) -> Pixels:
    """The field's values at the centres of the device pixels of ``box`` (nearest, exact)."""
    return np.ascontiguousarray(_exact(field, box, place))


def sample_picture(picture: Pixels, box: Box, place: Placement) -> Pixels:
    """``picture`` at the device pixels of ``box``: smooth when small, exact pixels when large."""
    if place.exact:
        return _exact(picture, box, place)
    if place.scale_x <= 1 and place.box((1 << 30, 1 << 30)) == box and box.left == place.x:
        return _resized(picture, box, place)
    inverse = np.array(
        [
            [1 / place.scale_x, 0, (box.left + 0.5 - place.x) / place.scale_x - 0.5],
            [0, 1 / place.scale_y, (box.top + 0.5 - place.y) / place.scale_y - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (box.right - box.left, box.bottom - box.top)
    border = cv2.BORDER_REPLICATE
    return np.asarray(
        cv2.warpAffine(picture, inverse, size, flags=flags, borderMode=border), np.uint8
    )


def _resized(picture: Pixels, box: Box, place: Placement) -> Pixels:
    """All of ``picture`` at once, which is three times as fast; a last row or column repeats."""
    whole = cv2.resize(picture, None, fx=place.scale_x, fy=place.scale_y)
    below = max(0, box.bottom - box.top - whole.shape[0])
    right = max(0, box.right - box.left - whole.shape[1])
    if below or right:
        whole = cv2.copyMakeBorder(whole, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(whole, np.uint8)


def _exact(image: Pixels, box: Box, place: Placement) -> Pixels:
    columns, rows = place.columns(box), place.rows(box)
    first, last = int(columns[0]), int(columns[-1]) + 1
    return image[rows, first:last].take(columns - first, axis=1)


def _nearest(start: int, stop: int, offset: float, scale: float, count: int) -> NDArray[np.intp]:
    centres = (np.arange(start, stop) + 0.5 - offset) / scale
    places: NDArray[np.intp] = np.clip(np.floor(centres), 0, count - 1).astype(np.intp)
    return places
