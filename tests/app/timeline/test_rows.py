"""How the rows share the height, and what thumbnails are asked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from void_studio.app.timeline.rows import Band, lay_out, least_height, scroll_height
from void_studio.app.timeline.thumbs import KEPT, Thumbnails

FEW = [Band("ruler"), Band("cached"), Band("plate", "plate"), Band("lane", "remove")]
ALL = [
    Band("ruler"),
    Band("markers", "markers"),
    Band("cached"),
    Band("plate", "plate"),
    *(Band("lane", str(which), which) for which in range(6)),
    Band("confidence", "confidence"),
    *(Band("takes", "", which) for which in range(3)),
]


@pytest.mark.parametrize("line", [12, 15, 30])
@pytest.mark.parametrize("bands", [FEW, ALL])
@pytest.mark.parametrize("extra", [0, 7, 60, 900])
def test_rows_stand_below_each_other_inside_the_height(
    line: int, bands: list[Band], extra: int
) -> None:
    height = least_height(line) - scroll_height(line) + extra
    rows = lay_out(height, line, bands)
    assert [row.band for row in rows] == bands
    assert rows[-1].bottom <= height
    for upper, lower in pairwise(rows):
        assert upper.bottom < lower.top


def test_thumbnails_take_the_height_that_is_left() -> None:
    small, large = (
        next(row for row in lay_out(height, 15, ALL) if row.kind == "plate")
        for height in (300, 330)
    )
    assert large.height == small.height + 30


def test_where_there_is_little_height_rows_move_together() -> None:
    roomy, tight = lay_out(400, 15, ALL), lay_out(least_height(15) - scroll_height(15), 15, ALL)
    for above, below in zip(tight, roomy, strict=True):
        assert above.height <= below.height


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
