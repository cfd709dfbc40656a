"""VOID's grid of cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from void_studio.quadmask.bits import Mask
from void_studio.quadmask.grid import (
    cell_at,
    cell_rect,
    cells_between,
    grid_shape,
    snap_to_grid,
)

SIZES = st.tuples(st.integers(1, 70), st.integers(1, 70))

# (width, height, min_grid, rows, columns), computed with VOID's own mask reasoner.
GOLDEN = [
    (640, 360, 8, 8, 14),
    (640, 360, 7, 7, 12),
    (720, 480, 8, 8, 12),
    (480, 720, 8, 12, 8),
    (512, 512, 12, 12, 12),
    (854, 480, 8, 8, 14),
    (300, 1000, 8, 27, 8),
    (1000, 300, 12, 12, 40),
    (17, 16, 8, 8, 8),
    (17, 16, 12, 12, 13),
    (19, 16, 8, 8, 10),
    (16, 19, 12, 14, 12),
    (680, 640, 8, 8, 8),
    (760, 640, 8, 8, 10),
]


@pytest.mark.parametrize(("width", "height", "min_grid", "rows", "columns"), GOLDEN)
def test_shape_is_that_of_void(
    width: int, height: int, min_grid: int, rows: int, columns: int
) -> None:
    assert grid_shape((width, height), min_grid) == (rows, columns)


@given(SIZES)
def test_cells_tile_the_image(size: tuple[int, int]) -> None:
    rows, columns = grid_shape(size)
    covered = np.zeros((size[1], size[0]), int)
    for row in range(rows):
        for col in range(columns):
            rect = cell_rect(size, row, col)
            covered[rect.slices] += 1
            # VOID's own arithmetic, in floats.
            assert rect.y == int(row * size[1] / rows)
            assert rect.x == int(col * size[0] / columns)
    assert (covered == 1).all()


@given(SIZES, st.floats(0, 0.999), st.floats(0, 0.999))
def test_the_cell_at_a_pixel_holds_it(size: tuple[int, int], across: float, down: float) -> None:
    x, y = across * size[0], down * size[1]
    rect = cell_rect(size, *cell_at(size, x, y))
    assert rect.x <= int(x) < rect.x + rect.width
    assert rect.y <= int(y) < rect.y + rect.height


def test_positions_outside_count_as_the_nearest_inside() -> None:
    assert cell_at((640, 360), -5, -5) == (0, 0)
    assert cell_at((640, 360), 640, 9999) == (7, 13)


def test_a_cell_outside_the_grid_is_refused() -> None:
    for row, col in ((-1, 0), (8, 0), (0, 14)):
        with pytest.raises(IndexError):
            cell_rect((640, 360), row, col)


@given(SIZES.flatmap(lambda size: arrays(np.bool_, (size[1], size[0]))))
def test_snapping_fills_the_cells_that_hold_anything(mask: Mask) -> None:
    snapped = snap_to_grid(mask)
    size = mask.shape[1], mask.shape[0]
    assert (snapped >= mask).all()
    assert np.array_equal(snap_to_grid(snapped), snapped)
    for y, x in np.argwhere(snapped):
        assert mask[cell_rect(size, *cell_at(size, x, y)).slices].any()


def test_a_box_of_cells_is_the_same_from_any_corner() -> None:
    box = {(row, column) for row in (1, 2, 3) for column in (4, 5)}
    for one, other in (((1, 4), (3, 5)), ((3, 5), (1, 4)), ((1, 5), (3, 4)), ((3, 4), (1, 5))):
        cells = cells_between(one, other)
        assert set(cells) == box
        assert len(cells) == len(box)
    assert cells_between((2, 2), (2, 2)) == [(2, 2)]
