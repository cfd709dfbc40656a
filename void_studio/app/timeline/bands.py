"""The rows of the timeline, without the playhead: what frames carry, drawn once and kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
from void_studio.app.timeline import marks, painting
from void_studio.app.timeline.contents import Contents
from void_studio.app.timeline.geometry import TimeScale, thumb_slots
from void_studio.app.timeline.painting import Frame
from void_studio.app.timeline.rows import (
    Lane,
    Row,
    TakeSpan,
    lay_out,
    least_height,
    scroll_height,
)
from void_studio.app.timeline.thumbs import Thumbnails

SETTLE_MS = 60
"""Thumbnails are asked for once resizing and zooming pause this long."""

THUMB_STEP = 24
"""Thumbnails are made so many device pixels high, or a multiple of it."""

_MARGIN = 12

_NAMES = ("confidence", "markers", "affected")
"""The widest names; the axis begins beside them, whichever rows there are."""


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
        self._scroll = 0
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

    def set_first_number(self, number: int) -> None:
        """The number shown for frame 0."""
        if number != self._contents.first_number:
            self._contents.first_number = number
            self._touch(self.rect())

    def recolour(self) -> None:
        """Shows everything in the colours that are chosen now."""
        self._touch(self.rect())

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
        if [lane.name for lane in before] != [lane.name for lane in after]:
            self._arrange()
        elif not self._arrange_if_other():
            self._touch_changed(before, after)

    def _touch_changed(self, before: Sequence[Lane], after: Sequence[Lane]) -> None:
        for which, (old, new) in enumerate(zip(before, after, strict=True)):
            if not np.array_equal(old.states, new.states):
                self._touch_rows("lane", which)

    def set_confidence(self, confidence: ArrayLike) -> None:
        """How sure the tracker was, 0 to 1 per frame; NaN where it has not been."""
        given = np.asarray(confidence, np.float64)
        fitted = self._fitted(given, np.float64("nan"))
        if not np.array_equal(fitted, self._contents.confidence, equal_nan=True):
            self._contents.confidence = fitted
            if not self._arrange_if_other():
                self._touch_rows("confidence")

    def set_markers(self, markers: Mapping[int, str]) -> None:
        """Names of marked frames by plate index; a name may be empty."""
        fitting = {i: markers[i] for i in sorted(markers) if 0 <= i < self._contents.count}
        if fitting != self._contents.markers:
            self._contents.markers = fitting
            if not self._arrange_if_other():
                self._touch_rows("markers")

    def set_takes(self, takes: Sequence[TakeSpan]) -> None:
        """Finished and running takes, oldest first; the oldest are left out where rows run out."""
        if list(takes) != self._contents.takes:
            self._contents.takes = list(takes)
            if not self._arrange_if_other():
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

    def _arrange_if_other(self) -> bool:
        """Places the rows anew if others have something to show than before."""
        other = self._contents.bands() != [row.band for row in self._rows]
        if other:
            self._arrange()
        return other

    def _arrange(self) -> None:
        """Places rows and axis anew after a change of size, font, or rows."""
        line = QFontMetrics(ui_font()).height()
        self._scroll = scroll_height(line)
        self._rows = lay_out(self.height() - self._scroll, line, self._contents.bands())
        small = QFontMetrics(self._small)
        left = _MARGIN + max(small.horizontalAdvance(name) for name in _NAMES) + _MARGIN
        self._scale = self._scale.resized(left, self.width() - left - _MARGIN)
        if self.minimumHeight() != least_height(line):
            self.setMinimumHeight(least_height(line))
            self.updateGeometry()
        self._touch(self.rect())
        self._ask_soon.start()

    def _touch_rows(self, kind: str, which: int | None = None) -> None:
        for row in self._rows:
            if row.kind == kind and which in (None, row.which):
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
        # In steps, so that a row that comes or goes does not ask for every picture anew.
        tall = math.ceil(height * ratio / THUMB_STEP) * THUMB_STEP
        size = QSize(round(tall * self._aspect), tall)
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
        painter.fillRect(self.rect(), marks.colour("window"))
        for row in self._rows if self._contents.count else ():
            if self._stale.intersects(QRect(0, row.top, self.width(), row.height)):
                painting.paint_row(painter, row, self._contents, frame)
        area = QRectF(self._scale.left, 0, self._scale.width, self.height())
        area.setBottom(self.height() - self._scroll)
        painting.paint_outside(painter, area, self._contents, self._scale)
        if self._contents.count:
            marks.paint_handles(painter, self._rows, self._contents.in_out, self._scale)
        marks.paint_scroll_bar(painter, self._scale, self.height(), self._scroll)
        painter.end()
        self._stale = QRegion()

    # Qt overrides

    def sizeHint(self) -> QSize:
        line = QFontMetrics(ui_font()).height()
        return QSize(line * 40, self.minimumHeight() + line * 4)

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
