"""The viewer: shows the current frame, fitted or zoomed, and the marks of the tool in hand."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from void_studio.app.tools.base import Area, Tool
from void_studio.app.viewer.canvas import Canvas
from void_studio.app.viewer.compare import Compare, Wipe
from void_studio.app.viewer.marks import WIPE_WIDTH, frame_of
from void_studio.app.viewer.place import Place
from void_studio.app.viewer.pointing import Pointing
from void_studio.app.viewer.render import BACKGROUND, MaskView
from void_studio.app.viewer.sampling import Placement
from void_studio.app.viewer.side import Side
from void_studio.app.viewer.source import Probed, Source
from void_studio.app.viewer.transform import ViewTransform
from void_studio.quadmask.bits import Rect

__all__ = ["Compare", "Viewer"]

Pixels = NDArray[np.uint8]


class Viewer(QWidget):
    """Has the view painted when something of it changes.

    What the sides look like is the canvas's business; where the plate is in the view, the place's;
    what the pointer does, the pointing's.

    Attributes:
        surface: The widget that the view is painted on: this one, or one that covers it.

    Signals:
        picture_divisor_changed: The plate reduced this many times is what the zoom needs.
        zoom_changed: Device pixels per plate pixel.
        probed: What is under the pointer, a Probed, or None outside of the plate.
        pressed: The tool in hand is about to be pressed on the picture.
        matte_shown: Whether a matte is on screen.
        held: The keys held over the picture are others now: Qt.KeyboardModifier.
    """

    picture_divisor_changed = Signal(int)
    zoom_changed = Signal(float)
    probed = Signal(object)
    pressed = Signal()
    matte_shown = Signal(bool)
    held = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.surface: QWidget = self
        self.setAccessibleName("Viewer")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._canvas = Canvas()
        self._pointing = Pointing(self)
        self._place = Place(self._canvas)
        self._matte = False
        self._divisor = 0
        self._message = "Open a clip to begin"
        self._place.allocate(self.size(), self.devicePixelRatioF())

    # -- what is shown ---------------------------------------------------------------------

    @property
    def canvas(self) -> Canvas:
        """The pixels; whoever changes how they look asks for ``repaint_view`` after."""
        return self._canvas

    @property
    def has_picture(self) -> bool:
        """Whether a frame of the plate is on screen."""
        return self.transform is not None and self._canvas.a.picture is not None

    @property
    def mask_view(self) -> MaskView:
        return self._canvas.mask_view

    @property
    def compare(self) -> Compare:
        return self._canvas.compare

    @property
    def sources_on_screen(self) -> list[Source]:
        """What is seen now: of A, of B, or of both."""
        return [side.source for side in self._canvas.seen if side.source is not None]

    @property
    def wipe(self) -> Wipe:
        return self._canvas.wipe

    @property
    def shows_mask(self) -> bool:
        """Whether something is on screen that a tool can draw on."""
        return any(_drawable(side) for side in self._canvas.seen)

    def shows_mask_at(self, position: QPointF) -> bool:
        """Whether that is so at a place of the view, logical pixels."""
        if self._canvas.shown in (Compare.DIFFERENCE, Compare.BLEND):
            return self.shows_mask
        return _drawable(self.side_at(position))

    def side_at(self, position: QPointF) -> Side:
        """The side that is seen at a place of the view, logical pixels; A where they are mixed."""
        shown, canvas = self._canvas.shown, self._canvas
        if shown is Compare.WIPE and self.transform is not None:
            on_b = canvas.wipe_line(self.transform).on_b(*self._place.device(position))
        else:
            on_b = shown is Compare.B or self.pane_at(position)
        return canvas.b if on_b else canvas.a

    def set_plate_size(self, size: tuple[int, int] | None) -> None:
        """Begins showing a plate of ``size``, fitted; None shows the empty view."""
        self._canvas.set_frame(None, None, None)
        self._canvas.set_model(None, None)
        self._divisor = 0
        self._place.take(size)
        self._moved()

    def set_message(self, text: str) -> None:
        """The text shown while there is no plate."""
        self._message = text
        self.repaint_view()

    def set_frame(self, a: Pixels | None, b: Pixels | None, field: Pixels | None) -> None:
        """Shows a frame: pictures (RGB, any resolution, or None while decoding) and its mask."""
        self._canvas.set_frame(a, b, field)
        self.repaint_view()

    def set_pictures(self, a: Pixels | None, b: Pixels | None) -> None:
        """Replaces the pictures of the frame on screen, the mask staying."""
        self._canvas.set_pictures(a, b)
        self.repaint_view()

    def set_sources(self, a: Source, b: Source | None) -> None:
        """Chooses what A and B show; without B there is only A."""
        self._canvas.set_sources(a, b)
        self._canvas.labels = (a.label, b.label if b is not None else "")
        self._settle()

    def set_running(self, words: str) -> None:
        """Says how far what runs is."""
        self._canvas.running = words
        self.repaint_view()

    def set_crop(self, crop: tuple[Rect, str] | None) -> None:
        """Draws what of the plate a run works on, and what is written at it; None for nothing."""
        if crop != self._canvas.crop:
            self._canvas.crop = crop
            self.repaint_view()

    def mask_changed(self, rect: Rect | None = None) -> None:
        """Redraws the mask where it changed (plate pixels), or everywhere."""
        if self.transform is None:
            return
        if rect is None or self._canvas.stale:
            self._canvas.redraw_mask()
            self.repaint_view()
            return
        box = self.transform.box_of(rect)
        if not box.empty:
            box = self._canvas.redraw_mask_in(box, self.transform)
            for area in self._place.areas(box):
                self.repaint_view(area)

    def set_mask_view(self, view: MaskView) -> None:
        self._canvas.mask_view = view
        self._canvas.redraw()
        self.repaint_view()

    def set_compare(self, compare: Compare) -> None:
        self._canvas.set_compare(compare)
        self._settle()

    def set_wipe(self, wipe: Wipe) -> None:
        """Moves or turns the wipe."""
        if self.transform is not None:
            box = self._canvas.move_wipe(wipe, self.transform)
            around = math.ceil(WIPE_WIDTH * self.devicePixelRatioF())
            for area in self._place.areas(box.grown(around)):
                self.repaint_view(area)

    def reset_wipe(self) -> None:
        """Has the wipe upright again, through the middle of what is seen of the plate."""
        if self.transform is not None:
            self.set_wipe(Wipe().moved(*self.transform.middle))

    def set_gain(self, gain: float) -> None:
        """How much a difference is exaggerated, 1 to 32."""
        self._canvas.gain = gain
        self._canvas.remix()
        self.repaint_view()

    def set_share(self, share: float) -> None:
        """How much of B a blend holds, 0 to 1."""
        self._canvas.share = share
        self._canvas.remix()
        self.repaint_view()

    def set_tool(self, tool: Tool) -> None:
        """Takes a tool and draws its marks."""
        before = self._pointing.tool
        if before is tool:
            return
        if before is not None:
            before.marks_changed.disconnect(self._marks_changed)
        self._pointing.take(tool)
        tool.marks_changed.connect(self._marks_changed)
        self.repaint_view()

    def _marks_changed(self, area: Area | None) -> None:
        """Paints anew where the tool's marks are others now."""
        if area is None or self.transform is None:
            self.repaint_view()
            return
        place = self._place
        corners = place.to_logical(area.left, area.top), place.to_logical(area.right, area.bottom)
        boxes = frame_of(QRectF(*corners), area.reach, area.hollow * self.scale)
        for right in {False, self._canvas.shown is Compare.SIDE_BY_SIDE}:
            shift = self._canvas.offset(right) / self.devicePixelRatioF()
            for box in boxes:
                seen = box.translated(shift, 0).toAlignedRect() & self.rect()
                if not seen.isEmpty():
                    self.repaint_view(seen)

    # -- place and size of the plate -------------------------------------------------------

    @property
    def transform(self) -> ViewTransform | None:
        return self._place.transform

    @property
    def scale(self) -> float:
        """Logical view pixels per plate pixel."""
        return self._place.scale

    def fit(self) -> None:
        """Shows the whole plate."""
        self._place.fit()
        self._moved()

    def zoom_to(self, zoom: float) -> None:
        """Zooms to ``zoom`` device pixels per plate pixel about the centre of the view or half."""
        self._place.zoom_to(zoom)
        self._moved()

    def zoom_by(self, factor: float) -> None:
        """Zooms about the centre of the view, or of each half."""
        self._place.zoom_by(factor)
        self._moved()

    def zoom_at(self, factor: float, position: QPointF) -> None:
        """Zooms about a place of the view, logical pixels."""
        self._place.zoom_at(factor, position)
        self._moved()

    def pan_by(self, distance: QPointF) -> None:
        """Moves the picture by logical pixels."""
        self._place.pan_by(distance)
        self._moved()

    def pane_at(self, position: QPointF) -> bool:
        """Whether a place of the view (logical pixels) is in the right half, side by side."""
        return self._place.pane_at(position)

    def to_plate(self, position: QPointF, right: bool | None = None) -> tuple[float, float] | None:
        """See ``Place.to_plate``."""
        return self._place.to_plate(position, right)

    def probe(self, x: float, y: float, position: QPointF) -> None:
        """Says which plate pixel, and what of it, the pointer is at.

        Args:
            x, y: Plate pixels.
            position: Logical pixels of the view.
        """
        if self.transform is not None:
            width, height = self.transform.plate
            side = self.side_at(position)
            if self._canvas.in_own_aspect(side):
                place = Placement.of(self.transform, self._canvas.model_size, own_aspect=True)
                across, down = place.share_at(*self.transform.to_view(x, y))
                seen = self._canvas.model_over or Rect(0, 0, width, height)
                x, y = seen.x + across * seen.width, seen.y + down * seen.height
                if not (0 <= across < 1 and 0 <= down < 1):
                    x = -1.0  # beside what the model sees
            inside = 0 <= x < width and 0 <= y < height
            self.probed.emit(Probed(int(x), int(y), side.source) if inside else None)

    def _settle(self) -> None:
        """The way of comparing changed: the sides have the size that it gives them."""
        if self._canvas.settled:
            self.repaint_view()
        else:
            self._resize_sides()

    def _resize_sides(self) -> None:
        self._place.allocate(self.size(), self.devicePixelRatioF())
        self._place.settle()
        self._moved()

    def _moved(self) -> None:
        """The plate is somewhere else in the view, or as large as it was not before."""
        self._canvas.redraw()
        self.repaint_view()
        transform = self._place.transform
        if transform is None:
            return
        self.zoom_changed.emit(transform.zoom)
        divisor = transform.picture_divisor()
        if divisor != self._divisor:
            self._divisor = divisor
            self.picture_divisor_changed.emit(divisor)

    # -- painting --------------------------------------------------------------------------

    def repaint_view(self, area: QRect | None = None) -> None:
        """Has a part of the view (logical pixels), or all of it, painted soon."""
        if area is None:
            self.surface.update()
        else:
            self.surface.update(area)

    def paint_view(self, painter: QPainter, region: QRegion) -> None:
        """Paints the parts of the view in ``region``, logical pixels."""
        if self.transform is None:
            painter.fillRect(self.rect(), QColor(BACKGROUND, BACKGROUND, BACKGROUND))
            painter.setPen(QColor(165, 165, 165))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._message)
            return
        if self._canvas.shows_matte != self._matte:
            self._matte = not self._matte
            self.matte_shown.emit(self._matte)
        self._canvas.paint(painter, region, self.transform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_tool(painter)
        self._canvas.paint_marks(painter, self.rect(), self.transform)

    def _paint_tool(self, painter: QPainter) -> None:
        """Paints the tool's marks where the tool can draw: in one half or both, side by side."""
        tool, canvas = self._pointing.tool, self._canvas
        if tool is None or not self.shows_mask:
            return
        if canvas.shown is not Compare.SIDE_BY_SIDE:
            tool.paint(painter, self._place.to_logical, self.scale)
            return
        ratio = self.devicePixelRatioF()
        width, height = canvas.pane
        for side in canvas.seen:
            if _drawable(side):
                painter.save()
                painter.translate(canvas.offset(side is canvas.b) / ratio, 0)
                painter.setClipRect(QRectF(0, 0, width / ratio, height / ratio))
                tool.paint(painter, self._place.to_logical, self.scale)
                painter.restore()

    # -- Qt overrides ----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.surface is self:
            painter = QPainter(self)
            self.paint_view(painter, event.region())
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._resize_sides()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._place.allocate(self.size(), self.devicePixelRatioF())
            self.fit()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            return self._pointing.gesture(event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            tool = self._pointing.tool
            if tool is not None and tool.claims(event):
                event.accept()
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointing.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointing.mouse(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointing.mouse(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointing.mouse(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointing.mouse(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        self._pointing.pen(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._pointing.leave()
        self.probed.emit(None)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._pointing.keys(event)
        super().keyReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._pointing.keys(event)
        tool = self._pointing.tool
        if tool is not None and tool.key(event):
            event.accept()
        else:
            super().keyPressEvent(event)


def _drawable(side: Side) -> bool:
    return side.source is not None and side.source.drawable
