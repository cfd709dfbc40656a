"""The timeline: every frame of the shot, what it carries, and the playhead that scrubs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from void_studio.app.theme import ui_font
from void_studio.app.timeline import painting
from void_studio.app.timeline.geometry import TimeScale, thumb_slots, timecode
from void_studio.app.timeline.painting import Contents, Frame
from void_studio.app.timeline.rows import Lane, Row, TakeSpan, lay_out, least_height
from void_studio.app.timeline.thumbs import Thumbnails

_SETTLE_MS = 60  # thumbnails are asked for once resizing and zooming pause this long
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Timeline(QWidget):
    """Shows a shot over time. It holds no shot: it is told, and it says what was asked for.

    The time axis runs from left to right in every language, as film does.

    Signals:
        scrub_started: The pointer took the playhead.
        scrubbed: The frame the pointer is at; at most one per turn of the event loop, the latest.
            The playhead moves when ``set_current`` is called.
        scrub_finished: The pointer let go.
        thumbnails_wanted: Frames (list of int) and the size to fit them in, in device pixels.
    """

    scrub_started = Signal()
    scrubbed = Signal(int)
    scrub_finished = Signal()
    thumbnails_wanted = Signal(list, QSize)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents = Contents()
        self._current = 0
        self._aspect = 16 / 9
        self._scale = TimeScale.whole(0, 0.0, 1.0)
        self._rows: list[Row] = []
        self._thumbs = Thumbnails()
        self._font = ui_font()
        self._small = ui_font(0.92)
        self._number = ui_font(0.92, bold=True)
        self._layer = QPixmap()
        self._stale = QRegion()
        self._scrubbing = False
        self._pan_from: tuple[float, TimeScale] | None = None
        self._pending: int | None = None
        self._ring = False
        self._emit_soon = QTimer(self, singleShot=True, interval=0)
        self._emit_soon.timeout.connect(self._emit_scrub)
        self._ask_soon = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._ask_soon.timeout.connect(self._ask_for_thumbnails)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Frames of the shot. Left and Right step, Home and End go to the ends."
        )

    # What is shown

    @property
    def scale(self) -> TimeScale:
        """Where frames stand now."""
        return self._scale

    @property
    def rows(self) -> list[Row]:
        """The bands from top to bottom."""
        return list(self._rows)

    @property
    def current(self) -> int:
        return self._current

    def set_frames(
        self, count: int, first_number: int, rate: Fraction, aspect: float = 16 / 9
    ) -> None:
        """Shows another shot, empty of everything else, from end to end.

        Args:
            count: Frames of the plate.
            first_number: The number shown for frame 0.
            rate: Frames per second.
            aspect: Width to height of a thumbnail.
        """
        self._contents = Contents(count, first_number, rate, (0, max(0, count - 1)))
        self._current = 0
        self._aspect = min(max(aspect, 0.2), 5.0)
        self._thumbs.clear()
        self._scale = TimeScale.whole(count, self._scale.left, self._scale.width)
        self._arrange()

    def set_current(self, index: int) -> None:
        """Moves the playhead; repaints the two places it was and is, unless zoom turns the page."""
        if index == self._current:
            return
        before = self._playhead_region()
        self._current = index
        revealed = self._scale.revealing(index)
        if revealed != self._scale and not self._scrubbing:
            self._set_scale(revealed)
        else:
            self.update(before + self._playhead_region())

    def set_range(self, first: int, last: int) -> None:
        """The in and out points, inclusive plate indices."""
        if (first, last) != self._contents.in_out:
            self._contents.in_out = (first, last)
            self._touch_all()

    def set_cached(self, cached: ArrayLike | bytes | bytearray) -> None:
        """Which frames of the plate can be shown at once: one 0 or 1 per frame."""
        self._contents.cached = self._per_frame(cached)
        self._touch("cached")

    def set_result_cached(self, cached: ArrayLike | bytes | bytearray) -> None:
        """The same for the take that is compared with the plate."""
        self._contents.result_cached = self._per_frame(cached)
        self._touch("cached")

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """What frames carry; only lanes whose states changed are painted again."""
        before, self._contents.lanes = self._contents.lanes, list(lanes)
        kept = len(before) == len(lanes) and all(map(Lane.same_place, before, lanes))
        if not kept:
            self._arrange()
            return
        for which, (old, new) in enumerate(zip(before, lanes, strict=True)):
            if not np.array_equal(old.states, new.states):
                self._touch("lane", which)

    def set_confidence(self, confidence: ArrayLike) -> None:
        """How sure the tracker was, 0 to 1 per frame; NaN where it has not been."""
        self._contents.confidence = np.array(confidence, np.float64)
        self._touch("confidence")

    def set_prompts(self, frames: Iterable[int]) -> None:
        """The frames that were clicked on."""
        clicks = np.zeros(self._contents.count, np.uint8)
        clicks[[index for index in frames if 0 <= index < clicks.size]] = 1
        self._contents.clicks = clicks
        self._touch("clicks")

    def set_takes(self, takes: Sequence[TakeSpan]) -> None:
        """Finished and running takes, oldest first; those that do not fit are the oldest."""
        if list(takes) == self._contents.takes:
            return
        before = self._take_rows()
        self._contents.takes = list(takes)
        if self._take_rows() != before:
            self._arrange()
        else:
            self._touch("takes")

    def set_thumbnail(self, index: int, picture: QImage) -> None:
        """Gives one of the pictures that ``thumbnails_wanted`` asked for."""
        self._thumbs.put(index, picture)
        row = self._row("plate")
        for slot, x, width in thumb_slots(self._scale, self._thumb_width()) if row else ():
            if row and slot == index:
                area = QRectF(x, row.top, width, row.height).toAlignedRect()
                self._touch_rect(area)

    # Zoom

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Closer by ``factor`` around ``x``, or around the playhead."""
        at = self._scale.centre_of(self._current) if x is None else x
        self._set_scale(self._scale.zoomed(factor, at))

    def show_all(self) -> None:
        """The whole shot from end to end."""
        self._set_scale(TimeScale.whole(self._contents.count, self._scale.left, self._scale.width))

    def _set_scale(self, scale: TimeScale) -> None:
        if scale != self._scale:
            self._scale = scale
            self._touch_all()
            self._ask_soon.start()

    # Layout and what has to be painted again

    def _arrange(self) -> None:
        """Places rows and axis anew after a change of size, font, or rows."""
        metrics = QFontMetrics(self._font)
        names = [lane.name for lane in self._contents.lanes]
        line, takes = metrics.height(), self._take_rows()
        self._rows = lay_out(self.height(), line, names, takes)
        small = QFontMetrics(self._small)
        widest = max(small.horizontalAdvance(row.name) for row in self._rows)
        left = 12 + min(widest, small.averageCharWidth() * 16) + 14
        self._scale = self._scale.resized(left, self.width() - left - 12)
        self.setMinimumHeight(least_height(line, names, takes))
        self.updateGeometry()
        self._touch_all()
        self._ask_soon.start()

    def _take_rows(self) -> int:
        return max(painting.take_rows(self._contents.takes), default=0) + 1

    def _row(self, kind: str) -> Row | None:
        return next((row for row in self._rows if row.kind == kind), None)

    def _touch(self, kind: str, lane: int | None = None) -> None:
        for row in self._rows:
            if row.kind == kind and lane in (None, row.lane):
                self._touch_rect(QRect(0, row.top, self.width(), row.height))

    def _touch_rect(self, rect: QRect) -> None:
        self._stale += rect
        self.update(rect)

    def _touch_all(self) -> None:
        self._touch_rect(self.rect())

    def _per_frame(self, values: ArrayLike | bytes | bytearray) -> NDArray[np.uint8]:
        """Any per-frame flags as ``(count,)`` 0 or 1, cut or filled up to the shot's length."""
        if isinstance(values, bytes | bytearray):
            given = np.frombuffer(bytes(values), np.uint8)
        else:
            given = np.asarray(values)
        made = np.zeros(self._contents.count, np.uint8)
        size = min(made.size, given.size)
        made[:size] = given[:size] != 0
        return made

    def _thumb_height(self) -> int:
        row = self._row("plate")
        return row.height if row else 1

    def _thumb_width(self) -> float:
        return max(8.0, self._thumb_height() * self._aspect)

    def _ask_for_thumbnails(self) -> None:
        if not self.isVisible() or not self._contents.count:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(round(self._thumb_width() * ratio), round(self._thumb_height() * ratio))
        indices = [index for index, _, _ in thumb_slots(self._scale, self._thumb_width())]
        wanted = self._thumbs.wanted(indices, size)
        if wanted:
            self.thumbnails_wanted.emit(wanted, size)

    # Painting

    def _frame_text(self) -> str:
        return str(self._contents.first_number + self._current)

    def _head(self) -> QRectF:
        """The box with the frame's number, kept inside the widget."""
        ruler = self._rows[0]
        width = QFontMetrics(self._number).horizontalAdvance(self._frame_text()) + 10
        x = self._scale.centre_of(self._current) - width / 2
        x = min(max(x, 0.0), max(0.0, self.width() - width))
        return QRectF(x, ruler.top, width, ruler.height - 1)

    def _playhead_region(self) -> QRegion:
        if not self._rows or self._current not in self._scale.visible:
            return QRegion()
        x = self._scale.centre_of(self._current)
        line = QRectF(x - 2, 0, 4, self.height()).toAlignedRect()
        return QRegion(self._head().toAlignedRect().adjusted(-1, -1, 1, 1)) + QRegion(line)

    def _refresh_layer(self) -> None:
        """Paints what went stale of everything but the playhead into the picture kept of it."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._layer.size() != size or self._layer.devicePixelRatio() != ratio:
            self._layer = QPixmap(size)
            self._layer.setDevicePixelRatio(ratio)
            self._stale = QRegion(self.rect())
        if self._stale.isEmpty():
            return
        frame = Frame(
            self._scale, ratio, self._font, self._small, self._thumbs.picture, self._thumb_width()
        )
        painter = QPainter(self._layer)
        painter.setClipRegion(self._stale)
        painter.fillRect(self.rect(), painting.colour("window"))
        for row in self._rows if self._contents.count else ():
            if self._stale.intersects(QRect(0, row.top, self.width(), row.height)):
                painting.paint_row(painter, row, self._contents, frame)
        bands = QRectF(self._scale.left, 0, self._scale.width, self.height())
        painting.paint_outside(painter, bands, self._contents, self._scale)
        self._paint_extent(painter)
        painter.end()
        self._stale = QRegion()

    def _paint_extent(self, painter: QPainter) -> None:
        """When zoomed in: a bar along the bottom that says which part of the shot this is."""
        scale = self._scale
        if scale.is_whole:
            return
        start = scale.left + scale.width * scale.first / scale.count
        width = max(8.0, scale.width * scale.shown / scale.count)
        painter.fillRect(
            QRectF(scale.left, self.height() - 3, scale.width, 2), painting.colour("field")
        )
        painter.fillRect(QRectF(start, self.height() - 3, width, 2), painting.colour("dim"))

    # Scrubbing

    def _scrub_to(self, x: float) -> None:
        self._pending = self._scale.index_at(x)
        self._emit_soon.start()

    def _emit_scrub(self) -> None:
        index, self._pending = self._pending, None
        if index is not None:
            self.scrubbed.emit(index)

    def _describe(self, x: float) -> str:
        """What the frame under the pointer carries, in words."""
        contents = self._contents
        index = self._scale.index_at(x)
        words = [f"{contents.first_number + index}", timecode(index, contents.rate)]
        words += [
            lane.name for lane in contents.lanes if index < lane.states.size and lane.states[index]
        ]
        if index < contents.clicks.size and contents.clicks[index]:
            words.append("clicked")
        if index < contents.confidence.size and not np.isnan(contents.confidence[index]):
            words.append(f"confidence {contents.confidence[index]:.2f}")
        return "  ·  ".join(words)

    # Qt overrides

    def sizeHint(self) -> QSize:
        line = QFontMetrics(self._font).height()
        return QSize(line * 40, self.minimumHeight() + line * 2)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if self._contents.count:
                QToolTip.showText(event.globalPos(), self._describe(event.pos().x()), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QEvent) -> None:
        self._ask_soon.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._refresh_layer()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)  # Qt clips it to what has to be painted
        if self._contents.count and self._current in self._scale.visible:
            x = self._scale.centre_of(self._current)
            painting.paint_playhead(
                painter, x, self._head(), self.height(), self._frame_text(), self._number
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
            Qt.Key.Key_Left: self._current - 1,
            Qt.Key.Key_Right: self._current + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
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
