"""Clicks become masks."""

from __future__ import annotations

import numpy as np
import pytest

from tests.segment.scenes import Scene, overlap
from void_studio.errors import VoidError
from void_studio.segment.registry import get_segmenter
from void_studio.shot.document import Prompt

SIZE = (320, 200)


def still(count: int = 3, size: tuple[int, int] = SIZE) -> Scene:
    return Scene(lambda _: (150, 90), count=count, size=size)


def at(x: float, y: float, include: bool = True, frame: int = 0) -> Prompt:
    return Prompt(frame=frame, x=x, y=y, include=include)


def test_one_click_finds_the_whole_object() -> None:
    scene = still()
    mask = get_segmenter().open(scene).set_prompts("a", 0, [at(155, 95)])
    assert mask.shape == (200, 320)
    assert mask.dtype == bool
    assert overlap(mask, scene.truth(0)) > 0.9


def test_clicks_are_in_plate_pixels_whatever_the_working_size() -> None:
    scene = Scene(lambda _: (1500, 900), count=1, size=(2400, 1500), radius=230)
    mask = get_segmenter().open(scene).set_prompts("a", 0, [at(1500, 900)])
    assert mask.shape == (1500, 2400)
    assert overlap(mask, scene.truth(0)) > 0.9


def test_the_same_clicks_give_the_same_mask() -> None:
    one = get_segmenter().open(still()).set_prompts("a", 0, [at(150, 90), at(160, 80)])
    two = get_segmenter().open(still()).set_prompts("a", 0, [at(150, 90), at(160, 80)])
    assert np.array_equal(one, two)


def test_an_exclude_click_takes_a_part_away() -> None:
    # Two discs of one texture that touch: one click on one of them may take both.
    pair = _Pair()
    session = get_segmenter().open(pair)
    both = session.set_prompts("a", 0, [at(130, 100), at(190, 100)])
    assert both[100, 130]
    assert both[100, 190]
    left = session.set_prompts("a", 0, [at(130, 100), at(200, 100, include=False)])
    assert left[100, 130]
    assert not left[100, 200]
    assert left.sum() < 0.75 * both.sum()


class _Pair(Scene):
    def __init__(self) -> None:
        super().__init__(lambda _: (130, 100), count=1, radius=31)

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> np.ndarray:
        picture = super().read_rgb8(index, size)
        picture[60:141, 155:230] = picture[60:141, 95:170]
        return picture


def test_refined_clicks_replace_the_first_ones() -> None:
    scene = still()
    session = get_segmenter().open(scene)
    wrong = session.set_prompts("a", 0, [at(20, 180)])
    right = session.set_prompts("a", 0, [at(150, 90)])
    assert overlap(wrong, scene.truth(0)) < 0.3
    tracked = list(session.track("a", (0, 0)))
    assert np.array_equal(tracked[0].mask, right)


def test_every_click_is_answered() -> None:
    class Noise(Scene):
        def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> np.ndarray:
            return np.random.default_rng(0).integers(0, 255, (200, 320, 3)).astype(np.uint8)

    prompts = [at(31, 41), at(300, 10), at(100, 100, include=False)]
    mask = get_segmenter().open(Noise(lambda _: (0, 0), count=1)).set_prompts("a", 0, prompts)
    assert mask[41, 31]
    assert mask[10, 300]
    assert not mask[100, 100]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (1, 40), (64, 3), (17, 9), (2001, 13)])
def test_pictures_of_any_size_can_be_clicked_and_tracked(size: tuple[int, int]) -> None:
    scene = Scene(lambda _: (size[0] / 2, size[1] / 2), count=3, size=size, radius=2)
    session = get_segmenter().open(scene)
    mask = session.set_prompts("a", 1, [at(size[0] / 2, size[1] / 2, frame=1)])
    assert mask.shape == size[::-1]
    assert mask[int(size[1] / 2), int(size[0] / 2)]
    assert sorted(frame.index for frame in session.track("a", (0, 2))) == [0, 1, 2]


@pytest.mark.parametrize(
    ("frame", "prompts", "why"),
    [
        (0, [], "no clicks"),
        (0, [at(10, 10, include=False)], "No click says where"),
        (0, [at(320, 10)], "outside the picture of 320x200"),
        (0, [at(10, -0.5)], "outside the picture"),
        (0, [at(10, 10), at(10, 200, include=False)], "outside the picture"),
        (3, [at(10, 10, frame=3)], "has frames 0 to 2"),
        (1, [at(10, 10, frame=0)], "on frame 0"),
    ],
)
def test_clicks_that_make_no_sense_are_explained(
    frame: int, prompts: list[Prompt], why: str
) -> None:
    with pytest.raises(VoidError, match=why):
        get_segmenter().open(still()).set_prompts("a", frame, prompts)
