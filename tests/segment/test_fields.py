"""Fields of motion, and looking for a piece of a picture."""

from __future__ import annotations

import numpy as np

from tests.segment.scenes import Scene
from void_studio.segment.classical.fields import (
    Window,
    continued,
    extrapolate,
    is_inside,
    look_up,
    positions,
    relative_area,
    window_around,
)
from void_studio.segment.classical.find import find
from void_studio.segment.classical.palette import Palette, features
from void_studio.segment.classical.view import View, scaled_size


class TestFields:
    def test_looking_up_where_you_are_changes_nothing(self) -> None:
        picture = np.random.default_rng(0).random((20, 30)).astype(np.float32)
        window = Window(4, 3, 20, 15)
        assert np.allclose(look_up(picture, positions(window)), picture[window.slices])

    def test_extrapolation_keeps_what_is_known_and_continues_it(self) -> None:
        field = np.zeros((64, 64, 2), np.float32)
        field[:, :32] = (3, -2)
        weight = np.zeros((64, 64), np.float32)
        weight[:, 8:24] = 1
        result = extrapolate(field, weight)
        assert np.allclose(result[:, 8:24], (3, -2), atol=0.05)
        assert np.allclose(result[:, 60], (3, -2), atol=0.05)

    def test_a_growing_motion_is_continued_as_it_grows(self) -> None:
        window = Window(0, 0, 120, 90)
        field = 0.1 * (positions(window) - (60, 45)) + (2, 1)
        weight = np.zeros((90, 120), np.float32)
        weight[30:60, 40:80] = 1
        known = np.where(weight[..., None] > 0, field, 99).astype(np.float32)
        result = continued(known, weight)
        assert np.abs(result - field)[20:70, 25:95].max() < 0.5
        assert np.abs(extrapolate(known, weight) - field)[20:70, 25:95].max() > 1

    def test_relative_area(self) -> None:
        window = Window(0, 0, 40, 40)
        where = positions(window)
        assert np.allclose(relative_area(np.zeros_like(where))[5:-5, 5:-5], 1)
        assert np.allclose(relative_area(-0.5 * where)[5:-5, 5:-5], 0.25, atol=0.01)

    def test_inside_ends_with_the_last_pixel(self) -> None:
        where = np.array([[[-0.6, 0], [-0.4, 0], [9.4, 0], [9.6, 0]]], np.float32)
        assert is_inside(where, (5, 10)).tolist() == [[False, True, True, False]]

    def test_window_around(self) -> None:
        mask = np.zeros((50, 60), bool)
        assert window_around(mask, 5) is None
        mask[10:12, 20:30] = True
        assert window_around(mask, 3) == Window(17, 7, 33, 15)
        assert window_around(mask, 100) == Window(0, 0, 60, 50)


def test_a_piece_is_found_where_it_went() -> None:
    scene = Scene(lambda index: (60 + 100 * index, 100), count=2)
    pictures = [scene.read_rgb8(index) for index in range(2)]
    palette = Palette(features(pictures[0]).reshape(-1, 4))
    views = [View(picture, palette) for picture in pictures]
    still = np.zeros(2, np.float32)
    sighting = find(views[0], scene.truth(0), views[1], still, 300)
    assert sighting is not None
    assert np.abs(sighting.shift - (100, 0)).max() < 2
    assert sighting.likeness > 0.7
    near = find(views[0], scene.truth(0), views[1], still, 20)
    assert near is not None
    assert near.likeness < 0.3


def test_working_sizes_keep_the_shape_and_never_enlarge() -> None:
    assert scaled_size((3840, 2160), 960) == (960, 540)
    assert scaled_size((300, 200), 960) == (300, 200)
    assert scaled_size((16384, 1), 960) == (960, 1)
