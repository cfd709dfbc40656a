"""Per-frame facts as pictures: made by numpy at the screen's own pixels, drawn in one call.

The cost depends on the width of the timeline and not on how many frames there are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter


def draw_states(painter: QPainter, area: QRectF, states: NDArray[np.uint8], ink: QColor) -> None:
    """Draws one line of states, stretched to the height of ``area``.

    Args:
        states: ``(width,)``, one for each device pixel: 0 nothing, 1 ``ink``, 2 lighter.
    """
    table = np.zeros((256, 4), np.uint8)
    for value, shade in ((1, ink), (2, ink.lighter(135))):
        table[value] = (shade.red(), shade.green(), shade.blue(), 255)
    table[3:] = table[2]
    _draw(painter, area, table[states][None])


def draw_curve(
    painter: QPainter,
    area: QRectF,
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
    height: int,
    thickness: float,
    ink: QColor,
) -> None:
    """Draws a line, smooth at its edges.

    Far quicker than a wide antialiased pen, and as quick for a jagged line as for a straight one.

    Args:
        top: ``(width,)``; where the line is highest within each device pixel's column, in device
            pixels from the top of ``area``; NaN for none.
        bottom: The same where it is lowest.
        height: Of ``area`` in device pixels.
        thickness: In device pixels.
    """
    coverage = line_coverage(top, bottom, height, thickness)
    pixels = np.empty((*coverage.shape, 4), np.uint8)
    pixels[:] = (ink.red(), ink.green(), ink.blue(), 0)
    pixels[..., 3] = coverage
    _draw(painter, area, pixels)


def line_coverage(
    top: NDArray[np.float64], bottom: NDArray[np.float64], height: int, thickness: float
) -> NDArray[np.uint8]:
    """How much of each pixel such a line covers: ``(height, width)``, 0 to 255."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    upper = np.maximum(rows, (top - thickness / 2).astype(np.float32))
    lower = np.minimum(rows + 1, (bottom + thickness / 2).astype(np.float32))
    covered = np.nan_to_num(np.clip(lower - upper, 0.0, 1.0)) * 255
    return np.asarray(covered, np.uint8)


def _draw(painter: QPainter, area: QRectF, pixels: NDArray[np.uint8]) -> None:
    """Draws an RGBA picture of ``(height, width, 4)``, stretched over ``area``."""
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels)
    image = QImage(data.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    painter.drawImage(area, image)
