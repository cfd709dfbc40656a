"""The four grey levels and snapping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.quadmask.strategies import SHAPE, fields
from void_studio.quadmask import levels
from void_studio.quadmask.bits import ALL_LEVELS, EFFECTIVE, Bytes
from void_studio.quadmask.levels import (
    NO_PIXELS,
    field_from_levels,
    grey_histogram,
    levels_from_field,
    snap,
)

GREYS = arrays(np.uint8, SHAPE, elements=st.integers(0, 255))
LEVEL_FRAMES = arrays(np.uint8, SHAPE, elements=st.sampled_from(ALL_LEVELS))


@pytest.mark.parametrize(
    ("grey", "level"),
    [(0, 0), (31, 0), (32, 63), (95, 63), (96, 127), (191, 127), (192, 255), (255, 255)],
)
def test_thresholds_are_those_of_void(grey: int, level: int) -> None:
    snapped, report = snap(np.full((2, 3), grey, np.uint8))
    assert (snapped == level).all()
    assert report.snapped == (0 if grey == level else 6)
    assert report.furthest == abs(grey - level)


@given(GREYS)
def test_snapping_leaves_only_levels_and_counts_what_it_changed(grey: Bytes) -> None:
    snapped, report = snap(grey)
    assert set(np.unique(snapped)) <= set(ALL_LEVELS)
    assert report.pixels == grey.size
    assert report.snapped == np.count_nonzero(snapped != grey)
    assert report.histogram == tuple(np.bincount(grey.ravel(), minlength=256))
    again, nothing = snap(snapped)
    assert np.array_equal(again, snapped)
    assert nothing.snapped == nothing.furthest == 0


@given(LEVEL_FRAMES)
def test_levels_survive_the_field(frame: Bytes) -> None:
    assert np.array_equal(levels_from_field(field_from_levels(frame)), frame)


@given(fields())
def test_the_field_of_its_levels_has_the_same_effect(field: Bytes) -> None:
    again = field_from_levels(levels_from_field(field))
    assert np.array_equal(EFFECTIVE[again], EFFECTIVE[field])
    assert set(np.unique(again)) <= {0, 1, 2, 3}


def test_reports_add_up() -> None:
    total = NO_PIXELS
    for grey in (0, 1, 60):
        total = total + snap(np.full((4, 4), grey, np.uint8))[1]
    assert (total.pixels, total.snapped, total.furthest) == (48, 32, 3)


def test_counts_stay_exact_beyond_float_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "_EXACT_COUNT", 10)
    grey = np.arange(35, dtype=np.uint8).reshape(7, 5)
    assert grey_histogram(grey) == (1,) * 35 + (0,) * 221
