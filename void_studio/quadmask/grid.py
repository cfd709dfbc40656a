"""VOID's grid: affected regions are whole cells of a grid with 8 cells along the short side.

The rules are those of VOID's mask reasoner: the long side has ``round(8 * long / short)`` cells
with Python's rounding to even, and cell ``i`` of ``n`` begins at pixel ``int(i * side / n)``. On an
image with fewer pixels than cells some cells are empty.
"""

from __future__ import annotations

import numpy as np

from void_studio.quadmask.bits import Mask, Rect

MIN_GRID = 8


def grid_shape(size: tuple[int, int], min_grid: int = MIN_GRID) -> tuple[int, int]:
    """The (rows, columns) of the grid over an image of ``size`` (width, height)."""
    width, height = size
    if width >= height:
        return min_grid, max(min_grid, round(min_grid * width / height))
    return max(min_grid, round(min_grid * height / width)), min_grid


def _cell_at(position: float, side: int, cells: int) -> int:
    pixel = min(max(int(position), 0), side - 1)
    # The last cell that begins at or before the pixel: i * side // cells <= pixel.
    return ((pixel + 1) * cells - 1) // side


def cell_at(size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    """The (row, column) of the cell around pixel position (x, y).

    A position outside the image counts as the nearest one inside it.
    """
    rows, columns = grid_shape(size)
    return _cell_at(y, size[1], rows), _cell_at(x, size[0], columns)


def cell_rect(size: tuple[int, int], row: int, col: int) -> Rect:
    """The pixels of one cell; empty where the grid is finer than the image."""
    width, height = size
    rows, columns = grid_shape(size)
    if not (0 <= row < rows and 0 <= col < columns):
        raise IndexError(f"cell ({row}, {col}) of a {rows} x {columns} grid")
    top, bottom = row * height // rows, (row + 1) * height // rows
    left, right = col * width // columns, (col + 1) * width // columns
    return Rect(left, top, right - left, bottom - top)


def cells_between(one: tuple[int, int], other: tuple[int, int]) -> list[tuple[int, int]]:
    """The (row, column) cells of the box that has these two in opposite corners."""
    rows, columns = (sorted(pair) for pair in zip(one, other, strict=True))
    return [
        (row, column)
        for row in range(rows[0], rows[1] + 1)
        for column in range(columns[0], columns[1] + 1)
    ]


def snap_to_grid(mask: Mask) -> Mask:
    """The cells of the grid that hold any pixel of ``mask``, bool (H, W), filled."""
    size = mask.shape[1], mask.shape[0]
    rows, columns = grid_shape(size)
    result = np.zeros_like(mask)
    for row in range(rows):
        for col in range(columns):
            cell = cell_rect(size, row, col).slices
            result[cell] = mask[cell].any()
    return result
