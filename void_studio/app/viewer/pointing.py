"""What the pointer does over the picture: pan, zoom, drag the wipe, or draw with the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QSinglePointEvent, QTabletEvent, QWheelEvent

from void_studio.app.tools.base import Pointer, Tool

if TYPE_CHECKING:
    from void_studio.app.viewer.viewer import Viewer

ZOOM_STEP = 1.25  # for one notch of the wheel


class Pointing:
    """Takes the events of mouse and pen from a viewer, which hands them on.

    Attributes:
        tool: The tool in hand, or None.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.tool: Tool | None = None
        self._drawing = False
        self._wiping = False
        self._panned_to: QPointF | None = None
        self._pen_down = False

    def take(self, tool: Tool) -> None:
        """Puts the tool in hand away and takes another."""
        if self.tool is not None:
            self.tool.leave()
        self.tool = tool
        self._show_cursor()

    # -- events ----------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self._viewer.zoom_at(ZOOM_STEP**steps, event.position())
        event.accept()

    def pen(self, event: QTabletEvent) -> None:
        """A pen draws as the mouse does. Accepting keeps Qt from making mouse events of it."""
        event.accept()
        self._pen_down = event.buttons() != Qt.MouseButton.NoButton
        if event.type() == QEvent.Type.TabletPress:
            self._viewer.setFocus(Qt.FocusReason.MouseFocusReason)
            self.press(event)
        elif event.type() == QEvent.Type.TabletMove:
            self.move(event)
        elif event.type() == QEvent.Type.TabletRelease:
            self.release(event)

    def mouse(self, event: QSinglePointEvent) -> None:
        """A mouse event; while the pen is down there is no mouse, whatever a driver says."""
        if self._pen_down:
            return
        if event.type() == QEvent.Type.MouseButtonPress:
            self.press(event)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.double_click(event)
        elif event.type() == QEvent.Type.MouseMove:
            self.move(event)
        else:
            self.release(event)

    def press(self, event: QSinglePointEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._start_pan(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            if self._viewer.over_wipe(event.position()):
                self._wiping = True
            elif self.tool is None or self.tool.name == "pan":
                self._start_pan(event.position())
            elif self._viewer.shows_mask_at(event.position()):
                self._drawing = True
                self.tool.press(pointer)

    def double_click(self, event: QSinglePointEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None or event.button() != Qt.MouseButton.LeftButton or self.tool is None:
            self.press(event)
        elif self.tool.name == "pan":
            self._viewer.fit()
        elif self._viewer.shows_mask:
            self.tool.double_click(pointer)

    def move(self, event: QSinglePointEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None:
            return
        if self._panned_to is not None:
            self._viewer.pan_by(event.position() - self._panned_to)
            self._panned_to = event.position()
        elif self._wiping:
            self._viewer.drag_wipe(pointer.x)
        elif self.tool is not None:
            if self._drawing:
                self.tool.move(pointer)
            else:
                self._hover(pointer, event.position())
        self._viewer.probe(pointer.x, pointer.y)

    def release(self, event: QSinglePointEvent) -> None:
        if self._panned_to is not None and event.button() != Qt.MouseButton.RightButton:
            self._panned_to = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            pointer = self._pointer(event)
            if self._drawing and self.tool is not None and pointer is not None:
                self._drawing = False
                self.tool.release(pointer)
            self._wiping = False

    def leave(self) -> None:
        self._pen_down = False
        if self.tool is not None:
            self.tool.hover(None)

    # -- helpers ---------------------------------------------------------------------------

    def _pointer(self, event: QSinglePointEvent) -> Pointer | None:
        """The event in plate pixels; None without a plate."""
        at = self._viewer.to_plate(event.position())
        if at is None:
            return None
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        return Pointer(*at, event.modifiers(), self._viewer.scale, eraser)

    def _hover(self, pointer: Pointer, position: QPointF) -> None:
        assert self.tool is not None
        over = self._viewer.over_wipe(position)
        self._viewer.setCursor(Qt.CursorShape.SplitHCursor if over else self.tool.cursor)
        self.tool.hover(None if over else pointer)

    def _start_pan(self, position: QPointF) -> None:
        self._panned_to = position
        self._viewer.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _show_cursor(self) -> None:
        self._viewer.setCursor(self.tool.cursor if self.tool else Qt.CursorShape.ArrowCursor)
