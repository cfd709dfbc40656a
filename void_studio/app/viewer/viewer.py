"""The viewer: shows the current frame, fitted or zoomed, and the marks of the tool in hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from void_studio.app.tools.base import Tool
from void_studio.app.viewer.canvas import Canvas, Compare
from void_studio.app.viewer.pointing import Pointing
from void_studio.app.viewer.render import BACKGROUND, MaskView
from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import Rect

__all__ = ["Compare", "Viewer"]

Pixels = NDArray[np.uint8]

WIPE_GRAB = 10  # logical pixels either side of the wipe line that grab it


class Viewer(QWidget):
    """Holds the place and size of the plate in the view.

    What the sides look like is the canvas's business; what the pointer does, the pointing's.

    Signals:
        picture_divisor_changed: The plate reduced this many times is what the zoom needs.
        zoom_changed: Device pixels per plate pixel.
        probed: Plate position under the pointer, or None outside.
    """

    picture_divisor_changed = Signal(int)
    zoom_changed = Signal(float)
    probed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Viewer")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._canvas = Canvas()
        self._pointing = Pointing(self)
        self._transform: ViewTransform | None = None
        self._fitted = True
        self._divisor = 0
        self._message = "Open a clip to begin"
        self._allocate()

    # -- what is shown ---------------------------------------------------------------------

    @property
    def has_picture(self) -> bool:
        """Whether a frame of the plate is on screen."""
        return self._transform is not None and self._canvas.a.picture is not None

    @property
    def mask_view(self) -> MaskView:
        return self._canvas.mask_view

    @property
    def compare(self) -> Compare:
        return self._canvas.compare

    @property
    def wipe(self) -> float:
        return self._canvas.wipe

    @property
    def shows_mask(self) -> bool:
        """Whether the plate with its mask is on screen, so that a tool can draw on it."""
        return self._canvas.shown is not Compare.B

    def shows_mask_at(self, position: QPointF) -> bool:
        """Whether that is so at a place of the view: right of the wipe there is the take."""
        if self._transform is None or self._canvas.shown is not Compare.WIPE:
            return self.shows_mask
        return position.x() <= self._canvas.wipe_x(self._transform)

    def set_plate_size(self, size: tuple[int, int] | None) -> None:
        """Begins showing a plate of ``size``, fitted; None shows the empty view."""
        self._canvas.set_frame(None, None, None)
        self._fitted = True
        self._divisor = 0
        self._transform = ViewTransform.fit(size, self._device_size()) if size else None
        self._transform_changed()

    def set_message(self, text: str) -> None:
        """The text shown while there is no plate."""
        self._message = text
        self.update()

    def set_frame(self, a: Pixels | None, b: Pixels | None, field: Pixels | None) -> None:
        """Shows a frame: pictures (RGB, any resolution, or None while decoding) and its mask."""
        self._canvas.set_frame(a, b, field)
        self.update()

    def set_pictures(self, a: Pixels | None, b: Pixels | None) -> None:
        """Replaces the pictures of the frame on screen, the mask staying."""
        self._canvas.set_pictures(a, b)
        self.update()

    def mask_changed(self, rect: Rect | None = None) -> None:
        """Redraws the mask where it changed (plate pixels), or everywhere."""
        if self._transform is None:
            return
        if rect is None or self._canvas.stale:
            self._canvas.a.stale = True
            self.update()
            return
        box = self._transform.box_of(rect)
        if not box.empty:
            self._canvas.draw_mask(box, self._transform)
            self.update(self._logical(box))

    def set_mask_view(self, view: MaskView) -> None:
        self._canvas.mask_view = view
        self._canvas.redraw()
        self.update()

    def set_compare(self, compare: Compare) -> None:
        self._canvas.compare = compare
        self.update()

    def set_labels(self, a: str, b: str) -> None:
        self._canvas.labels = (a, b)
        self.update()

    def set_wipe(self, place: float) -> None:
        self._canvas.wipe = min(1.0, max(0.0, place))
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Takes a tool and draws its marks."""
        before = self._pointing.tool
        if before is tool:
            return
        if before is not None:
            before.marks_changed.disconnect(self.update)
        self._pointing.take(tool)
        tool.marks_changed.connect(self.update)
        self.update()

    # -- place and size of the plate -------------------------------------------------------

    @property
    def transform(self) -> ViewTransform | None:
        return self._transform

    @property
    def scale(self) -> float:
        """Logical view pixels per plate pixel."""
        zoom = self._transform.zoom if self._transform is not None else 1.0
        return zoom / self.devicePixelRatioF()

    def fit(self) -> None:
        """Shows the whole plate."""
        if self._transform is not None:
            self._fitted = True
            self._transform = ViewTransform.fit(self._transform.plate, self._device_size())
            self._transform_changed()

    def zoom_to(self, zoom: float) -> None:
        """Zooms to ``zoom`` device pixels per plate pixel about the view's centre."""
        if self._transform is not None:
            self.zoom_by(zoom / self._transform.zoom)

    def zoom_by(self, factor: float) -> None:
        """Zooms about the view's centre."""
        self.zoom_at(factor, QRectF(self.rect()).center())

    def zoom_at(self, factor: float, position: QPointF) -> None:
        """Zooms about a place of the view, logical pixels."""
        if self._transform is not None:
            ratio = self.devicePixelRatioF()
            at = position.x() * ratio, position.y() * ratio
            self._fitted = False
            self._transform = self._transform.zoomed(factor, at)
            self._transform_changed()

    def pan_by(self, distance: QPointF) -> None:
        """Moves the picture by logical pixels."""
        if self._transform is not None:
            ratio = self.devicePixelRatioF()
            self._fitted = False
            self._transform = self._transform.panned(distance.x() * ratio, distance.y() * ratio)
            self._transform_changed()

    def to_plate(self, position: QPointF) -> tuple[float, float] | None:
        """A place of the view (logical pixels) in plate pixels; None without a plate."""
        if self._transform is None:
            return None
        ratio = self.devicePixelRatioF()
        return self._transform.to_plate(position.x() * ratio, position.y() * ratio)

    def over_wipe(self, position: QPointF) -> bool:
        """Whether a place of the view is near enough to the wipe line to grab it."""
        return (
            self._transform is not None
            and self._canvas.shown is Compare.WIPE
            and abs(position.x() - self._canvas.wipe_x(self._transform)) <= WIPE_GRAB
        )

    def drag_wipe(self, x: float) -> None:
        """Moves the wipe line to plate column ``x``."""
        if self._transform is not None:
            self.set_wipe(x / self._transform.plate[0])

    def probe(self, x: float, y: float) -> None:
        """Says which plate pixel the pointer is at."""
        if self._transform is not None:
            width, height = self._transform.plate
            inside = 0 <= x < width and 0 <= y < height
            self.probed.emit((int(x), int(y)) if inside else None)

    def _transform_changed(self) -> None:
        self._canvas.redraw()
        self.update()
        if self._transform is None:
            return
        self.zoom_changed.emit(self._transform.zoom)
        divisor = self._transform.picture_divisor()
        if divisor != self._divisor:
            self._divisor = divisor
            self.picture_divisor_changed.emit(divisor)

    def _to_logical(self, x: float, y: float) -> QPointF:
        assert self._transform is not None
        ratio = self.devicePixelRatioF()
        vx, vy = self._transform.to_view(x, y)
        return QPointF(vx / ratio, vy / ratio)

    def _logical(self, box: Box) -> QRect:
        ratio = self.devicePixelRatioF()
        size = (box.right - box.left) / ratio, (box.bottom - box.top) / ratio
        return QRectF(box.left / ratio, box.top / ratio, *size).toAlignedRect()

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _allocate(self) -> None:
        self._canvas.allocate(self._device_size(), self.devicePixelRatioF())

    # -- Qt overrides ----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._transform is None:
            painter.fillRect(event.rect(), QColor(BACKGROUND, BACKGROUND, BACKGROUND))
            painter.setPen(QColor(165, 165, 165))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._message)
            return
        self._canvas.paint(painter, event.region(), self._transform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pointing.tool is not None and self.shows_mask:
            self._pointing.tool.paint(painter, self._to_logical, self.scale)
        self._canvas.paint_marks(painter, self.rect(), self._transform)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._allocate()
        if self._transform is not None:
            if self._fitted:
                self._transform = ViewTransform.fit(self._transform.plate, self._device_size())
            else:
                self._transform = self._transform.resized(self._device_size())
            self._transform_changed()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._allocate()
            self.fit()
        super().changeEvent(event)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        tool = self._pointing.tool
        if tool is not None and tool.key(event):
            event.accept()
        else:
            super().keyPressEvent(event)
