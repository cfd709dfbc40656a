"""The picture: A and B sides with mask, zoom, pan, wipe, and the tool in hand.

Each side is drawn into a buffer of the view's own resolution when something changes, and only
where it changes; painting the widget is then a copy.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from void_studio.app.tools.base import Pointer, Tool
from void_studio.app.viewer.render import BACKGROUND, MaskView, OverlayStyle, SideRenderer
from void_studio.app.viewer.side import Side, paint_label, paint_wipe
from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import Rect

Pixels = NDArray[np.uint8]

WIPE_GRAB = 10  # logical pixels either side of the wipe line that grab it


class Compare(Enum):
    """Which side is on screen."""

    A = "a"
    B = "b"
    WIPE = "wipe"


class Viewer(QWidget):
    """Shows the current frame and hands the pointer to the tool.

    Signals:
        picture_divisor_changed: The plate reduced this many times is what the zoom needs.
        zoom_changed: Device pixels per plate pixel.
        probed: Plate position under the pointer, or None outside.
        wipe_moved: The wipe's new place, 0 to 1 across the plate.
    """

    picture_divisor_changed = Signal(int)
    zoom_changed = Signal(float)
    probed = Signal(object)
    wipe_moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Viewer")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self._style = OverlayStyle()
        self._renderer = SideRenderer(self._style)
        self._a, self._b = Side(), Side()
        self._field: Pixels | None = None
        self._mask_view = MaskView.OVERLAY
        self._compare = Compare.A
        self._labels = ("", "")
        self._wipe = 0.5
        self._fitted = True
        self._transform: ViewTransform | None = None
        self._tool: Tool | None = None
        self._pressed = False
        self._panning: QPointF | None = None
        self._wiping = False
        self._space_pan = False
        self._divisor = 0
        self._message = "Open a clip to begin"
        self._allocate()

    # -- content ---------------------------------------------------------------------------

    @property
    def transform(self) -> ViewTransform | None:
        return self._transform

    @property
    def has_picture(self) -> bool:
        """Whether a frame of the plate is on screen."""
        return self._transform is not None and self._a.picture is not None

    @property
    def mask_view(self) -> MaskView:
        return self._mask_view

    @property
    def compare(self) -> Compare:
        return self._compare

    @property
    def wipe(self) -> float:
        return self._wipe

    def set_plate_size(self, size: tuple[int, int] | None) -> None:
        """Begins showing a plate of ``size``, fitted; None shows the empty view."""
        self._a.picture = self._b.picture = None
        self._field = None
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
        self._a.picture, self._b.picture, self._field = a, b, field
        self._redraw()

    def set_pictures(self, a: Pixels | None, b: Pixels | None) -> None:
        """Replaces the pictures of the frame on screen, the mask staying."""
        if a is not self._a.picture:
            self._a.picture = a
            self._a.stale = True
        if b is not self._b.picture:
            self._b.picture = b
            self._b.stale = True
        self.update()

    def mask_changed(self, rect: Rect | None = None) -> None:
        """Redraws the mask where it changed (plate pixels), or everywhere."""
        if self._transform is None:
            return
        if rect is None or self._a.stale:
            self._a.stale = True
            self.update()
            return
        box = self._transform.box_of(rect)
        if not box.empty:
            self._draw_side(self._a, box)
            self.update(self._logical(box))

    def set_mask_view(self, view: MaskView) -> None:
        self._mask_view = view
        self._redraw()

    def set_overlay_style(self, style: OverlayStyle) -> None:
        self._style = style
        self._renderer.set_style(style)
        self._redraw()

    def set_compare(self, compare: Compare) -> None:
        self._compare = compare
        self.update()

    def set_labels(self, a: str, b: str) -> None:
        self._labels = (a, b)
        self.update()

    def set_wipe(self, place: float) -> None:
        self._wipe = min(1.0, max(0.0, place))
        self.update()

    # -- navigation ------------------------------------------------------------------------

    def fit(self) -> None:
        if self._transform is not None:
            self._fitted = True
            self._transform = ViewTransform.fit(self._transform.plate, self._device_size())
            self._transform_changed()

    def zoom_to(self, zoom: float) -> None:
        """Zooms to ``zoom`` device pixels per plate pixel about the view's centre."""
        if self._transform is not None:
            width, height = self._device_size()
            self._zoom(zoom / self._transform.zoom, (width / 2, height / 2))

    def zoom_by(self, factor: float) -> None:
        width, height = self._device_size()
        self._zoom(factor, (width / 2, height / 2))

    def _zoom(self, factor: float, at: tuple[float, float]) -> None:
        if self._transform is not None:
            self._fitted = False
            self._transform = self._transform.zoomed(factor, at)
            self._transform_changed()

    def _transform_changed(self) -> None:
        self._redraw()
        if self._transform is None:
            return
        self.zoom_changed.emit(self._transform.zoom)
        divisor = self._transform.picture_divisor()
        if divisor != self._divisor:
            self._divisor = divisor
            self.picture_divisor_changed.emit(divisor)

    # -- tool ------------------------------------------------------------------------------

    def set_tool(self, tool: Tool) -> None:
        if self._tool is tool:
            return
        if self._tool is not None:
            self._tool.leave()
            self._tool.marks_changed.disconnect(self.update)
        self._tool = tool
        tool.marks_changed.connect(self.update)
        self.setCursor(tool.cursor)
        self.update()

    def _pointer(self, event: QMouseEvent | QEnterEvent) -> Pointer | None:
        if self._transform is None:
            return None
        ratio = self.devicePixelRatioF()
        position = event.position()
        x, y = self._transform.to_plate(position.x() * ratio, position.y() * ratio)
        return Pointer(x, y, event.modifiers(), self._transform.zoom / ratio)

    def _to_logical(self, x: float, y: float) -> QPointF:
        assert self._transform is not None
        ratio = self.devicePixelRatioF()
        vx, vy = self._transform.to_view(x, y)
        return QPointF(vx / ratio, vy / ratio)

    # -- drawing ---------------------------------------------------------------------------

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _allocate(self) -> None:
        for side in (self._a, self._b):
            side.allocate(self._device_size(), self.devicePixelRatioF())

    def _redraw(self) -> None:
        self._a.stale = self._b.stale = True
        self.update()

    def _draw_side(self, side: Side, box: Box | None = None) -> None:
        assert self._transform is not None
        field = self._field if side is self._a else None
        whole = Box(0, 0, *self._device_size())
        self._renderer.draw(
            side.buffer, box or whole, self._transform, side.picture, field, self._mask_view
        )
        if box is None:
            side.stale = False

    def _logical(self, box: Box) -> QRect:
        ratio = self.devicePixelRatioF()
        rect = QRectF(
            box.left / ratio,
            box.top / ratio,
            (box.right - box.left) / ratio,
            (box.bottom - box.top) / ratio,
        )
        return rect.toAlignedRect()

    def _wipe_x(self) -> float:
        """The wipe line's place in logical view pixels."""
        assert self._transform is not None
        return self._to_logical(self._wipe * self._transform.plate[0], 0).x()

    def _has_b(self) -> bool:
        return bool(self._labels[1])

    def _shown_compare(self) -> Compare:
        return self._compare if self._has_b() else Compare.A

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._transform is None:
            painter.fillRect(event.rect(), QColor(BACKGROUND, BACKGROUND, BACKGROUND))
            painter.setPen(QColor(165, 165, 165))
            painter.drawText(
                self.rect(),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                self._message,
            )
            return
        compare = self._shown_compare()
        for side in (self._a, self._b):
            needed = compare is Compare.WIPE or (side is self._a) == (compare is Compare.A)
            if needed and side.stale:
                self._draw_side(side)
        for rect in event.region():  # type: ignore[attr-defined]
            if compare is Compare.WIPE:
                split = min(max(round(self._wipe_x()), rect.left()), rect.right() + 1)
                left = QRect(rect.left(), rect.top(), split - rect.left(), rect.height())
                right = QRect(split, rect.top(), rect.right() + 1 - split, rect.height())
                self._a.paint(painter, left)
                self._b.paint(painter, right)
            else:
                (self._a if compare is Compare.A else self._b).paint(painter, rect)
        ratio = self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if compare is Compare.WIPE:
            paint_wipe(painter, self._wipe_x(), self.height())
        if self._tool is not None and compare is not Compare.B:
            self._tool.paint(painter, self._to_logical, self._transform.zoom / ratio)
        a, b = self._labels
        if a and b and compare is not Compare.B:
            paint_label(painter, self.rect(), a, left=True)
        if b and compare is not Compare.A:
            waiting = " · decoding" if self._b.picture is None else ""
            paint_label(painter, self.rect(), b + waiting, left=False)

    # -- events ----------------------------------------------------------------------------

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
        steps = event.angleDelta().y() / 120
        if steps:
            ratio = self.devicePixelRatioF()
            position = event.position()
            self._zoom(1.25**steps, (position.x() * ratio, position.y() * ratio))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None:
            return
        button = event.button()
        if button == Qt.MouseButton.MiddleButton:
            self._start_pan(event.position())
        elif button == Qt.MouseButton.LeftButton:
            if self._over_wipe(event.position()):
                self._wiping = True
            elif self._tool is None or self._tool.name == "pan":
                self._start_pan(event.position())
            elif self._shown_compare() is not Compare.B:
                self._pressed = True
                self._tool.press(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None or event.button() != Qt.MouseButton.LeftButton or self._tool is None:
            self.mousePressEvent(event)
        elif self._tool.name == "pan":
            self.fit()
        elif self._shown_compare() is not Compare.B:
            self._tool.double_click(pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None or self._transform is None:
            return
        if self._panning is not None:
            ratio = self.devicePixelRatioF()
            moved = (event.position() - self._panning) * ratio
            self._panning = event.position()
            self._fitted = False
            self._transform = self._transform.panned(moved.x(), moved.y())
            self._transform_changed()
        elif self._wiping:
            self.set_wipe(pointer.x / self._transform.plate[0])
            self.wipe_moved.emit(self._wipe)
        elif self._tool is not None:
            if self._pressed:
                self._tool.move(pointer)
            else:
                over = self._over_wipe(event.position())
                self.setCursor(Qt.CursorShape.SplitHCursor if over else self._tool.cursor)
                self._tool.hover(None if over else pointer)
        width, height = self._transform.plate
        inside = 0 <= pointer.x < width and 0 <= pointer.y < height
        self.probed.emit((int(pointer.x), int(pointer.y)) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panning is not None and event.button() != Qt.MouseButton.RightButton:
            self._panning = None
            self.setCursor(self._tool.cursor if self._tool else Qt.CursorShape.ArrowCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            pointer = self._pointer(event)
            if self._pressed and self._tool is not None and pointer is not None:
                self._pressed = False
                self._tool.release(pointer)
            self._wiping = False

    def leaveEvent(self, event: QEvent) -> None:
        if self._tool is not None:
            self._tool.hover(None)
        self.probed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._tool is not None and self._tool.key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def _start_pan(self, position: QPointF) -> None:
        self._panning = position
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _over_wipe(self, position: QPointF | QPoint) -> bool:
        return (
            self._transform is not None
            and self._shown_compare() is Compare.WIPE
            and abs(position.x() - self._wipe_x()) <= WIPE_GRAB
        )
