"""The rows of the timeline, without the playhead: what frames carry, drawn once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from void_studio.app.theme import ui_font
from void_studio.app.timeline import painting
from void_studio.app.timeline.geometry import TimeScale, thumb_slots
from void_studio.app.timeline.painting import Contents, Frame
from void_studio.app.timeline.rows import Lane, Row, TakeSpan, lay_out, least_height
from void_studio.app.timeline.thumbs import Thumbnails

SETTLE_MS = 60
"""Thumbnails are asked for once resizing and zooming pause this long."""

_MARGIN = 12


class Bands(QWidget):
    """Everything that stays where it is while the playhead moves.

    It is kept as a picture; only rows whose contents changed are painted into it again.

    Signals:
        thumbnails_wanted: Frames (list of int) and the size to fit them in, in device pixels.
    """

    thumbnails_wanted = Signal(list, QSize)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._contents = Contents.empty()
        self._aspect = 16 / 9
        self._scale = TimeScale.whole(0, 0.0, 1.0)
        self._rows: list[Row] = []
        self._thumbs = Thumbnails()
        self._small = ui_font(0.92)
        self._layer = QPixmap()
        self._stale = QRegion()
        self._ask_soon = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._ask_soon.timeout.connect(self._ask_for_thumbnails)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def scale(self) -> TimeScale:
        """Where frames stand now."""
        return self._scale

    @property
    def rows(self) -> list[Row]:
        """The bands from top to bottom."""
        return list(self._rows)

    @property
    def range(self) -> tuple[int, int]:
        """The in and out points, inclusive plate indices."""
        return self._contents.in_out

    # What is shown

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
        self._contents = Contents.empty(count, first_number, rate)
        self._aspect = min(max(aspect, 0.2), 5.0)
        self._thumbs.clear()
        self._scale = TimeScale.whole(count, self._scale.left, self._scale.width)
        self._arrange()

    def set_range(self, first: int, last: int) -> None:
        """The in and out points, inclusive plate indices."""
        if (first, last) != self._contents.in_out:
            self._contents.in_out = (first, last)
            self._touch(self.rect())

    def set_cached(self, cached: ArrayLike | bytes | bytearray) -> None:
        """Which frames of the plate can be shown at once: one 0 or 1 per frame."""
        cached = self._fitted(_flags(cached), np.uint8(0))
        if not np.array_equal(cached, self._contents.cached):
            self._contents.cached = cached
            self._touch_rows("cached")

    def set_result_cached(self, cached: ArrayLike | bytes | bytearray) -> None:
        """The same for the take that is compared with the plate."""
        cached = self._fitted(_flags(cached), np.uint8(0))
        if not np.array_equal(cached, self._contents.result_cached):
            self._contents.result_cached = cached
            self._touch_rows("cached")

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """What frames carry; only lanes whose states changed are painted again."""
        before = self._contents.lanes
        after = [replace(lane, states=self._fitted(lane.states, np.uint8(0))) for lane in lanes]
        self._contents.lanes = after
        if len(before) != len(after) or not all(map(Lane.same_place, before, after)):
            self._arrange()
            return
        for which, (old, new) in enumerate(zip(before, after, strict=True)):
            if not np.array_equal(old.states, new.states):
                self._touch_rows("lane", which)

    def set_confidence(self, confidence: ArrayLike) -> None:
        """How sure the tracker was, 0 to 1 per frame; NaN where it has not been."""
        given = np.asarray(confidence, np.float64)
        fitted = self._fitted(given, np.float64("nan"))
        if not np.array_equal(fitted, self._contents.confidence, equal_nan=True):
            self._contents.confidence = fitted
            self._touch_rows("confidence")

    def set_prompts(self, frames: Iterable[int]) -> None:
        """The frames that were clicked on."""
        clicks = np.zeros(self._contents.count, np.uint8)
        clicks[[index for index in frames if 0 <= index < clicks.size]] = 1
        if not np.array_equal(clicks, self._contents.clicks):
            self._contents.clicks = clicks
            self._touch_rows("clicks")

    def set_takes(self, takes: Sequence[TakeSpan]) -> None:
        """Finished and running takes, oldest first; the oldest are left out where rows run out."""
        if list(takes) == self._contents.takes:
            return
        before = self._take_rows()
        self._contents.takes = list(takes)
        if self._take_rows() != before:
            self._arrange()
        else:
            self._touch_rows("takes")

    def set_thumbnail(self, index: int, picture: QImage) -> None:
        """Gives one of the pictures that ``thumbnails_wanted`` asked for."""
        self._thumbs.put(index, picture)
        for row in self._rows:
            if row.kind == "plate":
                for slot, x, width in thumb_slots(self._scale, self._thumb_size()[0]):
                    if slot == index:
                        self._touch(QRectF(x, row.top, width, row.height).toAlignedRect())

    # Zoom

    def zoom(self, factor: float, x: float) -> None:
        """Closer by ``factor``, keeping what is at ``x`` under it."""
        self._set_scale(self._scale.zoomed(factor, x))

    def show_all(self) -> None:
        """The whole shot from end to end."""
        self._set_scale(TimeScale.whole(self._contents.count, self._scale.left, self._scale.width))

    def _set_scale(self, scale: TimeScale) -> None:
        if scale != self._scale:
            self._scale = scale
            self._touch(self.rect())
            self._ask_soon.start()

    # Layout, and what has to be painted again

    def _arrange(self) -> None:
        """Places rows and axis anew after a change of size, font, or rows."""
        line = QFontMetrics(ui_font()).height()
        names = [lane.name for lane in self._contents.lanes]
        takes = self._take_rows()
        self._rows = lay_out(self.height(), line, names, takes)
        small = QFontMetrics(self._small)
        widest = max(small.horizontalAdvance(row.name) for row in self._rows)
        left = _MARGIN + min(widest, small.averageCharWidth() * 16) + _MARGIN
        self._scale = self._scale.resized(left, self.width() - left - _MARGIN)
        self.setMinimumHeight(least_height(line, names, takes))
        self.updateGeometry()
        self._touch(self.rect())
        self._ask_soon.start()

    def _take_rows(self) -> int:
        return max(painting.take_rows(self._contents.takes), default=0) + 1

    def _touch_rows(self, kind: str, lane: int | None = None) -> None:
        for row in self._rows:
            if row.kind == kind and lane in (None, row.lane):
                self._touch(QRect(0, row.top, self.width(), row.height))

    def _touch(self, rect: QRect) -> None:
        self._stale += rect
        self.update(rect)

    def _fitted(self, given: NDArray[Any], missing: np.generic) -> NDArray[Any]:
        """A copy of ``(count,)``: cut, or filled up with ``missing``."""
        made = np.full(self._contents.count, missing, given.dtype)
        size = min(made.size, given.size)
        made[:size] = given[:size]
        return made

    def _thumb_size(self) -> tuple[float, int]:
        """Width and height of a whole thumbnail."""
        height = next((row.height for row in self._rows if row.kind == "plate"), 1)
        return max(8.0, height * self._aspect), height

    def _ask_for_thumbnails(self) -> None:
        if not self.isVisible() or not self._contents.count:
            return
        ratio = self.devicePixelRatioF()
        width, height = self._thumb_size()
        size = QSize(round(width * ratio), round(height * ratio))
        indices = [index for index, _, _ in thumb_slots(self._scale, width)]
        wanted = self._thumbs.wanted(indices, size)
        if wanted:
            self.thumbnails_wanted.emit(wanted, size)

    # Painting

    def _refresh_layer(self) -> None:
        """Paints what went stale into the picture that is kept."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._layer.size() != size or self._layer.devicePixelRatio() != ratio:
            self._layer = QPixmap(size)
            self._layer.setDevicePixelRatio(ratio)
            self._stale = QRegion(self.rect())
        if self._stale.isEmpty():
            return
        frame = Frame(self._scale, ratio, self._small, self._thumbs.picture, self._thumb_size()[0])
        painter = QPainter(self._layer)
        painter.setClipRegion(self._stale)
        painter.fillRect(self.rect(), painting.colour("window"))
        for row in self._rows if self._contents.count else ():
            if self._stale.intersects(QRect(0, row.top, self.width(), row.height)):
                painting.paint_row(painter, row, self._contents, frame)
        area = QRectF(self._scale.left, 0, self._scale.width, self.height())
        painting.paint_outside(painter, area, self._contents, self._scale)
        painting.paint_extent(painter, area, self._scale)
        painter.end()
        self._stale = QRegion()

    # Qt overrides

    def sizeHint(self) -> QSize:
        line = QFontMetrics(ui_font()).height()
        return QSize(line * 40, self.minimumHeight() + line * 2)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._arrange()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._ask_soon.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._refresh_layer()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)  # Qt clips it to what has to be painted


def _flags(values: ArrayLike | bytes | bytearray) -> NDArray[np.uint8]:
    """Per-frame flags, 0 or 1."""
    if isinstance(values, bytes | bytearray):
        values = np.frombuffer(bytes(values), np.uint8)
    flags: NDArray[np.uint8] = (np.asarray(values) != 0).astype(np.uint8)
    return flags
