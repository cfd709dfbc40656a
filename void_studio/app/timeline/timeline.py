"""The timeline: the rows, and the playhead that is dragged over them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from void_studio.app.elided_label import literal
from void_studio.app.timeline import marks
from void_studio.app.timeline.bands import Bands
from void_studio.app.timeline.gestures import Gesture, MarkerDrag, Pan, RangeDrag, Scroll
from void_studio.app.timeline.hits import Hits
from void_studio.app.timeline.marker_name import MarkerName
from void_studio.app.timeline.playhead import Place, Playhead

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Timeline(Bands):
    """Shows a shot over time. It holds no shot: it is told, and it says what was asked for.

    The time axis runs from left to right in every language, as film does.

    Signals:
        scrub_started: The pointer took the playhead.
        scrubbed: The frame the pointer is at; at most one per turn of the event loop, the latest.
            The playhead moves when ``set_current`` is called.
        scrub_finished: The pointer let go.
        range_chosen: First and last plate index, where the in or out handle was let go of.
        marker_moved: From which frame to which.
        marker_named: A frame and what its marker is called now.
        menu_wanted: A frame, and where on the screen to open its menu (QPoint).
    """

    scrub_started = Signal()
    scrubbed = Signal(int)
    scrub_finished = Signal()
    range_chosen = Signal(int, int)
    marker_moved = Signal(int, int)
    marker_named = Signal(int, str)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = 0
        self._playhead = Playhead()
        self._gesture: Gesture | None = None
        self._scrubbing = False
        self._pending: int | None = None
        self._ring = False
        self._emit_soon = QTimer(self, singleShot=True, interval=0)
        self._emit_soon.timeout.connect(self._emit_scrub)
        self._name = MarkerName(self)
        self._name.named.connect(self.marker_named)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Frames of the shot. Left and Right step, Home and End go to the ends, "
            "the Menu key says what can be done with the frame."
        )

    @property
    def current(self) -> int:
        """The frame the playhead is at."""
        return self._current

    @property
    def scrubbing(self) -> bool:
        """Whether the pointer holds the playhead."""
        return self._scrubbing

    def set_frames(
        self, count: int, first_number: int, rate: Fraction, aspect: float = 16 / 9
    ) -> None:
        self._current = 0
        self._gesture = None
        self._scrubbing = False
        self._pending = None
        self._name.hide()
        super().set_frames(count, first_number, rate, aspect)

    set_frames.__doc__ = Bands.set_frames.__doc__

    def set_current(self, index: int) -> None:
        """Moves the playhead: repaints where it was and where it is.

        When zoomed in and the frame is out of sight, the page is turned to it.
        """
        if index == self._current:
            return
        before = self._playhead_region()
        self._current = index
        self.update(before + self._playhead_region())
        if not self._scrubbing:
            self._set_scale(self._scale.revealing(index))

    def name_marker(self, index: int) -> None:
        """Lets the name of the marker on a frame be typed, where its flag stands."""
        row = marks.row_of(self._rows, "markers")
        if row is None or index not in self._contents.markers:
            return
        self._set_scale(self._scale.revealing(index))
        place = QPoint(round(self._scale.centre_of(index)), row.top + row.height // 2)
        self._name.begin(index, self._contents.markers[index], place, self.width())

    def zoom_at_playhead(self, factor: float) -> None:
        """Closer by ``factor`` (further below 1) around the playhead."""
        self.zoom(factor, self._scale.centre_of(self._current))

    def _place(self) -> Place:
        """What the playhead stands in."""
        first_number = self._contents.first_number
        size = self.width(), self.height()
        return Place(self._scale, first_number, self._rows[0], self._small, *size)

    def _playhead_region(self) -> QRegion:
        if not self._rows or not self._contents.count:
            return QRegion()
        return self._playhead.region(self._current, self._place())

    @property
    def _hits(self) -> Hits:
        """What is under the pointer now."""
        height = self.height()
        return Hits(self._contents, self._rows, self._scale, self._small, height, self._scroll)

    # Scrubbing

    def _scrub_to(self, x: float, snap: bool) -> None:
        scale = self._scale
        beyond = min(0.0, x - scale.left) + max(0.0, x - scale.right)
        if beyond and not scale.is_whole:
            self._set_scale(scale.panned(beyond / scale.frame_width))
        inside = min(max(x, scale.left), scale.right - 0.01)
        self._pending = self._hits.frame(inside, self._contents.snaps() if snap else None)
        self._emit_soon.start()

    def _emit_scrub(self) -> None:
        index, self._pending = self._pending, None
        if index is not None:
            self.scrubbed.emit(index)

    # Taking hold of something

    def _gesture_at(self, at: QPointF) -> Gesture | None:
        """What a press of the left button begins; None for a scrub."""
        grip, flag = self._hits.grip(at), self._hits.flag(at)
        if grip in ("in", "out"):
            before = self._contents.in_out
            held = self._held(before[grip == "out"], at)
            return RangeDrag(grip, before, held, self.set_range, self.range_chosen.emit)
        if grip:
            self._set_scale(self._hits.page(at))
            return Scroll(grip, at.x(), self._scale, self._set_scale)
        if flag is not None:
            markers = dict(self._contents.markers)
            name = markers.pop(flag)
            return MarkerDrag(
                flag,
                self._held(flag, at),
                lambda index: self.set_markers({**markers, index: name}),
                self.marker_moved.emit,
                self.scrubbed.emit,
            )
        return None

    def _held(self, index: int, at: QPointF) -> Callable[[float, bool], int]:
        """The frame at a position, where ``index`` was taken beside its middle.

        What is dragged does not cling to itself.
        """
        beside = self._scale.centre_of(index) - at.x()
        marked = self._contents.snaps()
        others = marked[marked != index]
        return lambda x, snap: self._hits.frame(x + beside, others if snap else None)

    def _show_grip(self, at: QPointF) -> None:
        """Shows by the pointer's shape what a press would take."""
        hits = self._hits
        if hits.grip(at) in ("in", "out", "start", "end"):
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        elif hits.flag(at) is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._contents.count:
                words = self._hits.describe(QPointF(event.pos()))
                QToolTip.showText(event.globalPos(), literal(words), self)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position().x())
                return True
        elif (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and self._gesture is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self._rows and self._contents.count:
            self._playhead.paint(painter, self._current, self._place())
        if self._ring:
            painter.setPen(QPen(marks.colour("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._contents.count or self._gesture is not None or self._scrubbing:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._gesture = self._gesture_at(event.position())
            if self._gesture is None:
                self._scrubbing = True
                self.scrub_started.emit()
                self._scrub_to(event.position().x(), _shift(event))
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._gesture = Pan(event.position().x(), self._scale, self._set_scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self._let_go()  # the button may have gone up over another window
        if self._scrubbing:
            self._scrub_to(event.position().x(), _shift(event))
        elif self._gesture is not None:
            self._gesture.move(event.position().x(), _shift(event))
        elif event.buttons() == Qt.MouseButton.NoButton:
            self._show_grip(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (self._scrubbing and event.button() == Qt.MouseButton.LeftButton) or (
            self._gesture is not None and event.buttons() == Qt.MouseButton.NoButton
        ):
            self._let_go()

    def _let_go(self) -> None:
        """Ends what the pointer does."""
        if self._scrubbing:
            self._emit_soon.stop()
            self._emit_scrub()
            self._scrubbing = False
            self.scrub_finished.emit()
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        flag = self._hits.flag(event.position())
        if flag is not None and event.button() == Qt.MouseButton.LeftButton:
            self.name_marker(flag)
        else:
            self.mousePressEvent(event)  # a second click is another scrub, nothing more

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._contents.count:
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            x = round(self._scale.centre_of(self._current))
            place = self.mapToGlobal(QPoint(x, self.height() // 2))
            self.menu_wanted.emit(self._current, place)
        else:
            self.menu_wanted.emit(self._scale.index_at(event.pos().x()), event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.25 ** (turned.y() / 120), event.position().x())
        elif turned.x() and not self._scale.is_whole:
            self._set_scale(self._scale.panned(-turned.x() / 120 * self._scale.shown / 10))
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            return
        last = self._contents.count - 1
        goes_to = {
            int(Qt.Key.Key_Left): self._current - 1,
            int(Qt.Key.Key_Right): self._current + 1,
            int(Qt.Key.Key_Home): 0,
            int(Qt.Key.Key_End): last,
        }.get(event.key())
        if goes_to is None or last < 0:
            super().keyPressEvent(event)
        else:
            self.scrubbed.emit(min(max(goes_to, 0), last))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in _KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        self.update()


def _shift(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
