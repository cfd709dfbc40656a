"""What the pointer does over the picture: pan, zoom, drag or turn the wipe, or draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QGuiApplication,
    QInputDevice,
    QKeyEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QSinglePointEvent,
    QTabletEvent,
    QWheelEvent,
)

from void_studio.app.tools.base import Pointer, Tool
from void_studio.app.viewer.compare import Grab
from void_studio.app.viewer.wiping import Wiping

if TYPE_CHECKING:
    from void_studio.app.viewer.viewer import Viewer

# Only the X Window System joins events at all, and does so by default.
_JOINS_EVENTS = Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents

_HELD_KEYS = (Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Control)

PROBE_MS = 30
"""How often the read-out follows a tool that draws: it takes a quarter of the time of an event."""

ZOOM_STEP = 1.25  # for one notch of the wheel

_GRAB_CURSORS = {
    Grab.CENTRE: Qt.CursorShape.SizeAllCursor,
    Grab.LINE: Qt.CursorShape.SplitHCursor,
    Grab.TURN: Qt.CursorShape.PointingHandCursor,
}


class Pointing:
    """Takes the events of mouse and pen from a viewer, which hands them on.

    Attributes:
        tool: The tool in hand, or None.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.tool: Tool | None = None
        self._drawing = False
        self._button = Qt.MouseButton.LeftButton
        self._held = Qt.KeyboardModifier.NoModifier
        self._right = False  # of two halves, the one that the button went down in
        self._wiping = Wiping(viewer)
        self._panned_to: QPointF | None = None
        self._pen_down = False
        self._probed: tuple[float, float, QPointF] | None = None
        self._probe_soon = QTimer(viewer, interval=PROBE_MS, singleShot=True)
        self._probe_soon.timeout.connect(self._probe)

    def take(self, tool: Tool) -> None:
        """Puts the tool in hand away and takes another."""
        self._end_drawing()
        if self.tool is not None:
            self.tool.leave()
        self.tool = tool
        self._show_cursor()

    # -- events ----------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        """A wheel zooms; two fingers on a pad pan, and zoom with Ctrl."""
        event.accept()
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if _of_fingers(event) and not zooms:
            self._viewer.pan_by(QPointF(event.pixelDelta()))
            return
        steps = event.angleDelta().y() / 120
        if steps:
            self._viewer.zoom_at(ZOOM_STEP**steps, event.position())

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """A pinch zooms; returns whether the gesture was one."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._viewer.zoom_at(max(0.1, 1 + event.value()), event.position())
        return True

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
        self._right = self._viewer.pane_at(event.position())
        pointer = self._pointer(event)
        if pointer is None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._start_pan(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            if self._wiping.take(event.position()):
                return
            if self.tool is None or self.tool.name == "pan":
                self._start_pan(event.position())
            elif self._viewer.shows_mask_at(event.position()):
                self._draw(self.tool.press, pointer, event.button())
        elif event.button() == Qt.MouseButton.RightButton:
            self._press_right(pointer)

    def _press_right(self, pointer: Pointer) -> None:
        if self.tool is not None and self.tool.sizes and pointer.alt and not self._drawing:
            sizing = replace(pointer, sizes=True)
            self._draw(self.tool.press, sizing, Qt.MouseButton.RightButton)

    def double_click(self, event: QSinglePointEvent) -> None:
        pointer = self._pointer(event)
        if pointer is None or event.button() != Qt.MouseButton.LeftButton or self.tool is None:
            self.press(event)
        elif self._wiping.over(event.position()) in (Grab.CENTRE, Grab.TURN):
            self._viewer.reset_wipe()
        elif self.tool.name == "pan":
            self._viewer.fit()
        elif self._viewer.shows_mask_at(event.position()):
            self._draw(self.tool.double_click, pointer, event.button())

    def move(self, event: QSinglePointEvent) -> None:
        self._note_held(event.modifiers())
        if event.buttons() == Qt.MouseButton.NoButton:
            self._lose_button()
        pointer = self._pointer(event)
        if pointer is None:
            return
        if self._panned_to is not None:
            self._viewer.pan_by(event.position() - self._panned_to)
            self._panned_to = event.position()
        elif self._wiping.taken is not None:
            self._wiping.move(event)
        elif self.tool is not None:
            if self._drawing:
                self.tool.move(pointer)
            else:
                self._hover(pointer, event.position())
        self._probed = pointer.x, pointer.y, event.position()
        if not self._drawing:
            self._probe()
        elif not self._probe_soon.isActive():
            self._probe_soon.start()

    def release(self, event: QSinglePointEvent) -> None:
        if self._panned_to is not None and event.button() != Qt.MouseButton.RightButton:
            self._panned_to = None
            self._show_cursor()
        elif self._wiping.taken is not None:
            if event.button() == Qt.MouseButton.LeftButton:
                self._wiping.let_go()
        elif self._drawing and event.button() == self._button:
            pointer = self._pointer(event)
            self._end_drawing()
            if self.tool is not None and pointer is not None:
                self.tool.release(pointer)

    def keys(self, event: QKeyEvent) -> None:
        """A key went down or up: what the tool would do may be another thing now."""
        if event.key() in _HELD_KEYS:
            self._note_held(event.modifiers())
            if self.tool is not None:
                self.tool.hold(event.modifiers())

    def leave(self) -> None:
        self._pen_down = False
        self._probed = None
        self._note_held(Qt.KeyboardModifier.NoModifier)
        if self.tool is not None:
            self.tool.hover(None)

    # -- helpers ---------------------------------------------------------------------------

    def _pointer(self, event: QSinglePointEvent) -> Pointer | None:
        """The event in plate pixels; None without a plate."""
        busy = event.buttons() != Qt.MouseButton.NoButton or self._drawing
        at = self._viewer.to_plate(event.position(), self._right if busy else None)
        if at is None:
            return None
        eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        return Pointer(*at, event.modifiers(), self._viewer.scale, eraser, _pressure(event))

    def _note_held(self, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers != self._held:
            self._held = modifiers
            self._viewer.held.emit(modifiers)

    def _draw(
        self, begin: Callable[[Pointer], None], pointer: Pointer, button: Qt.MouseButton
    ) -> None:
        """Hands a press to the tool, and what follows until that button goes up."""
        assert self.tool is not None
        if self.tool.sizes and pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            pointer = replace(pointer, sizes=True)
        self._drawing = True
        # Events that the window system joins into one would cut the corners of a quick stroke.
        QCoreApplication.setAttribute(_JOINS_EVENTS, False)
        self._button = button
        self._viewer.pressed.emit()
        begin(pointer)

    def _probe(self) -> None:
        if self._probed is not None:
            self._viewer.probe(*self._probed)

    def _end_drawing(self) -> None:
        self._drawing = False
        QCoreApplication.setAttribute(_JOINS_EVENTS, QGuiApplication.platformName() == "xcb")

    def _lose_button(self) -> None:
        """The button went up where nobody saw it, e.g. while another window had the mouse."""
        if self._drawing:
            self._end_drawing()
            if self.tool is not None:
                self.tool.finish()
        if self._panned_to is not None:
            self._panned_to = None
            self._show_cursor()
        if self._wiping.taken is not None:
            self._wiping.let_go()

    def _hover(self, pointer: Pointer, position: QPointF) -> None:
        assert self.tool is not None
        grab = self._wiping.over(position)
        if grab is not None:
            self._viewer.setCursor(_GRAB_CURSORS[grab])
        elif self._viewer.shows_mask_at(position):
            self._viewer.setCursor(self.tool.cursor)
        else:
            self._viewer.setCursor(Qt.CursorShape.ArrowCursor)
        # Over the other half the tool shows where in its own it would be.
        self.tool.hover(None if grab is not None else pointer)

    def _start_pan(self, position: QPointF) -> None:
        self._panned_to = position
        self._viewer.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _show_cursor(self) -> None:
        self._viewer.setCursor(self.tool.cursor if self.tool else Qt.CursorShape.ArrowCursor)


def _pressure(event: QSinglePointEvent) -> float:
    """How hard a pen is pressed, 0 to 1; 1 for what knows no pressure."""
    pressed = QInputDevice.Capability.Pressure
    if isinstance(event, QTabletEvent) and event.device().hasCapability(pressed):
        return event.pressure()
    return 1.0


def _of_fingers(event: QWheelEvent) -> bool:
    """Whether a wheel event comes of fingers that slide on a pad."""
    sliding = (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.deviceType() == QInputDevice.DeviceType.TouchPad
    )
    return sliding and not event.pixelDelta().isNull()
