"""Measures drawing with the processor against OpenGL, in a process of its own.

    python -m void_studio.app.screen_probe

Prints one JSON object: a ``Probe``, and whether OpenGL wins. A driver that crashes or hangs takes
only this process with it; no window is shown.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QImage, QOffscreenSurface, QOpenGLContext, QPainter
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLPaintDevice

_GL_RENDERER = 0x1F01
_RUNS = 24
_DAB = 160
_SHARE = 0.75
"""The viewer's part of the screen's width and height, about."""


@dataclass(frozen=True)
class Probe:
    """Milliseconds to show a new picture of the whole view, and of a dab in it.

    Attributes:
        driver: What draws with OpenGL; empty where there is none, and its figures are 0.
    """

    driver: str
    raster_view: float
    raster_dab: float
    opengl_view: float
    opengl_dab: float

    @property
    def opengl_wins(self) -> bool:
        """Whether OpenGL is quicker for both, and clearly for one."""
        if not self.driver:
            return False
        view, dab = self.opengl_view / self.raster_view, self.opengl_dab / self.raster_dab
        return max(view, dab) <= 1.0 and min(view, dab) < 0.8


def measure(size: QSize) -> Probe:
    """Probes with a view of ``size``, device pixels; needs a QGuiApplication."""
    buffer = np.zeros((size.height(), size.width(), 4), np.uint8)
    view, dab = QRect(QPoint(0, 0), size), QRect(40, 40, _DAB, _DAB)
    raster = _Raster(buffer)
    raster_view, raster_dab = (_median_ms(raster.show, rect) for rect in (view, dab))
    opengl = _OpenGl(buffer)
    if not opengl.driver:
        return Probe("", raster_view, raster_dab, 0.0, 0.0)
    opengl_view, opengl_dab = (_median_ms(opengl.show, rect) for rect in (view, dab))
    return Probe(opengl.driver, raster_view, raster_dab, opengl_view, opengl_dab)


class _Raster:
    """Draws into a picture in memory and copies that, as it is handed to the window system."""

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        self._picture = _image(buffer)
        self._window = QImage(self._picture.size(), QImage.Format.Format_RGB32)

    def show(self, rect: QRect) -> None:
        painter = QPainter(self._window)
        painter.drawImage(rect, self._picture, rect)
        painter.end()
        self._window.copy(rect)


class _OpenGl:
    """Draws into a framebuffer on the graphics device."""

    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        self._picture = _image(buffer)
        self._surface = QOffscreenSurface()
        self._surface.create()
        self._context = QOpenGLContext()
        self.driver = ""
        if not self._context.create() or not self._context.makeCurrent(self._surface):
            return
        self.driver = str(self._context.functions().glGetString(_GL_RENDERER))
        self._frame = QOpenGLFramebufferObject(self._picture.size())
        self._device = QOpenGLPaintDevice(self._picture.size())

    def show(self, rect: QRect) -> None:
        self._frame.bind()
        painter = QPainter(self._device)
        painter.drawImage(rect, self._picture.copy(rect))  # as a new picture it is sent anew
        painter.end()
        self._context.functions().glFinish()


def _image(buffer: NDArray[np.uint8]) -> QImage:
    height, width = buffer.shape[:2]
    return QImage(buffer.data, width, height, width * 4, QImage.Format.Format_RGB32)


def _median_ms(show: Callable[[QRect], None], rect: QRect) -> float:
    times = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        show(rect)
        times.append(time.perf_counter() - began)
    return round(float(np.median(times)) * 1000, 3)


def main() -> int:
    app = QGuiApplication(sys.argv[:1])
    screen = app.primaryScreen()
    size = screen.size() * (screen.devicePixelRatio() * _SHARE) if screen else QSize(1200, 700)
    found = measure(size)
    print(json.dumps({**asdict(found), "opengl_wins": found.opengl_wins}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
