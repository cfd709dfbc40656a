"""A contact sheet: some frames side by side, what was there, what was marked, what came out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import EFFECTIVE, apply_table

Picture = NDArray[np.uint8]
Column = tuple[int, Picture, Picture, Picture, Picture]
"""Frame number, plate, bit field, result, truth."""

ROWS = ("plate", "quadmask", "result", "truth")
WIDTH = 320  # of one picture
GAP, MARGIN, HEADING = 8, 88, 34
BACKGROUND, INK = (24, 24, 26), (190, 190, 194)

# By the two bits of a pixel: keep, remove, affected, both.
TINTS = np.array([[0, 0, 0], [255, 70, 60], [60, 150, 255], [255, 80, 220]], np.float32)
STRENGTH = 0.55


def contact_sheet(columns: Sequence[Column]) -> Picture:
    """The sheet, (H, W, 3) RGB: one column per frame, one row each for ``ROWS``."""
    rows, width = columns[0][1].shape[:2]
    cell = (WIDTH, round(WIDTH * rows / width))
    height = HEADING + len(ROWS) * (cell[1] + GAP)
    sheet = np.empty((height, MARGIN + len(columns) * (WIDTH + GAP), 3), np.uint8)
    sheet[:] = BACKGROUND
    for row, name in enumerate(ROWS):
        _write(sheet, name, (GAP, HEADING + row * (cell[1] + GAP) + cell[1] // 2))
    for column, (number, plate, field, result, truth) in enumerate(columns):
        left = MARGIN + column * (WIDTH + GAP)
        _write(sheet, str(number), (left, HEADING - 12))
        pictures = (plate, _tinted(plate, field), result, truth)
        for row, picture in enumerate(pictures):
            top = HEADING + row * (cell[1] + GAP)
            small = cv2.resize(picture, cell, interpolation=cv2.INTER_AREA)
            sheet[top : top + cell[1], left : left + cell[0]] = small
    return sheet


def _tinted(plate: Picture, field: Picture) -> Picture:
    """The plate with what is marked coloured."""
    bits = apply_table(field, EFFECTIVE)
    tint = TINTS[bits]
    share = STRENGTH * (bits > 0)[..., None]
    return np.asarray(plate * (1 - share) + tint * share, np.uint8)


def _write(sheet: Picture, text: str, at: tuple[int, int]) -> None:
    cv2.putText(sheet, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
