"""What the model sees, in words."""

from __future__ import annotations

import numpy as np
import pytest

from void_studio.app.viewer.model_view import Framing, ModelChoice, ModelSight, small_picture
from void_studio.remove.void.sees import Pass, Shrinking

PLATE = (1344, 768)


def field() -> np.ndarray:
    values = np.zeros((PLATE[1], PLATE[0]), np.uint8)
    values[101:301, 101:301] = 1
    values[301:401, 101:301] = 2
    return values


def sight(choice: ModelChoice) -> ModelSight:
    picture = small_picture(np.full((PLATE[1], PLATE[0], 3), 80, np.uint8), Framing(), PLATE)
    return ModelSight.of(choice, picture, field())


def test_it_says_how_much_of_the_mask_shrinking_changes() -> None:
    """Edges at odd columns halve a pixel: as released that half is *affected*, or *both*."""
    released = sight(ModelChoice())
    assert released.strayed > 0
    assert "shrinking changes" in released.words(PLATE)
    faithful = sight(ModelChoice(shrinking=Shrinking.PER_PLANE))
    assert faithful.strayed == 0
    assert "shrinking" not in faithful.words(PLATE)


@pytest.mark.parametrize(
    ("plate", "words"),
    [
        ((1344, 768), None),
        ((1920, 1080), "squeezed to 98% of its width"),
        ((1080, 1920), "stretched to 311% of its width"),
    ],
)
def test_it_says_how_a_plate_is_squeezed(plate: tuple[int, int], words: str | None) -> None:
    text = sight(ModelChoice()).words(plate)
    assert (words or "672") in text
    assert ("squeezed" in text or "stretched" in text) == (words is not None)


def test_a_pixel_is_what_the_pass_takes_it_for() -> None:
    assert sight(ModelChoice()).at(100, 180) == "affected"
    assert sight(ModelChoice(Pass.TWO)).at(100, 180) == "remove"
    assert sight(ModelChoice(Pass.TWO)).at(0, 0) == "keep"
