"""How the rows share the height, and what thumbnails are asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from void_studio.app.timeline.rows import lay_out, least_height, least_plate
from void_studio.app.timeline.thumbs import KEPT, Thumbnails

LANES = ["remove", "affected", "painted"]


@pytest.mark.parametrize("line", [12, 15, 30])
@pytest.mark.parametrize("takes", [1, 3])
@pytest.mark.parametrize("extra", [0, 7, 60, 900])
def test_rows_stand_below_each_other_inside_the_height(line: int, takes: int, extra: int) -> None:
    height = least_height(line, LANES, takes) + extra
    rows = lay_out(height, line, LANES, takes)
    kinds = [row.kind for row in rows]
    assert kinds == ["ruler", "cached", "plate", *["lane"] * 3, "clicks", "confidence"] + (
        ["takes"] * takes
    )
    assert rows[-1].bottom <= height
    for upper, lower in pairwise(rows):
        assert upper.bottom < lower.top


def test_thumbnails_take_the_height_that_is_left() -> None:
    small, large = (
        next(row for row in lay_out(height, 15, LANES, 1) if row.kind == "plate")
        for height in (least_height(15, LANES, 1), least_height(15, LANES, 1) + 40)
    )
    assert small.height == least_plate(15)
    assert large.height == small.height + 40


def test_every_thumbnail_is_asked_for_once_for_each_size() -> None:
    thumbs = Thumbnails()
    assert thumbs.wanted([0, 6, 12], QSize(80, 45)) == [0, 6, 12]
    thumbs.put(0, QImage(80, 45, QImage.Format.Format_RGB32))
    assert thumbs.wanted([6, 12], QSize(80, 45)) == [], "they are on their way"
    # A new request takes the place of the one before, so it names all that is missing.
    assert thumbs.wanted([0, 6, 12, 18], QSize(80, 45)) == [6, 12, 18]
    assert thumbs.wanted([0, 6], QSize(160, 90)) == [0, 6]
    assert thumbs.picture(0) is not None, "the old size is shown until the new one comes"


def test_thumbnails_out_of_sight_are_dropped() -> None:
    thumbs = Thumbnails()
    picture = QImage(1, 1, QImage.Format.Format_RGB32)
    for index in range(KEPT + 1):
        thumbs.put(index, picture)
    assert thumbs.wanted([5, 6], QSize()) == []
    assert thumbs.picture(5) is not None
    assert thumbs.picture(50) is None
    assert thumbs.wanted([50], QSize()) == [50]
