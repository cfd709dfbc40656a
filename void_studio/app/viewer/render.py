"""What one side of the viewer looks like: a picture, and a mask over it, into a pixel buffer.

Nothing here knows Qt. A whole view is about 0.7 million pixels, whatever the plate's size: picture
and mask are sampled at view resolution first and coloured by tables after.
"""

from __future__ import annotations

import math
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.look import NEUTRAL, Channels
from void_studio.app.viewer.onion import Onion
from void_studio.app.viewer.overlay import STRIPES, Overlay, OverlayStyle
from void_studio.app.viewer.sampling import Placement, sample_field, sample_picture
from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import EFFECTIVE, LEVELS, Rect, apply_table

Pixels = NDArray[np.uint8]

BACKGROUND = 22  # a neutral grey, so that the surround does not tint the eye
_WAITING = 34  # where a picture is still being decoded

_MATTE = np.where(EFFECTIVE > 0, 255, 0).astype(np.uint8)


class MaskView(Enum):
    """How the mask is shown."""

    OVERLAY = "overlay"
    LEVELS = "levels"
    MATTE = "matte"
    NONE = "none"


class SideRenderer:
    """Draws one side (A or B) into a BGRA buffer, whole or a box at a time.

    The picture as it is looked at is kept, so that a change of the mask costs the mask alone.

    Attributes:
        look: What is done to the picture.
        onion: What the masks of neighbour frames are like, drawn under the overlay.
        softness: Plate pixels over which the matte falls off outside what is marked.
        own_aspect: Whether the picture is shown in its own shape, not stretched over the plate.
        over: The part of the plate, pixels, that the picture shows; None for all of it.
    """

    def __init__(self, style: OverlayStyle) -> None:
        self.look = NEUTRAL
        self.onion = Onion()
        self.softness = 0.0
        self.own_aspect = False
        self.over: Rect | None = None
        self._overlay = Overlay(style)
        self._outlines = Overlay(style, filled=False)
        self._base: Pixels = np.zeros((0, 0, 4), np.uint8)
        self._base_of: tuple[object, ...] = ()
        self._picture: Pixels | None = None

    def set_style(self, style: OverlayStyle) -> None:
        self._overlay.set_style(style)
        self._outlines.set_style(style)

    def set_ratio(self, ratio: float) -> None:
        """Takes how many device pixels a logical one is."""
        self._overlay.stripes = max(3, round(STRIPES * ratio))

    def reach(self, transform: ViewTransform, view: MaskView) -> int:
        """Device pixels around a change of the mask within which the drawing changes too."""
        if self.shown_as(view) is MaskView.MATTE:
            return math.ceil(self.softness * transform.zoom) + 1
        return Overlay.REACH

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
            field: Mask field uint8 (h, w) of the plate at any resolution, or None for no mask.
            view: How the mask is shown.
        """
        box = box.intersect(Box(0, 0, out.shape[1], out.shape[0]))
        if box.empty:
            return
        view = self.shown_as(view)
        if view in (MaskView.LEVELS, MaskView.MATTE) and field is not None:
            self._draw_grey(out, box, transform, field, view)
            return
        self._keep_base(out.shape[:2], transform, picture)
        part = np.s_[box.top : box.bottom, box.left : box.right]
        out[part] = self._base[part]
        if field is not None and view is MaskView.OVERLAY:
            self.draw_overlay(out, box, transform, field)

    def shown_as(self, view: MaskView) -> MaskView:
        """How the mask is really shown: as alpha it is the matte."""
        return MaskView.MATTE if self.look.channels is Channels.ALPHA else view

    def _placement(self, transform: ViewTransform, image: Pixels) -> Placement:
        size = image.shape[1], image.shape[0]
        return Placement.of(transform, size, self.own_aspect, self.over)

    def _keep_base(
        self, shape: tuple[int, int], transform: ViewTransform, picture: Pixels | None
    ) -> None:
        """Has the whole picture in ``_base`` as it is looked at."""
        drawn = (shape, transform, self.look, self.onion, self.own_aspect, self.over)
        if picture is self._picture and drawn == self._base_of:
            return
        self._picture, self._base_of = picture, drawn
        if self._base.shape[:2] != shape:
            self._base = np.empty((*shape, 4), np.uint8)
        _fill(self._base, Box(0, 0, shape[1], shape[0]), BACKGROUND)
        place = None if picture is None else self._placement(transform, picture)
        target = transform.plate_box if place is None else place.box(transform.view)
        if target.empty:
            return
        if picture is None or place is None:
            _fill(self._base, target, _WAITING)
            return
        region = self._base[target.top : target.bottom, target.left : target.right]
        region[:] = self.look.apply(sample_picture(picture, target, place))
        if not self.own_aspect and self.over is None:
            self.onion.draw(region, target, transform)

    def draw_overlay(
        self,
        out: Pixels,
        box: Box,
        transform: ViewTransform,
        field: Pixels,
        filled: bool = True,
    ) -> None:
        """Blends the mask, or its outlines, over ``box`` of ``out``, as ``draw`` takes them."""
        place = self._placement(transform, field)
        whole = place.box(transform.view)
        target = box.intersect(whole)
        if target.empty:
            return
        # With what lies around it, for outlines begin there.
        around = target.grown(Overlay.REACH).intersect(whole)
        region = out[around.top : around.bottom, around.left : around.right]
        kept = region if around == target else region.copy()
        phase = around.left - math.floor(place.x) + around.top - math.floor(place.y)
        overlay = self._overlay if filled else self._outlines
        overlay.blend(kept, sample_field(field, around, place), phase)
        if kept is not region:
            region[target.within(around)] = kept[target.within(around)]

    def _draw_grey(
        self, out: Pixels, box: Box, transform: ViewTransform, field: Pixels, view: MaskView
    ) -> None:
        """Draws the levels or the matte instead of a picture."""
        place = self._placement(transform, field)
        _fill(out, box, BACKGROUND)
        target = box.intersect(place.box(transform.view))
        if target.empty:
            return
        if view is MaskView.LEVELS:
            grey = apply_table(sample_field(field, target, place), LEVELS)
        else:
            around = target.grown(self.reach(transform, view)).intersect(place.box(transform.view))
            matte = apply_table(sample_field(field, around, place), _MATTE)
            grey = softened(matte, self.softness * transform.zoom)[target.within(around)]
        region = out[target.top : target.bottom, target.left : target.right]
        cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2BGRA, dst=region)


def _fill(out: Pixels, box: Box, grey: int) -> None:
    """Fills a box of BGRA; as whole words it is thirty times as fast as by channels."""
    word = np.array([grey, grey, grey, 255], np.uint8).view(np.uint32)[0]
    out.view(np.uint32)[box.top : box.bottom, box.left : box.right, 0] = word


def softened(matte: Pixels, pixels: float) -> Pixels:
    """A matte, 0 or 255, that falls off over ``pixels`` outside of what is white.

    As ``composite.feathered_alpha``, it stays full on the matte itself.
    """
    if pixels < 0.5:
        return matte
    distance = cv2.distanceTransform(cv2.bitwise_not(matte), cv2.DIST_L2, cv2.DIST_MASK_5)
    slope = -255 / (pixels + 1)
    return np.asarray(cv2.addWeighted(distance, slope, distance, 0, 255, dtype=cv2.CV_8U), np.uint8)
