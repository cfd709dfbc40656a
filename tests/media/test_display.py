"""A phone's sideways or mirrored recording is shown upright."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.media.clips import Recipe, make_clip
from void_studio.media.plate import open_plate

SIZE = (96, 64)


def stored() -> np.ndarray:
    """A picture that looks different whichever way it is turned."""
    picture = np.full((SIZE[1], SIZE[0], 3), 40, np.uint8)
    picture[:20, :30] = 220
    picture[44:, :30] = 130
    return picture


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_picture_is_turned_as_the_matrix_says(
    degrees: int, mirrored: bool, tmp_path: Path
) -> None:
    recipe = Recipe(rotation=(degrees, mirrored, False), size=SIZE)
    path = make_clip(tmp_path / "clip.mp4", recipe, [stored()] * 4)
    expected = np.rot90(stored(), degrees // 90)  # numpy, like libav, turns counter-clockwise
    if mirrored:
        expected = expected[:, ::-1]
    height, width = expected.shape[:2]
    with open_plate(path) as plate:
        assert plate.info.size == (width, height)
        if not mirrored:
            assert plate.info.rotation == degrees
        assert abs(plate.read(2).astype(int) - expected).mean() < 6
        small = plate.read_rgb8(2, (width // 2, height // 2))
        assert abs(small.astype(int) - expected[::2, ::2]).mean() < 9
