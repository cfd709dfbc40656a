"""What is on screen as pixels: the sides A and B with the mask, and what is made of both.

Each side is drawn into a buffer of the view's own resolution when something changes, and only
where it changes; so is the mixture of both in the modes that have one. Painting the widget is
then a copy.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QRegion

from void_studio.app.viewer import labels
from void_studio.app.viewer.compare import Compare, Wipe, WipeLine, pane_offset, pane_size
from void_studio.app.viewer.look import Look
from void_studio.app.viewer.marks import (
    Corner,
    paint_crop,
    paint_divider,
    paint_label,
    paint_wipe,
)
from void_studio.app.viewer.mixing import mix_blend, mix_difference, mix_wipe
from void_studio.app.viewer.onion import Onion
from void_studio.app.viewer.overlay import OverlayStyle
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.side import Side, Surface
from void_studio.app.viewer.source import MASKED_PLATE, Content, Source
from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import Rect
from void_studio.remove.void.sees import MODEL_SIZE

Pixels = NDArray[np.uint8]


_MOST_BOXES = 16
"""More places than these where the mask changed are drawn as one."""


class Canvas:
    """Draws through a ViewTransform that the widget gives; knows nothing of input.

    The transform is that of one side: of the view, or of a half of it side by side.

    Attributes:
        a, b: The sides.
        mask_view: How the mask is shown with the plate.
        labels: What A and B are in words.
        caption: What the model receives in words, said where that is seen.
        running: How far what runs is, in words, said where that is seen.
        crop: What of the plate a run works on, pixels, and what is written at it; None for nothing.
        compare: What was asked for; ``shown`` is what can be.
        wipe: Where the wipe's line is.
        gain: How much the difference is exaggerated, 1 to 32.
        share: How much of B the blend holds, 0 to 1.
    """

    def __init__(self) -> None:
        self.a, self.b = Side(MASKED_PLATE), Side(None)
        self.mask_view = MaskView.OVERLAY
        self.labels = ("", "")
        self.caption = ""
        self.running = ""
        self.crop: tuple[Rect, str] | None = None
        self.model_over: Rect | None = None
        self.compare = Compare.A
        self.wipe = Wipe()
        self.gain = 1.0
        self.share = 0.5
        self._mixed = Surface()
        self._unseen: list[Box] = []
        self._field: Pixels | None = None
        self._model: tuple[Pixels, Pixels | None] | None = None
        self._view = (1, 1)
        self._ratio = 1.0

    # -- what is shown ---------------------------------------------------------------------

    @property
    def shown(self) -> Compare:
        return self.compare if self.b.source is not None else Compare.A

    @property
    def look(self) -> Look:
        """What is done to every picture before it is shown."""
        return self.a.renderer.look

    @look.setter
    def look(self, look: Look) -> None:
        for side in (self.a, self.b):
            side.renderer.look = look
        self.redraw()

    @property
    def onion(self) -> Onion:
        """The masks of neighbour frames, outlined on both sides."""
        return self.a.renderer.onion

    @onion.setter
    def onion(self, onion: Onion) -> None:
        for side in (self.a, self.b):
            side.renderer.onion = onion
        self.redraw()

    @property
    def softness(self) -> float:
        """Plate pixels over which a matte falls off outside what is marked."""
        return self.a.renderer.softness

    @softness.setter
    def softness(self, softness: float) -> None:
        for side in (self.a, self.b):
            side.renderer.softness = softness
        self.redraw_mask()

    def set_style(self, style: OverlayStyle) -> None:
        """Takes other colours for the overlay."""
        for side in (self.a, self.b):
            side.renderer.set_style(style)
        self.redraw_mask()
        self._mixed.stale = True

    @property
    def seen(self) -> tuple[Side, ...]:
        """The sides that are on screen."""
        if self.shown is Compare.A:
            return (self.a,)
        return (self.b,) if self.shown is Compare.B else (self.a, self.b)

    @property
    def shows_matte(self) -> bool:
        """Whether a matte is on screen."""
        return any(
            side.renderer.shown_as(self._view_of(side)) is MaskView.MATTE for side in self.seen
        )

    @property
    def pane(self) -> tuple[int, int]:
        """The size of the view, or of a half side by side. Device pixels."""
        return pane_size(self._view, self.shown)

    @property
    def settled(self) -> bool:
        """Whether the sides have that size."""
        return self.a.size == self.pane

    @property
    def stale(self) -> bool:
        """Whether all of what is on screen must be drawn again anyway."""
        return any(side.stale for side in self.seen)

    def allocate(self, view: tuple[int, int], ratio: float) -> None:
        """Takes the view's size, device pixels, and how many of them are a logical one."""
        self._view, self._ratio = view, ratio
        for surface in (self.a, self.b, self._mixed):
            surface.allocate(self.pane, ratio)
        for side in (self.a, self.b):
            side.renderer.set_ratio(ratio)

    def set_sources(self, a: Source, b: Source | None) -> None:
        """What A and B show; without B there is nothing to compare."""
        if (a, b) != (self.a.source, self.b.source):
            self.a.source, self.b.source = a, b
            self.redraw()

    def set_frame(self, a: Pixels | None, b: Pixels | None, field: Pixels | None) -> None:
        """Another frame: pictures (RGB, any resolution) and its mask."""
        self.a.picture, self.b.picture, self._field = a, b, field
        self.redraw()

    def set_pictures(self, a: Pixels | None, b: Pixels | None) -> None:
        """Other pictures of the same frame."""
        for side, picture in ((self.a, a), (self.b, b)):
            if picture is not side.picture:
                side.picture = picture
                side.stale = True

    def set_model(
        self, picture: Pixels | None, field: Pixels | None, over: Rect | None = None
    ) -> None:
        """The frame as the model sees it, RGB (h, w, 3), and its mask field (h, w), both of the
        model's own size; no picture while it is made. ``over`` is what of the plate it sees,
        None for all."""
        self._model = (picture, field) if picture is not None else None
        self.model_over = over
        for side in (self.a, self.b):
            if side.source is not None and side.source.content is Content.MODEL:
                side.stale = True

    def set_compare(self, compare: Compare) -> None:
        """Shows A and B another way. The sides may have another size then: see ``pane``."""
        bare = self._bare
        self.compare = compare
        self._mixed.stale = True
        if self._bare != bare:
            self.redraw()

    def in_own_aspect(self, side: Side) -> bool:
        """Whether a side shows what the model sees as squeezed as the model sees it.

        Where it is mixed with another side it is stretched over the plate.
        """
        return _models(side) and not self.shown.mixes

    @property
    def model_size(self) -> tuple[int, int]:
        """(width, height) of what the model sees, pixels."""
        if self._model is None:
            return MODEL_SIZE
        return self._model[0].shape[1], self._model[0].shape[0]

    # -- drawing ---------------------------------------------------------------------------

    def redraw(self) -> None:
        """Has everything drawn again before it is next painted."""
        self.a.stale = self.b.stale = True

    def remix(self) -> None:
        """Has what is made of both sides made again: the gain, the share or the wipe changed."""
        self._mixed.stale = True

    def redraw_mask(self) -> None:
        """Has the sides that show the mask drawn again before they are next painted."""
        for side in (self.a, self.b):
            side.stale = side.stale or self._shows_mask(side)

    def redraw_mask_in(self, box: Box, transform: ViewTransform) -> Box:
        """Has the mask drawn again, once before it is next painted, where it changed.

        Many samples of a pen come between two paintings.

        Args:
            box: In the transform's view, device pixels.

        Returns:
            Where the picture may change, in the same.
        """
        sides = (side for side in (self.a, self.b) if self._shows_mask(side))
        reaches = (side.renderer.reach(transform, self._view_of(side)) for side in sides)
        box = box.grown(max(reaches, default=0)).intersect(Box(0, 0, *self.pane))
        self._unseen.append(box)
        if len(self._unseen) > _MOST_BOXES:
            self._unseen = [reduce(Box.union, self._unseen)]
        return box

    def move_wipe(self, wipe: Wipe, transform: ViewTransform) -> Box:
        """Moves the wipe; returns where the picture changed, device pixels."""
        before = self.wipe_line(transform)
        self.wipe = wipe
        box = self.wipe_line(transform).between(before, self._view)
        if self.shown is Compare.WIPE and not self._mixed.stale and not self.stale:
            self._mix(box, transform)
        return box

    def wipe_line(self, transform: ViewTransform) -> WipeLine:
        """The wipe as it lies in the view, device pixels."""
        width, height = transform.plate
        x, y = transform.to_view(self.wipe.x * width, self.wipe.y * height)
        return WipeLine(x, y, self.wipe.angle)

    def offset(self, right: bool) -> int:
        """Where a half begins side by side, device pixels; else 0."""
        return pane_offset(self._view, self.shown, right)

    def paint(self, painter: QPainter, region: QRegion, transform: ViewTransform) -> None:
        """Paints the sides; ``region`` is in logical pixels."""
        self._bring_up_to_date(transform)
        if self.shown.mixes:
            surfaces: tuple[tuple[Surface, float], ...] = ((self._mixed, 0.0),)
        else:
            surfaces = tuple(
                (side, self.offset(side is self.b) / self._ratio) for side in self.seen
            )
        for rect in region:  # type: ignore[attr-defined]
            for surface, offset in surfaces:
                surface.paint(painter, rect, offset)

    def paint_marks(self, painter: QPainter, view: QRect, transform: ViewTransform) -> None:
        """Paints the wipe line, the line between halves and the labels over the sides."""
        shown, line = self.shown, self.wipe_line(transform)
        if shown is Compare.WIPE:
            paint_wipe(painter, view, line, self._ratio)
        if shown is Compare.SIDE_BY_SIDE:
            paint_divider(painter, view, self._view[0] / self._ratio, self._ratio)
        self._paint_crop(painter, transform)
        for text, corner in self._labels(line):
            paint_label(painter, self._label_room(corner, transform), text, corner)
        if self.caption and any(_models(side) for side in self.seen):
            paint_label(painter, QRectF(view), self.caption, Corner.BOTTOM_LEFT)

    def _paint_crop(self, painter: QPainter, transform: ViewTransform) -> None:
        """Paints the crop on every side that shows the plate's pixels where they are."""
        if self.crop is None:
            return
        rect, text = self.crop
        left, top = transform.to_view(rect.x, rect.y)
        size = rect.width * transform.zoom, rect.height * transform.zoom
        halves = self.seen if self.shown is Compare.SIDE_BY_SIDE else self.seen[:1]
        for side in halves:
            if not self.in_own_aspect(side):
                x = (left + self.offset(side is self.b)) / self._ratio
                box = QRectF(x, top / self._ratio, size[0] / self._ratio, size[1] / self._ratio)
                paint_crop(painter, box, text)

    def _label_room(self, corner: Corner, transform: ViewTransform) -> QRectF:
        ratio, box = self._ratio, transform.plate_box
        size = box.right - box.left, box.bottom - box.top
        plate = QRectF(box.left / ratio, box.top / ratio, size[0] / ratio, size[1] / ratio)
        pane = self.pane[0] / ratio, self.pane[1] / ratio
        offset = self.offset(not corner.left) / ratio
        return labels.room(self.shown, corner, plate, pane, offset)

    def _labels(self, line: WipeLine) -> list[tuple[str, Corner]]:
        if self.b.source is None:
            return [(self.running, Corner.TOP_LEFT)] if _runs(self.a) else []
        a, b = (
            f"{letter}  {self.running if _runs(side) else label}{self._waiting(side)}"
            for letter, label, side in zip("AB", self.labels, (self.a, self.b), strict=True)
        )
        written = labels.texts(self.shown, a, b, line, self.gain, self.share)
        if self.shown is Compare.DIFFERENCE:
            return [(text + self._unlike, corner) for text, corner in written]
        return written

    @property
    def _unlike(self) -> str:
        """What is said while the sides differ because one of them is sharper than the other."""
        a, b = self.a.picture, self.b.picture
        alike = a is None or b is None or a.shape == b.shape
        return "" if alike else " · sharpening"

    def _waiting(self, side: Side) -> str:
        """What is said of a side whose picture is not there yet."""
        source = side.source
        if source is None or source.content in (Content.LEVELS, Content.MATTE):
            return ""
        if source.content is Content.MODEL:
            return " · on its way" if self._model is None else ""
        return " · decoding" if side.picture is None else ""

    # -- pixels ----------------------------------------------------------------------------

    @property
    def _bare(self) -> bool:
        """Whether sides are drawn without the overlay: it is then laid over the mixture."""
        return self.shown is Compare.DIFFERENCE

    def _view_of(self, side: Side) -> MaskView:
        """How the mask is shown on a side."""
        return side.source.mask_view(self.mask_view) if side.source else MaskView.NONE

    def _shows_mask(self, side: Side) -> bool:
        return self._view_of(side) is not MaskView.NONE

    def _bring_up_to_date(self, transform: ViewTransform) -> None:
        whole = Box(0, 0, *self.pane)
        self._draw_unseen(transform)
        for side in self.seen:
            if side.stale:
                self._draw(side, whole, transform)
                side.stale = False
                self._mixed.stale = True
        if self.shown.mixes and self._mixed.stale:
            self._mix(whole, transform)
            self._mixed.stale = False

    def _draw_unseen(self, transform: ViewTransform) -> None:
        """Draws the mask where it changed since the last painting."""
        boxes, self._unseen = self._unseen, []
        for box in boxes:
            for side in (self.a, self.b):
                if self._shows_mask(side) and not side.stale:
                    self._draw(side, box, transform)
            if self.shown.mixes and not self._mixed.stale:
                self._mix(box, transform)

    def _draw(self, side: Side, box: Box, transform: ViewTransform) -> None:
        """Draws a box of a side; everything that a side looks like comes through here."""
        view = self._view_of(side)
        if self._bare and view is MaskView.OVERLAY:
            view = MaskView.NONE
        picture, field = side.picture, self._field
        if _models(side):
            picture, field = self._model or (None, None)
        side.renderer.own_aspect = self.in_own_aspect(side)
        side.renderer.over = self.model_over if _models(side) else None
        side.renderer.draw(side.buffer, box, transform, picture, field, view)

    def _mix(self, box: Box, transform: ViewTransform) -> None:
        out, a, b = self._mixed.buffer, self.a.buffer, self.b.buffer
        if box.empty:
            return
        if self.shown is Compare.WIPE:
            mix_wipe(out, a, b, box, self.wipe_line(transform))
        elif self.shown is Compare.BLEND:
            mix_blend(out, a, b, box, self.share)
        else:
            mix_difference(out, a, b, box, self.gain)
            overlaid = any(self._view_of(side) is MaskView.OVERLAY for side in (self.a, self.b))
            if overlaid and self._field is not None:
                # What differs inside an area is what one wants to see.
                self.a.renderer.over = None
                self.a.renderer.draw_overlay(out, box, transform, self._field, filled=False)


def _models(side: Side) -> bool:
    """Whether a side shows what the model sees."""
    return side.source is not None and side.source.content is Content.MODEL


def _runs(side: Side) -> bool:
    """Whether a side shows what runs."""
    return side.source is not None and side.source.content is Content.RUNNING
