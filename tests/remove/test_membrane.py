from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.membrane import membrane, seam_correction

ROWS, COLUMNS = np.mgrid[:90, :120].astype(np.float32)
RADIUS = np.hypot(ROWS - 45, COLUMNS - 60)
SEAM = (RADIUS > 30) & (RADIUS <= 36)
HOLE = RADIUS <= 30


def three(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.dstack([values] * 3).astype(np.float32)


def test_a_constant_difference_is_taken_over() -> None:
    field = seam_correction(three(np.full_like(ROWS, 7)), SEAM, 3, 1)
    assert np.allclose(field[HOLE], 7, atol=1e-3)


def test_a_slope_goes_on_inside() -> None:
    slope = three((COLUMNS - 60) / 6)
    field = seam_correction(slope, SEAM, 3, 1)
    assert np.abs(field - slope)[HOLE].max() < 1.0


def test_it_stays_between_its_edge_values() -> None:
    random = np.random.default_rng(0)
    values = three(random.uniform(-5, 9, ROWS.shape).astype(np.float32))
    field = membrane(values, SEAM.astype(np.float32))
    assert field[HOLE].min() >= values[SEAM].min() - 1e-3
    assert field[HOLE].max() <= values[SEAM].max() + 1e-3


def test_something_else_on_the_seam_does_not_colour_the_inside() -> None:
    difference = np.full_like(ROWS, 2)
    difference[:, 85:] = 120
    field = seam_correction(three(difference), SEAM, 3, 1)
    assert np.abs(field[HOLE & (COLUMNS < 70)] - 2).max() < 3


def test_no_seam_no_correction() -> None:
    assert not seam_correction(three(ROWS), np.zeros(ROWS.shape, bool), 3, 1).any()
