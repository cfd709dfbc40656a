"""A side of the viewer held as pixels, and the marks drawn over both: the wipe and the labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from void_studio.app.viewer.render import BACKGROUND

Pixels = NDArray[np.uint8]

_LABEL_MARGIN = 12


class Side:
    """One side's picture and what it looks like at the view's own resolution.

    Attributes:
        picture: RGB (h, w, 3), the plate at any resolution, or None while it is decoded.
        buffer: BGRA (height, width, 4) device pixels of the view.
        stale: Whether all of ``buffer`` must be drawn again.
    """

    def __init__(self) -> None:
        self.picture: Pixels | None = None
        self.buffer: Pixels = np.zeros((1, 1, 4), np.uint8)
        self._image = QImage()
        self.stale = True

    def allocate(self, size: tuple[int, int], ratio: float) -> None:
        width, height = size
        self.buffer = np.full((height, width, 4), BACKGROUND, np.uint8)
        self._image = QImage(self.buffer.data, width, height, width * 4, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self.stale = True

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Copies a part of the buffer to the screen; ``rect`` is in logical pixels."""
        if rect.isEmpty():
            return
        ratio = self._image.devicePixelRatio()
        source = QRectF(
            rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio
        )
        painter.drawImage(QRectF(rect), self._image, source)


def paint_wipe(painter: QPainter, x: float, height: int) -> None:
    """Draws the wipe line with its handle at ``x``, in logical pixels."""
    for colour, width in ((QColor(0, 0, 0, 120), 3.0), (QColor(245, 245, 245), 1.4)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setBrush(QColor(245, 245, 245))
    painter.drawEllipse(QPointF(x, height / 2), 6, 6)


def paint_label(painter: QPainter, view: QRect, text: str, left: bool) -> None:
    """Draws what a side is in its upper corner, shortened to half the view."""
    font = QFont(painter.font())
    font.setBold(True)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    room = max(40, view.width() // 2 - 2 * _LABEL_MARGIN)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
    x = _LABEL_MARGIN if left else view.width() - _LABEL_MARGIN - width
    rect = QRectF(x, _LABEL_MARGIN, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 18, 18, 205))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QColor(235, 235, 235))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
