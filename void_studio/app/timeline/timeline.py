"""The timeline: the rows, and the playhead that is dragged over them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from void_studio.app.theme import ui_font
from void_studio.app.timeline import painting
from void_studio.app.timeline.bands import Bands
from void_studio.app.timeline.geometry import TimeScale, timecode

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
    """

    scrub_started = Signal()
    scrubbed = Signal(int)
    scrub_finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = 0
        self._number = ui_font(0.92, bold=True)
        self._scrubbing = False
        self._pending: int | None = None
        self._pan_from: tuple[float, TimeScale] | None = None
        self._ring = False
        self._emit_soon = QTimer(self, singleShot=True, interval=0)
        self._emit_soon.timeout.connect(self._emit_scrub)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Frames of the shot. Left and Right step, Home and End go to the ends."
        )

    @property
    def current(self) -> int:
        """The frame the playhead is at."""
        return self._current

    def set_frames(
        self, count: int, first_number: int, rate: Fraction, aspect: float = 16 / 9
    ) -> None:
        self._current = 0
        self._scrubbing = False
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

    def zoom_at_playhead(self, factor: float) -> None:
        """Closer by ``factor`` (further below 1) around the playhead."""
        self.zoom(factor, self._scale.centre_of(self._current))

    # The playhead

    def _frame_text(self) -> str:
        return str(self._contents.first_number + self._current)

    def _is_in_sight(self) -> bool:
        return bool(self._rows) and self._current in self._scale.visible

    def _head(self) -> QRectF:
        """The box with the frame's number, kept inside the widget."""
        ruler = self._rows[0]
        width = QFontMetrics(self._number).horizontalAdvance(self._frame_text()) + 10
        x = self._scale.centre_of(self._current) - width / 2
        x = min(max(x, 0.0), max(0.0, self.width() - width))
        return QRectF(x, ruler.top, width, ruler.height - 1)

    def _cover(self, head: QRectF) -> QRectF:
        """``head`` and the ruler's numbers that it would cut."""
        ruler = self._rows[0]
        near = head.adjusted(-3, 0, 3, 0)
        cover = QRectF(near)
        for _, _, box in painting.ruler_boxes(
            self._scale, self._contents.first_number, ruler, self._small
        ):
            if box.intersects(near):
                cover = cover.united(box)
        cover.setBottom(ruler.bottom - 3)
        return cover

    def _playhead_region(self) -> QRegion:
        if not self._is_in_sight():
            return QRegion()
        x = self._scale.centre_of(self._current)
        line = QRectF(x - 2, 0, 4, self.height()).toAlignedRect()
        head = self._head()
        return QRegion(head.united(self._cover(head)).toAlignedRect()) + QRegion(line)

    # Scrubbing

    def _scrub_to(self, x: float) -> None:
        scale = self._scale
        beyond = min(0.0, x - scale.left) + max(0.0, x - scale.right)
        if beyond and not scale.is_whole:
            self._set_scale(scale.panned(beyond / scale.frame_width))
        self._pending = self._scale.index_at(min(max(x, scale.left), scale.right - 0.01))
        self._emit_soon.start()

    def _emit_scrub(self) -> None:
        index, self._pending = self._pending, None
        if index is not None:
            self.scrubbed.emit(index)

    def _describe(self, x: float) -> str:
        """What the frame under the pointer carries, in words."""
        contents = self._contents
        index = self._scale.index_at(x)
        words = [str(contents.first_number + index), timecode(index, contents.rate)]
        words += [lane.name for lane in contents.lanes if lane.states[index]]
        if contents.clicks[index]:
            words.append("clicked")
        if not np.isnan(contents.confidence[index]):
            words.append(f"confidence {contents.confidence[index]:.2f}")
        return "  ·  ".join(words)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._contents.count:
                QToolTip.showText(event.globalPos(), self._describe(event.pos().x()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if self._contents.count and self._is_in_sight():
            x, head = self._scale.centre_of(self._current), self._head()
            painting.paint_playhead(
                painter,
                x,
                head,
                self._cover(head),
                self.height(),
                self._frame_text(),
                self._number,
            )
        if self._ring:
            painter.setPen(QPen(painting.colour("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._contents.count:
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrubbing = True
            self.scrub_started.emit()
            self._scrub_to(event.position().x())
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = (event.position().x(), self._scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self._scrub_to(event.position().x())
        elif self._pan_from:
            x, scale = self._pan_from
            self._set_scale(scale.panned((x - event.position().x()) / scale.frame_width))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._scrubbing:
            self._emit_soon.stop()
            self._emit_scrub()
            self._scrubbing = False
            self.scrub_finished.emit()
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # a second click is another scrub, nothing more

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.25 ** (turned.y() / 120), event.position().x())
        elif turned.x() and not self._scale.is_whole:
            self._set_scale(self._scale.panned(-turned.x() / 120 * self._scale.shown / 10))
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
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
