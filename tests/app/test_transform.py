"""Where the plate is in the view."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from void_studio.app.viewer.transform import Box, ViewTransform, picture_size
from void_studio.quadmask.bits import Rect

sizes = st.tuples(st.integers(8, 8000), st.integers(8, 8000))
views = st.tuples(st.integers(60, 4000), st.integers(60, 3000))
factors = st.floats(0.3, 3.0)


@given(sizes, views)
def test_fit_shows_the_whole_plate_centred(plate: tuple[int, int], view: tuple[int, int]) -> None:
    fitted = ViewTransform.fit(plate, view)
    left, top = fitted.to_view(0, 0)
    right, bottom = fitted.to_view(*plate)
    assert left >= -0.51
    assert top >= -0.51
    assert right <= view[0] + 0.51
    assert bottom <= view[1] + 0.51
    assert abs((left + right) - view[0]) <= 1.01
    assert abs((top + bottom) - view[1]) <= 1.01


@given(sizes, views, st.lists(st.tuples(factors, st.floats(0, 1), st.floats(0, 1)), max_size=5))
def test_to_plate_undoes_to_view(
    plate: tuple[int, int], view: tuple[int, int], moves: list[tuple[float, float, float]]
) -> None:
    transform = ViewTransform.fit(plate, view)
    for factor, x, y in moves:
        transform = transform.zoomed(factor, (x * view[0], y * view[1]))
    there = transform.to_view(3.25, 4.75)
    back = transform.to_plate(*there)
    assert back == pytest.approx((3.25, 4.75), abs=1e-6)


def test_zoom_keeps_the_point_under_the_pointer() -> None:
    transform = ViewTransform.fit((3840, 2160), (1100, 620))
    at = (700.0, 300.0)
    before = transform.to_plate(*at)
    zoomed = transform.zoomed(4, at)
    after = zoomed.to_plate(*at)
    # The offset is whole device pixels, so within one of them.
    assert math.dist(before, after) <= 1 / zoomed.zoom


@given(sizes, views, st.floats(-9000, 9000), st.floats(-9000, 9000))
def test_the_plate_is_never_lost_from_view(
    plate: tuple[int, int], view: tuple[int, int], dx: float, dy: float
) -> None:
    moved = ViewTransform.fit(plate, view).panned(dx, dy)
    assert not moved.plate_box.empty


def test_zoom_lands_on_one_to_one_when_passing() -> None:
    transform = ViewTransform((100, 100), (500, 500), zoom=0.82)
    assert transform.zoomed(1.25, (250, 250)).zoom == 1.0


@given(views, st.integers(0, 90), st.integers(0, 90), st.integers(1, 50), st.integers(1, 50))
def test_box_of_covers_the_rectangle(
    view: tuple[int, int], x: int, y: int, width: int, height: int
) -> None:
    transform = ViewTransform.fit((100, 100), view)
    rect = Rect(x, y, width, height).clip((100, 100))
    if rect.empty:
        return
    box = transform.box_of(rect)
    left, top = transform.to_view(rect.x, rect.y)
    right, bottom = transform.to_view(rect.x + rect.width, rect.y + rect.height)
    assert box.left <= max(0, left)
    assert box.top <= max(0, top)
    assert box.right >= min(view[0], right)
    assert box.bottom >= min(view[1], bottom)


def test_divisor_keeps_a_picture_pixel_per_device_pixel() -> None:
    assert ViewTransform((3840, 2160), (1100, 620), zoom=0.28).picture_divisor() == 3
    assert ViewTransform((3840, 2160), (1100, 620), zoom=0.5).picture_divisor() == 2
    assert ViewTransform((3840, 2160), (1100, 620), zoom=1.7).picture_divisor() == 1
    assert picture_size((3840, 2160), 3) == (1280, 720)
    assert picture_size((5, 1), 16) == (1, 1)


def test_an_empty_box_is_empty() -> None:
    assert Box(0, 0, 10, 10).intersect(Box(20, 0, 30, 10)).empty
