"""What one side of the viewer looks like: a picture, and a mask over it, into a pixel buffer.

Nothing here knows Qt. A whole view is about 0.7 million pixels, whatever the plate's size: the
mask is sampled at view resolution first and coloured by a table after.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED, LEVELS, apply_table

Pixels = NDArray[np.uint8]

BACKGROUND = 22  # a neutral grey, so that the surround does not tint the eye
EXACT_FROM = 2.0  # device pixels per plate pixel from which single pixels are shown as squares


class MaskView(Enum):
    """How the mask is shown."""

    OVERLAY = "overlay"
    LEVELS = "levels"
    MATTE = "matte"
    NONE = "none"


@dataclass(frozen=True)
class OverlayStyle:
    """Colours (RGB, 0 to 255) and opacities (0 to 1) of the overlay.

    Painted pixels are shown ``painted_boost`` more opaque than tracked ones.
    """

    remove: tuple[int, int, int] = (224, 82, 76)
    affected: tuple[int, int, int] = (63, 168, 104)
    both: tuple[int, int, int] = (228, 176, 60)
    kept: tuple[int, int, int] = (90, 140, 220)
    opacity: float = 0.5
    painted_boost: float = 0.12

    def tables(self) -> tuple[Pixels, Pixels]:
        """(256, 4) premultiplied BGRA colour and (256,) remaining plate weight, by field value.

        A pixel painted back to *keep* where it was tracked gets a faint ``kept`` tint, so that
        hand work which clears is visible too.
        """
        colours = np.zeros((256, 4), np.float64)
        alpha = np.zeros(256)
        for code, colour in ((1, self.remove), (2, self.affected), (3, self.both)):
            chosen = code == EFFECTIVE
            colours[chosen, :3] = colour[::-1]
            alpha[chosen] = self.opacity
        painted = HAND_PAINTED.astype(bool)
        tracked = (np.arange(256) & 3) > 0
        cleared = painted & (EFFECTIVE == 0) & tracked
        colours[cleared, :3] = self.kept[::-1]
        alpha[cleared] = 0.16
        alpha[painted & (EFFECTIVE > 0)] += self.painted_boost
        alpha = np.clip(alpha, 0, 1)
        premultiplied = np.rint(colours * alpha[:, None]).astype(np.uint8)
        return premultiplied, np.rint((1 - alpha) * 255).astype(np.uint8)


_GREY_OF_LEVEL = LEVELS
_MATTE = np.where(EFFECTIVE > 0, 255, 0).astype(np.uint8)


class SideRenderer:
    """Draws one side (A or B) into a BGRA buffer, whole or a box at a time."""

    def __init__(self, style: OverlayStyle) -> None:
        self.set_style(style)

    def set_style(self, style: OverlayStyle) -> None:
        self._colours, self._weights = style.tables()
        self._shown = (self._weights < 255).astype(np.uint8)

    def draw(
        self,
        out: Pixels,
        box: Box,
        transform: ViewTransform,
        picture: Pixels | None,
        field: Pixels | None,
        view: MaskView,
    ) -> None:
        """Draws ``box`` of the view.

        Args:
            out: (height, width, 4) BGRA, the whole view; only ``box`` is written.
            box: Device pixels to draw.
            transform: Where the plate is.
            picture: (h, w, 3) RGB of the plate at any resolution, or None while it is decoded.
            field: (plate height, plate width) mask field, or None for no mask.
            view: How the mask is shown.
        """
        if box.empty:
            return
        target = box.intersect(transform.plate_box)
        if target != box:
            out[box.top : box.bottom, box.left : box.right] = (
                BACKGROUND,
                BACKGROUND,
                BACKGROUND,
                255,
            )
        if target.empty:
            return
        region = out[target.top : target.bottom, target.left : target.right]
        masked = field is not None and view is not MaskView.NONE
        values = sample_field(field, target, transform) if masked and field is not None else None
        if values is not None and view in (MaskView.LEVELS, MaskView.MATTE):
            table = _GREY_OF_LEVEL if view is MaskView.LEVELS else _MATTE
            cv2.cvtColor(apply_table(values, table), cv2.COLOR_GRAY2BGRA, dst=region)
            return
        if picture is None:
            region[:] = (34, 34, 34, 255)
        else:
            region[:] = cv2.cvtColor(sample_picture(picture, target, transform), cv2.COLOR_RGB2BGRA)
        if values is not None:
            self._blend(region, values)

    def _blend(self, region: Pixels, values: Pixels) -> None:
        shown = apply_table(values, self._shown)
        x, y, width, height = cv2.boundingRect(shown)
        if not width:
            return
        part = region[y : y + height, x : x + width]
        inside = np.ascontiguousarray(values[y : y + height, x : x + width])
        four = cv2.merge([inside, inside, inside, inside])
        colours = cv2.LUT(four, self._colours.reshape(1, 256, 4))
        weights = cv2.cvtColor(apply_table(inside, self._weights), cv2.COLOR_GRAY2BGRA)
        blended = cv2.add(cv2.multiply(part, weights, scale=1 / 255), colours)
        blended[..., 3] = 255
        part[:] = blended


def sample_field(field: Pixels, box: Box, transform: ViewTransform) -> Pixels:
    """The field's values at the centres of the device pixels of ``box`` (nearest, exact)."""
    columns = _nearest(box.left, box.right, transform.x, transform.zoom, field.shape[1])
    rows = _nearest(box.top, box.bottom, transform.y, transform.zoom, field.shape[0])
    first, last = int(columns[0]), int(columns[-1]) + 1
    return np.ascontiguousarray(field[rows, first:last].take(columns - first, axis=1))


def _nearest(start: int, stop: int, offset: float, scale: float, count: int) -> NDArray[np.intp]:
    centres = (np.arange(start, stop) + 0.5 - offset) / scale
    places: NDArray[np.intp] = np.clip(np.floor(centres), 0, count - 1).astype(np.intp)
    return places


def sample_picture(picture: Pixels, box: Box, transform: ViewTransform) -> Pixels:
    """``picture`` at the device pixels of ``box``: smooth when small, exact pixels when large."""
    height, width = picture.shape[:2]
    scale_x = transform.zoom * transform.plate[0] / width
    scale_y = transform.zoom * transform.plate[1] / height
    if (width, height) == transform.plate and transform.zoom >= EXACT_FROM:
        columns = _nearest(box.left, box.right, transform.x, scale_x, width)
        rows = _nearest(box.top, box.bottom, transform.y, scale_y, height)
        first, last = int(columns[0]), int(columns[-1]) + 1
        return picture[rows, first:last].take(columns - first, axis=1)
    inverse = np.array(
        [
            [1 / scale_x, 0, (box.left + 0.5 - transform.x) / scale_x - 0.5],
            [0, 1 / scale_y, (box.top + 0.5 - transform.y) / scale_y - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (box.right - box.left, box.bottom - box.top)
    border = cv2.BORDER_REPLICATE
    return np.asarray(
        cv2.warpAffine(picture, inverse, size, flags=flags, borderMode=border), np.uint8
    )
