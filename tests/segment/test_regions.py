"""Parts of masks, and masks made larger."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.segment.scenes import disc
from void_studio.segment.classical.lift import lifted
from void_studio.segment.classical.regions import (
    parts_touching,
    shifted,
    supported_parts,
    with_holes_filled,
    with_small_holes_filled,
)


class TestRegions:
    def test_parts_touching(self) -> None:
        mask = disc((60, 40), 15, 20, 8) | disc((60, 40), 45, 20, 8)
        seeds = np.zeros_like(mask)
        seeds[20, 15] = seeds[0, 0] = True
        assert np.array_equal(parts_touching(mask, seeds), disc((60, 40), 15, 20, 8))

    def test_holes_are_filled_but_not_bays(self) -> None:
        ring = disc((60, 60), 30, 30, 20) & ~disc((60, 60), 30, 30, 8)
        assert np.array_equal(with_holes_filled(ring), disc((60, 60), 30, 30, 20))
        open_hole = np.zeros_like(ring)
        open_hole[30, 30] = True
        assert np.array_equal(with_holes_filled(ring, open_hole), ring)
        whole = np.ones_like(ring)
        assert np.array_equal(with_small_holes_filled(ring, whole, 0.05), ring)
        assert np.array_equal(with_small_holes_filled(ring, ~whole, 0.5), ring)
        assert with_small_holes_filled(ring, whole, 0.5)[30, 30]

    def test_parts_without_support_are_dropped(self) -> None:
        large, small = disc((60, 40), 15, 20, 10), disc((60, 40), 45, 20, 8)
        support = large.astype(np.float32)
        assert np.array_equal(supported_parts(large | small, support, 0.02), large)
        assert np.array_equal(supported_parts(large | small, support + small, 0.02), large | small)

    @given(st.integers(-80, 80), st.integers(-80, 80))
    @settings(max_examples=40)
    def test_shifting_moves_every_pixel(self, across: int, down: int) -> None:
        mask = disc((60, 40), 30, 20, 9)
        expected = np.zeros_like(mask)
        for row, column in np.argwhere(mask):
            if 0 <= row + down < 40 and 0 <= column + across < 60:
                expected[row + down, column + across] = True
        assert np.array_equal(shifted(mask, np.array([across, down], np.float32)), expected)


class TestLift:
    def test_the_edge_moves_to_the_pictures_edge(self) -> None:
        truth = disc((640, 400), 300, 200, 120)
        picture = np.where(truth[..., None], 200, 60).astype(np.uint8).repeat(3, axis=2)
        small = disc((160, 100), 75, 50, 29.4)
        found = lifted(small, picture, (640, 400))
        plain = small.repeat(4, axis=0).repeat(4, axis=1)
        assert (found ^ truth).sum() < 0.5 * (plain ^ truth).sum()

    def test_a_thin_line_survives(self) -> None:
        small = np.zeros((100, 160), bool)
        small[20:80, 50] = True
        grey = np.full((400, 640, 3), 128, np.uint8)
        assert lifted(small, grey, (640, 400))[100:300].any(axis=1).all()

    def test_sizes_that_do_not_divide(self) -> None:
        found = lifted(np.ones((101, 97), bool), np.zeros((203, 195, 3), np.uint8), (1001, 1043))
        assert found.shape == (1043, 1001)
        assert found.all()
        nothing = lifted(np.zeros((101, 97), bool), np.zeros((203, 195, 3), np.uint8), (389, 407))
        assert nothing.shape == (407, 389)
        assert not nothing.any()
