"""A picture of the view's own resolution, and what a side of the viewer draws into one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPaintEngine, QPainter

from void_studio.app.viewer.overlay import OverlayStyle
from void_studio.app.viewer.render import BACKGROUND, SideRenderer
from void_studio.app.viewer.source import Source

Pixels = NDArray[np.uint8]


class Surface:
    """Pixels that numpy draws and Qt paints.

    Attributes:
        buffer: BGRA (height, width, 4) device pixels.
        stale: Whether all of ``buffer`` must be drawn again.
    """

    def __init__(self) -> None:
        self.buffer: Pixels = np.zeros((1, 1, 4), np.uint8)
        self._image = QImage()
        self.stale = True

    def allocate(self, size: tuple[int, int], ratio: float) -> None:
        """Takes (width, height) in device pixels, and how many of them are a logical one."""
        width, height = size
        self.buffer = np.full((height, width, 4), BACKGROUND, np.uint8)
        self._image = QImage(self.buffer.data, width, height, width * 4, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self.stale = True

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in device pixels."""
        return self.buffer.shape[1], self.buffer.shape[0]

    def paint(self, painter: QPainter, rect: QRect, offset: float = 0.0) -> None:
        """Copies what lies in ``rect`` to the screen.

        Args:
            rect: Logical pixels of the painter.
            offset: Where the surface's left edge is, logical pixels of the painter.
        """
        ratio = self._image.devicePixelRatio()
        width, height = self._image.width() / ratio, self._image.height() / ratio
        target = QRectF(rect).intersected(QRectF(offset, 0, width, height))
        if target.isEmpty():
            return
        source = QRectF(
            (target.x() - offset) * ratio,
            target.y() * ratio,
            target.width() * ratio,
            target.height() * ratio,
        )
        image = self._image
        if painter.paintEngine().type() is QPaintEngine.Type.OpenGL2:
            # OpenGL knows a picture it has by a key, which drawing into the buffer leaves as it is.
            part = source.toAlignedRect()
            image, source = image.copy(part), source.translated(-part.x(), -part.y())
        painter.drawImage(target, image, source)


class Side(Surface):
    """A or B.

    Attributes:
        source: What it shows; None for nothing.
        picture: RGB (h, w, 3), the plate or a take at any resolution, or None while it is decoded.
        renderer: What draws it.
    """

    def __init__(self, source: Source | None) -> None:
        super().__init__()
        self.source = source
        self.picture: Pixels | None = None
        self.renderer = SideRenderer(OverlayStyle())
