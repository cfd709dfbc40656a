"""What a stroke sets: bits, never a bare level."""

from __future__ import annotations

import numpy as np
import pytest

from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.bits import EFFECTIVE, LEVELS, TRACKED


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (PaintLevel.REMOVE, {255: 0, 127: 63, 0: 0, 63: 63}),
        (PaintLevel.AFFECTED, {255: 127, 0: 63, 127: 127, 63: 63}),
        (PaintLevel.BOTH, {255: 63, 0: 63, 127: 63, 63: 63}),
        (PaintLevel.KEEP, {255: 255, 0: 255, 127: 255, 63: 255}),
    ],
)
def test_painting_sets_bits_and_the_level_follows(
    level: PaintLevel, expected: dict[int, int]
) -> None:
    table = level.table(erase=False)
    for tracked in range(4):
        assert LEVELS[table[tracked]] == expected[int(LEVELS[tracked])]


def test_erasing_remove_leaves_affected() -> None:
    table = PaintLevel.REMOVE.table(erase=True)
    assert EFFECTIVE[table[3]] == 2


def test_no_stroke_touches_tracked_bits() -> None:
    values = np.arange(64)
    for level in PaintLevel:
        for erase in (False, True):
            assert ((level.table(erase)[values] & TRACKED) == (values & TRACKED)).all()


def test_erasing_keep_goes_back_to_tracked() -> None:
    painted = PaintLevel.BOTH.table(erase=False)
    back = PaintLevel.KEEP.table(erase=True)
    for tracked in range(4):
        assert back[painted[tracked]] == tracked


def test_verbs_name_the_edit() -> None:
    assert PaintLevel.AFFECTED.verb(erase=False) == "Paint affected"
    assert PaintLevel.REMOVE.verb(erase=True) == "Erase remove"
    assert PaintLevel.KEEP.verb(erase=True) == "Back to tracked"
