"""Palettes and what they tell about an object."""

from __future__ import annotations

import numpy as np

from tests.segment.scenes import texture
from void_studio.segment.classical.colour import ColourMaps
from void_studio.segment.classical.fields import (
    Window,
    positions,
)
from void_studio.segment.classical.palette import COLOURS, Palette, features


class TestPalette:
    def test_it_is_the_same_every_time(self) -> None:
        pixels = features(texture(0, (120, 80), (120, 100, 90)))
        one, two = Palette(pixels.reshape(-1, 4)), Palette(pixels.reshape(-1, 4))
        assert np.array_equal(one.entries(pixels), two.entries(pixels))
        assert one.entries(pixels).max() < COLOURS

    def test_different_colours_have_different_entries(self) -> None:
        picture = np.zeros((40, 80, 3), np.uint8)
        picture[:, :40], picture[:, 40:] = (200, 40, 40), (40, 40, 200)
        pixels = features(picture)
        entries = Palette(pixels.reshape(-1, 4)).entries(pixels)
        assert entries[20, 10] != entries[20, 70]

    def test_sharp_and_blurred_of_one_colour_differ(self) -> None:
        picture = np.full((40, 80, 3), 128, np.uint8)
        picture[::2, :40:2] = 160
        pixels = features(picture)
        assert int(pixels[20, 20, 3]) > int(pixels[20, 70, 3]) + 40

    def test_one_colour_is_enough(self) -> None:
        pixels = features(np.full((9, 9, 3), 7, np.uint8))
        assert (Palette(pixels.reshape(-1, 4)).entries(pixels) == 0).all()


def test_colours_are_judged_by_their_neighbourhood() -> None:
    """The same grey is object on the left and background on the right."""
    entries = np.zeros((64, 256), np.uint8)
    inside = np.zeros((64, 256), np.float32)
    inside[:, :128] = 1
    here = positions(Window(0, 0, 256, 64))
    near = ColourMaps(entries, inside, np.ones_like(inside), 24).probability(entries, here)
    assert near[32, 20] > 0.9
    assert near[32, 230] < 0.1
    far = ColourMaps(entries, inside, np.ones_like(inside), 4000).probability(entries, here)
    assert abs(far[32, 20] - 0.5) < 0.1
