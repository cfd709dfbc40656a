"""Pictures and fields at the device pixels of a view."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import Rect

Pixels = NDArray[np.uint8]

_SEARCHED = 48
"""How many columns further out a resize may begin to be well aligned."""

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
        cls,
        transform: ViewTransform,
        size: tuple[int, int],
        own_aspect: bool = False,
        over: Rect | None = None,
    ) -> Placement:
        """An image of ``size`` (width, height) stretched over the plate, or over ``over`` of it.

        With ``own_aspect`` its pixels are square: it is as large as it goes within the plate.
        """
        width, height = size
        rect = over if over is not None and not own_aspect else Rect(0, 0, *transform.plate)
        x, y = transform.to_view(rect.x, rect.y)
        scale_x = transform.zoom * rect.width / width
        scale_y = transform.zoom * rect.height / height
        if own_aspect:
            scale = min(scale_x, scale_y)
            x += round(width * (scale_x - scale) / 2)
            y += round(height * (scale_y - scale) / 2)
            scale_x = scale_y = scale
        # A picture decoded smaller than the plate only stands in for the plate's pixels.
        whole = own_aspect or size == transform.plate or over is not None
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
    columns = _span(box.left, box.right, place.x, place.scale_x, place.width)
    rows = _span(box.top, box.bottom, place.y, place.scale_y, place.height)
    part = picture[rows.first : rows.last, columns.first : columns.last]
    # A resize takes a fifth of the time of the general warp.
    scaled = cv2.resize(part, None, fx=place.scale_x, fy=place.scale_y)
    shown = scaled[max(0, rows.skipped) :, max(0, columns.skipped) :]
    height, width = box.bottom - box.top, box.right - box.left
    above, left = max(0, -rows.skipped), max(0, -columns.skipped)
    shown = shown[: height - above, : width - left]
    below, right = height - above - shown.shape[0], width - left - shown.shape[1]
    if above or left or below or right:
        shown = cv2.copyMakeBorder(shown, above, below, left, right, cv2.BORDER_REPLICATE)
    return np.asarray(shown, np.uint8)


class _Span(NamedTuple):
    """Columns or rows of an image that are needed for some of a view.

    Attributes:
        first, last: From the first on to before the last.
        skipped: How many device pixels of what they become come before the first that is needed;
            below 0, how many are missing.
    """

    first: int
    last: int
    skipped: int


def _span(start: int, stop: int, offset: float, scale: float, count: int) -> _Span:
    """What is needed for the device pixels from ``start`` on to before ``stop``.

    It begins where a pixel of the image begins nearest to a device pixel: what is off by less than
    a thirtieth of one cannot be seen.
    """
    needed = min(max(0, math.floor((start - offset) / scale) - 1), count - 1)
    firsts = np.arange(max(0, needed - _SEARCHED), needed + 1)
    places = offset + firsts * scale
    best = int(np.argmin(np.abs(places - np.round(places))))
    last = min(count, math.ceil((stop - offset) / scale) + 2)
    first = int(firsts[best])
    return _Span(first, max(last, first + 1), start - round(float(places[best])))


def _exact(image: Pixels, box: Box, place: Placement) -> Pixels:
    columns, rows = place.columns(box), place.rows(box)
    first, last = int(columns[0]), int(columns[-1]) + 1
    return image[rows, first:last].take(columns - first, axis=1)


def _nearest(start: int, stop: int, offset: float, scale: float, count: int) -> NDArray[np.intp]:
    centres = (np.arange(start, stop) + 0.5 - offset) / scale
    places: NDArray[np.intp] = np.clip(np.floor(centres), 0, count - 1).astype(np.intp)
    return places
